"""A hostile hour on nominations: members, candidates, one officer alone, the operator. Each test is a way that was tried."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from governance.board import entries as e
from governance.domain import calendar as dates
from governance.domain import limits
from governance.domain.calendar import Period
from governance.domain.draft import Cap, Constraint, Contest, Span
from governance.domain.eligibility.language import Purpose, RuleSet, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.limits import TooOftenError
from governance.domain.membership import Status
from governance.domain.nominations import announcement
from governance.domain.plain import to_plain
from governance.domain.terms import PHARMA
from governance.errors import GovernanceError, NotPermittedError, RuleError
from governance.services import (
    adoption,
    boards,
    booklet,
    calendars,
    declarations,
    elections,
    eligibility,
    nomination_records,
    officers,
    outstanding,
    photos,
    post,
    roll,
    running,
    statements,
)
from governance.services.pictures import Picture
from governance.store.boards import BallotLink
from governance.store.elections import Election, Statement
from governance.store.members import Member
from governance.store.nominations import NominationEvent, NominationRow, Photo
from tests.services import adopting
from tests.services.nominating import accept, nominate, nominating, second, take_back, withdraw
from tests.services.scrutinised import (
    CHALLENGED,
    DAY,
    ENDS,
    SCRUTINY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
    the_calendar,
    the_draft,
)
from tests.services.stage import ELECTION, START, TWO, Stage

PICTURE = Picture(b"\xff\xd8\xff one", 3, 4)
APPEALS = START + 30 * DAY


def log(stage: Stage) -> list[tuple[str, str, str]]:
    with stage.reading() as session:
        return [(line.who, line.what, line.why) for line in officers.log(session, "officer", election=ELECTION)]


def freezing(stage: Stage) -> tuple[str, ...]:
    with stage.reading() as session:
        return outstanding.before_freeze(session, ELECTION, now=stage.now)


def left(stage: Stage, election: str = ELECTION) -> tuple[set[str], set[str], str]:
    """Whose statements and photos are there; and all that nominations say in words."""
    with stage.reading() as session:
        said = set(session.scalars(select(Statement.candidate).filter_by(election_id=election)))
        shown = set(session.scalars(select(Photo.candidate).filter_by(election_id=election)))
        every = nomination_records.every(session, election)
        texts = [one.nomination.decision.text for one in every if one.nomination.decision]
        texts += [asked.text for one in every for asked in one.nomination.challenges.values()]
        texts += [nomination_records.unseal(session, one.row.named) for one in every]
    return said, shown, " ".join(filter(None, texts))


def with_photo(stage: Stage, member: str, number: int) -> None:
    with stage.writing() as session:
        candidate = filed(stage, number).row.candidate
        photos.put(session, member, ELECTION, candidate, PICTURE, "A face.", now=stage.now)


@pytest.fixture
def scrutinised(stage: Stage) -> Stage:
    """1 and 2 of three at large are admitted, 3 is rejected and has appealed in vain; 4 stands for Africa."""
    begin(stage)
    for member in ("m1", "m2"):
        nominated(stage, member)
    nominated(stage, "m4", by="m5")
    nominated(stage, "m3", contest="africa")
    nominated(stage, "m6", contest="africa")
    for member, number in (("m1", 1), ("m4", 3)):
        with_photo(stage, member, number)
    stage.now = SCRUTINY
    for number in (1, 2, 4, 5):
        decide(stage, number)
    rejected(stage, 3)
    asked = challenge(stage, "m4", 3)
    answer(stage, "m11", 3, asked, upheld=False)
    adopt(stage)
    stage.now = START
    return stage


# ---- what is left ----------------------------------------------------------------------------------------------------


def test_statements_and_photos_of_whoever_does_not_stand_are_erased_after_the_appeals(scrutinised: Stage) -> None:
    stage = scrutinised
    stage.freeze()
    withdraw(stage, "m2", 2)  # after the freeze: the list is what it is
    stage.announce()
    with stage.writing() as session:
        running.withdraw(
            session, TWO, ELECTION, contest="board", candidate="member-2", reason="By their wish.", now=stage.now
        )
    stage.open()
    stage.close()
    assert left(stage)[0] == {"member-1", "member-2", "member-3", "member-4", "member-6"}
    stage.now = APPEALS
    assert stage.advance() == ["forget who cast"]
    assert left(stage) == ({"member-1", "member-3", "member-6"}, {"member-1"}, "")


def give_up(stage: Stage) -> None:
    stage.freeze()
    with stage.writing() as session:
        running.abandon(session, TWO, ELECTION, "A trustee left.", now=stage.now)


def cancelled(stage: Stage) -> None:
    stage.freeze()
    stage.announce()
    stage.open()
    with stage.writing() as session:
        stage.troupe.vote(session, "m1", [(0,)], stage.now)
    with stage.writing() as session:
        running.cancel(session, TWO, ELECTION, "A wrong name.", now=stage.now)


def forgotten_draft(stage: Stage) -> None:
    """Announced, and then nobody went on with it."""


@pytest.mark.parametrize("end", [give_up, cancelled, forgotten_draft])
def test_what_ended_without_a_result_keeps_nothing_of_anybody(scrutinised: Stage, end: Callable[[Stage], None]) -> None:
    stage = scrutinised
    end(stage)
    stage.now = APPEALS - timedelta(seconds=1)
    stage.advance()
    with stage.reading() as session:
        assert ELECTION not in running.due(session, stage.now)
    assert "My private reason." in left(stage)[2]
    stage.now = APPEALS
    with stage.reading() as session:
        assert ELECTION in running.due(session, stage.now)
    assert stage.advance() == ["forget who cast"]
    assert left(stage) == (set(), set(), "")
    with stage.reading() as session:
        assert session.scalar(select(func.count()).select_from(BallotLink)) == 0
        assert session.get_one(Election, ELECTION).forgotten == APPEALS
        assert ELECTION not in running.due(session, stage.now)
    assert stage.advance() == []


@pytest.mark.parametrize("end", [give_up, forgotten_draft])
def test_what_members_declared_does_not_stay_in_a_draft_that_nobody_announced(
    stage: Stage, end: Callable[[Stage], None]
) -> None:
    draft = the_draft()
    limit = Constraint("lived_experience", "yes", 0, 2, ())
    begin(stage, replace(draft, contests=(replace(draft.contests[0], constraints=(limit,)), *draft.contests[1:])))
    numbers = [nominated(stage, one) for one in ("m1", "m4", "m5")] + [nominated(stage, "m3", contest="africa")]
    stage.now = SCRUTINY
    for number in numbers:
        decide(stage, number)
    adopt(stage)
    stage.now = START
    assert adopting.draft(stage).contests[0].constraints[0].candidates == ("member-4",)
    end(stage)
    stage.now = APPEALS
    stage.advance()
    with stage.reading() as session:
        assert "member-4" not in str(elections.get(session, ELECTION).draft)


def test_a_draft_that_was_never_announced_is_left_alone(stage: Stage) -> None:
    stage.set_up(6)
    stage.draft()
    with stage.writing() as session:
        statements.say(session, "officer", ELECTION, "a1", "I will listen.", now=stage.now)
    stage.now = APPEALS
    with stage.reading() as session:
        assert running.due(session, stage.now) == []
    assert stage.advance() == []
    assert left(stage)[0] == {"a1"}


def test_who_is_nominated_anew_does_not_get_somebodys_statement_and_photo(scrutinised: Stage) -> None:
    stage = scrutinised
    give_up(stage)
    with stage.writing() as session:
        elections.begin_again(
            session, "officer", ELECTION, election="again", calendar=the_calendar().moved(60 * DAY), now=stage.now
        )
    assert left(stage, "again") == (set(), set(), "")


# ---- one officer alone -----------------------------------------------------------------------------------------------

GUARANTEE = Constraint("region", "Africa", 1, 2, ())


def changed(**changes: object) -> Callable[[Contest], Contest]:
    return lambda one: replace(one, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        changed(constraints=()),
        changed(constraints=(replace(GUARANTEE, min=0),)),
        changed(constraints=(replace(GUARANTEE, max=1),)),
        changed(constraints=(GUARANTEE, Constraint("country", "Peru", 0, 1, ()))),
        changed(min_ballots=500),
        changed(min_ballots=1),
        changed(candidates=()),
        changed(rule="irv"),
        changed(caps=(Cap("country", 1),)),
    ],
    ids=["limit gone", "minimum", "maximum", "one more", "void", "quorum", "re-open", "rule", "cap"],
)
def test_nothing_that_decides_who_is_elected_changes_once_nominations_began(
    stage: Stage, change: Callable[[Contest], Contest]
) -> None:
    draft = the_draft()
    first = replace(draft.contests[0], constraints=(GUARANTEE,))
    begin(stage, replace(draft, contests=(first, *draft.contests[1:])))
    before = adopting.draft(stage)
    after = replace(before, contests=(change(before.contests[0]), *before.contests[1:]))
    with stage.writing() as session, pytest.raises(RuleError, match="Nominations began on"):
        elections.edit(session, "officer", ELECTION, after, elections.get(session, ELECTION).version, now=stage.now)


def test_who_sits_already_is_a_fact_and_can_be_put_right(stage: Stage) -> None:
    draft = the_draft()
    first = replace(draft.contests[0], constraints=(GUARANTEE,))
    begin(stage, replace(draft, contests=(first, *draft.contests[1:])))
    before = adopting.draft(stage)
    now = replace(before.contests[0], constraints=(replace(GUARANTEE, seated=1),))
    with stage.writing() as session:
        after = replace(before, contests=(now, *before.contests[1:]))
        elections.edit(session, "officer", ELECTION, after, elections.get(session, ELECTION).version, now=stage.now)
    assert adopting.draft(stage).contests[0].constraints[0].seated == 1


def rules(purpose: Purpose, contest: str = "") -> RuleSet:
    africa = named("place_in", place="region", values=["Africa"])
    if contest:
        return replace(DEFAULT, contests={contest: {purpose: africa}})
    return replace(DEFAULT, purposes={**DEFAULT.purposes, purpose: africa})


def save(stage: Stage, wanted: RuleSet) -> None:
    with stage.writing() as session:
        version = elections.get(session, ELECTION).version
        eligibility.save(session, "officer", ELECTION, wanted, version, now=stage.now)


@pytest.mark.parametrize("purpose", [Purpose.NOMINATE, Purpose.SECOND, Purpose.STAND])
def test_rules_of_standing_are_fixed_once_nominations_began(stage: Stage, purpose: Purpose) -> None:
    nominated_in = the_calendar()
    begin(stage)
    for wanted in (rules(purpose), rules(purpose, "board")):
        with pytest.raises(RuleError, match=r"Nominations began on .*nominate, second and stand"):
            save(stage, wanted)
    save(stage, rules(Purpose.VOTE, "africa"))  # two people freeze the roll, and see how many vote
    stage.now = dates.find(nominated_in, Period.NOMINATIONS).begins - DAY  # type: ignore[union-attr]
    save(stage, rules(purpose))


def test_nobody_is_rejected_so_late_that_there_is_no_appeal(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1")
    nominated(stage, "m3", contest="africa")
    nominated(stage, "m2")
    stage.now = CHALLENGED - timedelta(seconds=1)
    decide(stage, 1)
    decide(stage, 2)
    rejected(stage, 3)
    stage.now = CHALLENGED + timedelta(hours=1)
    adopt(stage)
    assert any("possible until 27 February 2026, 08:59 UTC" in one for one in freezing(stage))
    asked = challenge(stage, "m2", 3)
    answer(stage, "m11", 3, asked, upheld=True)
    adopt(stage)
    assert "member-2" in {one.id for one in adopting.draft(stage).standing}


def test_there_is_time_for_appeals_where_the_calendar_dates_none_and_cut_off_came_first(stage: Stage) -> None:
    periods = tuple(one for one in the_calendar().periods if one.name != Period.OBJECTIONS)
    early = replace(the_calendar(), cutoff=START - 35 * DAY, periods=periods)
    begin(stage, the_draft(calendar=early))
    nominated(stage, "m1")
    stage.now = SCRUTINY
    rejected(stage, 1)
    assert challenge(stage, "m1", 1)


def test_who_seconded_and_took_it_back_does_not_decide(stage: Stage) -> None:
    begin(stage)
    number = nominated(stage, "m1", seconders=["m7", "m9", "m11"])
    take_back(stage, "m11", number)
    assert "m11" not in filed(stage, number).nomination.seconders
    stage.now = SCRUTINY
    with pytest.raises(NotPermittedError, match="concerns you"):
        decide(stage, number, by="m11")


def test_an_officer_who_corrects_a_statement_says_why_and_the_nominee_is_told(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1")

    def correct(why: str) -> None:
        with stage.writing() as session:
            statements.say(session, "m11", ELECTION, "member-1", "I am a fool.", now=stage.now, why=why)

    with pytest.raises(RuleError, match="Say why"):
        correct(" ")
    correct("A mistake.")
    with stage.reading() as session:
        last = post.outbox(session)[0]
    assert (last.recipient, "A mistake." in last.text, "fool" in last.text) == ("m1@example.org", True, False)


def test_an_officer_who_changes_or_takes_a_photo_says_why_and_the_nominee_is_told(stage: Stage) -> None:
    begin(stage)
    number = nominated(stage, "m1")
    with_photo(stage, "m1", number)

    def change(why: str) -> None:
        with stage.writing() as session:
            photos.put(session, "m11", ELECTION, "member-1", PICTURE, "Somebody else.", now=stage.now, why=why)

    def remove(why: str) -> None:
        with stage.writing() as session:
            photos.remove(session, "m11", ELECTION, "member-1", now=stage.now, why=why)

    for deed in (change, remove):
        with pytest.raises(RuleError, match="say why"):
            deed("")
        deed("A wrong face.")
        with stage.reading() as session:
            last = post.outbox(session)[0]
        assert (last.recipient, "A wrong face." in last.text) == ("m1@example.org", True)


def test_no_officer_tells_who_is_elected_without_a_vote(stage: Stage) -> None:
    stage.until_open(6)

    def tell(subject: str) -> None:
        with stage.writing() as session:
            running.notice(session, "officer", ELECTION, subject, "Youth: A Friend is elected.", now=stage.now)

    for subject in (announcement.SUBJECT, f" {announcement.SUBJECT.upper()} ", "Elected  without a vote"):
        with pytest.raises(RuleError, match="The server publishes"):
            tell(subject)
    tell("About those elected")
    with stage.reading() as session:
        notices = [one.subject for one in boards.but_ballots(session, ELECTION) if isinstance(one, e.Notice)]
    assert notices == ["About those elected"]


def test_a_list_that_leaves_somebody_out_is_not_adopted(scrutinised: Stage) -> None:
    """However it came about: a draft without one of the admitted is not the list."""
    stage = scrutinised
    assert freezing(stage) == ()
    with stage.writing() as session:
        row = elections.get(session, ELECTION)
        draft = elections.draft_of(row)
        first = replace(draft.contests[0], candidates=draft.contests[0].candidates[1:])
        row.draft = to_plain(replace(draft, contests=(first, *draft.contests[1:])))
    assert freezing(stage) == ("The list of candidates has to be adopted first, or again, since it has changed.",)


def test_nominations_can_go_on_after_they_ended_with_two_people_and_a_notice(stage: Stage) -> None:
    draft = the_draft()
    begin(stage, replace(draft, nominations=replace(draft.nominations, fewer="extend")))
    nominated(stage, "m1")
    stage.now = SCRUTINY
    decide(stage, 1)
    with pytest.raises(RuleError, match="Nominations have to go on"):
        adopt(stage)
    periods = (
        Span(Period.NOTICE, START - 30 * DAY, START - 30 * DAY),
        Span(Period.NOMINATIONS, START - 25 * DAY, START - 8 * DAY),
        Span(Period.ACCEPTANCE, START - 25 * DAY, START - 6 * DAY),
        Span(Period.OBJECTIONS, START - 6 * DAY, START - 2 * DAY),
    )
    with stage.writing() as session:
        after = replace(the_calendar(), periods=periods)
        calendars.change(session, TWO, ELECTION, after, "Too few stand.", now=stage.now)
    assert nominate(stage, "m2")
    # What is over can go on, and never end before.
    short = replace(the_calendar(), periods=(periods[0], replace(periods[1], ends=ENDS), *periods[2:]))
    with stage.writing() as session, pytest.raises(RuleError, match="is in the past"):
        calendars.change(session, TWO, ELECTION, short, "A rival came.", now=stage.now)


def test_an_announced_draft_that_nobody_can_keep_is_given_up_by_two_and_begins_again(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1")
    with stage.writing() as session:
        running.abandon(session, TWO, ELECTION, "No limit of it can be kept.", now=stage.now)
    with stage.writing() as session, pytest.raises(RuleError, match="given up"):
        elections.edit(session, "officer", ELECTION, the_draft(), 3, now=stage.now)
    with stage.writing() as session, pytest.raises(RuleError, match="given up"):
        roll.check_freeze(session, ELECTION, now=START + timedelta(hours=1))
    with pytest.raises(RuleError, match="given up"):
        nominate(stage, "m2")
    with stage.writing() as session:
        calendar = the_calendar().moved(60 * DAY)
        elections.begin_again(session, "officer", ELECTION, election="again", calendar=calendar, now=stage.now)
        assert elections.show(session, "again").draft.plan == the_draft().contests


# ---- candidates ------------------------------------------------------------------------------------------------------


def test_nobody_stands_in_more_contests_than_allowed_by_way_of_an_appeal(stage: Stage) -> None:
    """Rejected in one contest while it is still time to stand in another; then the appeal is upheld."""
    scrutiny = Span(Period.SCRUTINY, ENDS - 8 * DAY, CHALLENGED)
    calendar = replace(the_calendar(), periods=(*the_calendar().periods, scrutiny))
    draft = the_draft()
    begin(stage, replace(draft, calendar=dates.with_periods(calendar, calendar.periods)))
    stage.now = ENDS - 7 * DAY
    first = nominated(stage, "m3")
    rejected(stage, first)
    second_ = nominated(stage, "m3", contest="africa")
    decide(stage, second_)
    asked = challenge(stage, "m3", first)
    stage.now = SCRUTINY
    with pytest.raises(RuleError, match="stands in “Africa” meanwhile"):
        answer(stage, "m11", first, asked, upheld=True)
    withdraw(stage, "m3", second_)
    answer(stage, "m11", first, asked, upheld=True)
    adopt(stage)
    assert [one.id for one in adopting.draft(stage).standing] == ["member-3"]


def test_what_was_declared_after_the_time_to_correct_is_not_published_with_the_candidate(scrutinised: Stage) -> None:
    stage = scrutinised

    def read() -> list[str]:
        with stage.reading() as session:
            found = booklet.show(session, "m9", ELECTION)
        return [
            one.text
            for part in found.parts
            for entry in part.entries
            if entry.id == "member-1"
            for one in entry.answers
        ]

    assert read() == ["Secret Pharma, a grant."]
    with stage.writing() as session:
        declarations.make(session, "m1", PHARMA, yes=True, text="Vote for me, and not for Member 2!", now=stage.now)
    assert read() == ["Secret Pharma, a grant."]


def test_the_log_says_that_the_list_was_made_from_what_members_declared(stage: Stage) -> None:
    draft = the_draft()
    limit = Constraint("lived_experience", "yes", 0, 2, ())
    begin(stage, replace(draft, contests=(replace(draft.contests[0], constraints=(limit,)), *draft.contests[1:])))
    numbers = [nominated(stage, one) for one in ("m1", "m4", "m5")] + [nominated(stage, "m3", contest="africa")]
    stage.now = SCRUTINY
    for number in numbers:
        decide(stage, number)
    adopt(stage)
    told = [what for who, what, _ in log(stage) if who == "Official officer"]
    assert "read lived_experience of those admitted, for the limits of the ballot" in told


def test_nobody_fills_the_log_with_their_own_statement(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1")

    def say(text: str) -> None:
        with stage.writing() as session:
            statements.say(session, "m1", ELECTION, "member-1", text, now=stage.now)

    before = len(log(stage))
    say("I am m1.")
    assert len(log(stage)) == before
    for number in range(limits.WRITE.times - 2):  # one statement and one declaration are there
        say(f"Number {number}.")
    with pytest.raises(TooOftenError):
        say("One more.")
    with stage.writing() as session, pytest.raises(TooOftenError):
        declarations.make(session, "m1", PHARMA, yes=False, now=stage.now)
    with stage.writing() as session:  # an officer can still put it right
        statements.say(session, "m11", ELECTION, "member-1", "Right.", now=stage.now, why="A slip.")


def test_officers_are_told_whose_membership_ended_before_the_list_is_adopted(scrutinised: Stage) -> None:
    stage = scrutinised
    with stage.writing() as session:
        session.get_one(Member, "m2").status = Status.SUSPENDED
    with stage.writing() as session:
        seen = adoption.preview(session, "officer", ELECTION, now=stage.now)
    assert seen.outcome is not None
    assert seen.outcome.told[0].startswith("The membership of Member 2 is no longer active.")


# ---- threads ---------------------------------------------------------------------------------------------------------


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """What each gives, or the error that it raised."""

    def one(deed: Callable[[], object]) -> object:
        try:
            return deed()
        except GovernanceError as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def events(stage: Stage, kind: str) -> int:
    with stage.reading() as session:
        return session.scalar(select(func.count()).select_from(NominationEvent).filter_by(kind=kind)) or 0


def test_whoever_seconds_accepts_or_nominates_in_eight_threads_does_it_once(stage: Stage) -> None:
    stage.set_up()
    nominating(stage)
    made = at_once([lambda: nominate(stage, "m1", email="m2@example.org")] * 8)
    assert (len(set(map(str, made))), events(stage, "nominated")) == (1, 1)
    at_once([lambda: accept(stage, "m2", 1)] * 8)
    assert events(stage, "accepted") == 1
    at_once([lambda: second(stage, "m4", 1)] * 8)
    assert (events(stage, "seconded"), filed(stage, 1).nomination.seconders) == (1, ["m4"])
    own = at_once([lambda: nominate(stage, "m5")] * 8)
    assert (len(set(map(str, own))), events(stage, "nominated")) == (1, 2)


def test_two_contests_at_once_are_one_and_two_of_a_name_are_two(stage: Stage) -> None:
    stage.set_up()
    nominating(stage)
    at_once([lambda: nominate(stage, "m3", "board"), lambda: nominate(stage, "m3", "africa")])
    with stage.writing() as session:
        assert len(nomination_records.of_member(session, ELECTION, "m3")) == 1
        for member in ("m1", "m2"):
            session.get_one(Member, member).name = "Ana Example"
    at_once([lambda: nominate(stage, "m1"), lambda: nominate(stage, "m2")])
    with stage.reading() as session:
        rows = session.scalars(select(NominationRow).where(NominationRow.nominee_id.in_(["m1", "m2"]))).all()
        assert len({row.candidate for row in rows}) == 2
