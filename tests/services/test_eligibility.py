"""The rules of an election: saved in versions, compared before, frozen with the roll, answered to members."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from governance.domain.draft import Candidate
from governance.domain.eligibility.answers import Verdict, why_not
from governance.domain.eligibility.language import Purpose, RuleSet, both, canonical, named, parse
from governance.domain.eligibility.templates import DEFAULT, SETTLED
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import elections, eligibility, officers, roll, rulebook, running
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar, a_draft, people, standing
from tests.services.test_objections import imported

AFRICA = named("place_in", place="region", values=["Africa"])


def asking(purpose: Purpose, *more: object) -> RuleSet:
    """The built-in rules with more asked for one purpose."""
    return replace(DEFAULT, purposes={**DEFAULT.purposes, purpose: both(DEFAULT.purposes[purpose], *more)})  # type: ignore[arg-type]


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft()
    return stage


def save(stage: Stage, rules: RuleSet, by: str = "officer", why: str = "") -> int:
    with stage.writing() as session:
        version = elections.show(session, ELECTION).version
        return eligibility.save(session, by, ELECTION, rules, version, now=stage.now, why=why)


def voters(stage: Stage) -> int:
    with stage.reading() as session:
        return roll.preview(session, "officer", ELECTION).voters


def test_the_roll_follows_the_rules_that_were_saved(ready: Stage) -> None:
    assert voters(ready) == 18

    assert save(ready, asking(Purpose.VOTE, AFRICA)) == 1

    assert voters(ready) == 4
    with ready.reading() as session:
        assert "whose region is Africa" in roll.may_vote(session, ELECTION, "m1")[0].why_not
        assert roll.may_vote(session, ELECTION, "m3")[0].why_not == ""


def test_a_contest_asks_more_than_all_contests_do(ready: Stage) -> None:
    rules = replace(
        DEFAULT,
        contests={"africa": {Purpose.VOTE: named("attribute_in", attribute="lived_experience", values=["yes"])}},
    )

    save(ready, rules)
    imported(ready, people(3)[2] + "yes")

    frozen = ready.freeze()
    # Only m3 and m12 live in Africa and have declared it.
    assert frozen.styles == ((("board",), 16), (("board", "africa"), 2))


def test_versions_are_counted_and_the_same_rules_make_no_new_one(ready: Stage) -> None:
    assert save(ready, asking(Purpose.STAND, AFRICA), why="The bylaws") == 1
    assert save(ready, parse(canonical(asking(Purpose.STAND, AFRICA)))) == 1
    assert save(ready, DEFAULT) == 2

    with ready.reading() as session:
        seen = eligibility.versions(session, "officer", ELECTION)
        assert [(one.number, one.by, one.why) for one in seen] == [
            (2, "Official officer", ""),
            (1, "Official officer", "The bylaws"),
        ]
        lines = [line.what for line in officers.log(session, "officer", election=ELECTION)]
    assert [line for line in lines if "version" in line] == [
        f"saved version 2 of the rules of {ELECTION}",
        f"saved version 1 of the rules of {ELECTION}",
    ]


def test_a_page_that_is_stale_saves_nothing(ready: Stage) -> None:
    with ready.writing() as session:
        version = elections.show(session, ELECTION).version
    save(ready, SETTLED)

    with ready.writing() as session, pytest.raises(RuleError, match="Somebody has changed"):
        eligibility.save(session, "officer", ELECTION, DEFAULT, version, now=ready.now)


@pytest.mark.parametrize("by", ["m1", "secretary", "registrar", "t1"])
def test_only_officers_see_and_change_the_rules(ready: Stage, by: str) -> None:
    with pytest.raises(NotPermittedError):
        save(ready, SETTLED, by)
    with ready.writing() as session:
        for refused in (eligibility.book, eligibility.versions):
            with pytest.raises(NotPermittedError):
                refused(session, by, ELECTION)
        with pytest.raises(NotPermittedError):
            eligibility.what_if(session, by, ELECTION, SETTLED, now=ready.now)
        with pytest.raises(NotPermittedError):
            eligibility.look_up(session, by, ELECTION, "m1", now=ready.now)


def test_rules_that_cannot_hold_are_not_saved(ready: Stage) -> None:
    asia = named("place_in", place="region", values=["Asia"])
    with pytest.raises(RuleError, match="In “stand”: nobody can fulfil this"):
        save(ready, asking(Purpose.STAND, AFRICA, asia))
    with pytest.raises(RuleError, match="a contest “moon”"):
        save(ready, replace(DEFAULT, contests={"moon": {Purpose.STAND: AFRICA}}))

    with ready.reading() as session:
        assert rulebook.in_force(session, ELECTION).number == 0


# ---- frozen ----------------------------------------------------------------------------------------------------------


def test_frozen_rules_never_change(ready: Stage) -> None:
    save(ready, asking(Purpose.SIT, AFRICA))
    ready.freeze()
    with ready.reading() as session:
        before = rulebook.in_force(session, ELECTION)

    with pytest.raises(RuleError, match="no longer a draft"):
        save(ready, DEFAULT)
    with ready.writing() as session, pytest.raises(RuleError, match="frozen with the roll"):
        rulebook.keep(session, "officer", ELECTION, DEFAULT, now=ready.now)

    with ready.reading() as session:
        assert rulebook.in_force(session, ELECTION) == before
    assert (before.number, before.frozen) == (1, ready.now)


def test_built_in_rules_become_a_version_when_the_roll_is_frozen(ready: Stage) -> None:
    ready.freeze()

    with ready.reading() as session:
        book = rulebook.in_force(session, ELECTION)
    assert (book.number, canonical(book.rules)) == (1, canonical(DEFAULT))


@pytest.mark.parametrize("table", ["rule_version", "frozen_rules"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET number = 7", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_them(ready: Stage, table: str, deed: str) -> None:
    save(ready, SETTLED)
    with ready.writing() as session:
        rulebook.freeze(session, "officer", ELECTION, now=ready.now)

    with ready.engine.connect() as connection, pytest.raises(DBAPIError, match="only grows"):
        connection.execute(text(deed.format(table)))


def test_who_asked_to_freeze_has_to_ask_again_after_other_rules(ready: Stage) -> None:
    """`services.consents` looks at the version of the draft, which every change of the rules raises."""
    with ready.reading() as session:
        before = elections.show(session, ELECTION).version

    save(ready, SETTLED)

    with ready.reading() as session:
        assert elections.show(session, ELECTION).version == before + 1


def test_the_rules_come_along_to_the_next_election(ready: Stage) -> None:
    save(ready, asking(Purpose.STAND, AFRICA))
    ready.freeze()
    with ready.writing() as session:
        elections.clone(session, "officer", ELECTION, election="next", title="N", calendar=a_calendar(), now=START)
        running.abandon(session, TWO, ELECTION, "A reason.", now=ready.now)
        elections.begin_again(session, "officer", ELECTION, election="again", calendar=a_calendar(), now=START)

        for one in ("next", "again"):
            book = rulebook.in_force(session, one)
            assert (book.rules, book.number, book.frozen) == (asking(Purpose.STAND, AFRICA), 1, None)


# ---- what if ---------------------------------------------------------------------------------------------------------


def test_what_if_says_who_gains_and_who_loses_and_the_log_says_that_somebody_looked(ready: Stage) -> None:
    save(ready, asking(Purpose.STAND, AFRICA))
    with ready.writing() as session:
        rules = asking(Purpose.STAND, named("attribute_in", attribute="lived_experience", values=["yes"]))
        (found,) = eligibility.what_if(session, "officer", ELECTION, rules, now=ready.now)
        line = officers.log(session, "officer")[0]

    assert (found.purpose, found.contest, found.before, found.after) == (Purpose.STAND, "", 4, 3)
    assert (found.gain, found.lose) == (("Member 4", "Member 8"), ("Member 3", "Member 6", "Member 9"))
    assert found.unknown == 10  # the others have declared nothing; the officials of the election are out in any case
    assert line.what == "looked who would gain and lose by other rules (stand)"
    with ready.reading() as session:
        assert rulebook.in_force(session, ELECTION).rules == asking(Purpose.STAND, AFRICA)


def test_what_if_tells_contests_apart(ready: Stage) -> None:
    rules = replace(DEFAULT, contests={"board": {Purpose.VOTE: AFRICA}})
    with ready.writing() as session:
        (found,) = eligibility.what_if(session, "officer", ELECTION, rules, now=ready.now)
        assert eligibility.what_if(session, "officer", ELECTION, DEFAULT, now=ready.now) == []

    assert (found.purpose, found.contest, found.before, found.after) == (Purpose.VOTE, "At large", 18, 4)


def test_nothing_is_compared_once_the_roll_is_frozen(ready: Stage) -> None:
    ready.freeze()

    with ready.writing() as session, pytest.raises(RuleError, match="no longer a draft"):
        eligibility.what_if(session, "officer", ELECTION, SETTLED, now=ready.now)


# ---- may I? ----------------------------------------------------------------------------------------------------------


def test_a_member_is_answered_for_every_purpose(ready: Stage) -> None:
    save(ready, SETTLED)

    with ready.reading() as session:
        found = eligibility.may_i(session, "m1", ELECTION, now=ready.now)
    told = [(one.purpose, one.contest, one.answer.verdict) for one in found]
    assert told == [
        (Purpose.VOTE, "At large", Verdict.YES),
        (Purpose.VOTE, "Africa", Verdict.NO),
        (Purpose.NOMINATE, "", Verdict.YES),
        (Purpose.SECOND, "", Verdict.YES),
        (Purpose.STAND, "", Verdict.NO),
        (Purpose.SIT, "", Verdict.NO),
    ]
    assert why_not(found[4].answer) == "The declaration must have been made (interests); it was not made yet."


def test_an_official_is_told_why_they_do_not_stand(ready: Stage) -> None:
    save(ready, DEFAULT)

    with ready.reading() as session:
        for one, office in (("officer", "returning officer"), ("t2", "trustee"), ("registrar", "registrar")):
            (stand,) = [
                t.answer for t in eligibility.may_i(session, one, ELECTION, now=ready.now) if t.purpose == "stand"
            ]
            assert why_not(stand).endswith(f"this member is {office} of it.")


def test_members_ask_once_rules_were_saved_or_the_roll_is_frozen(ready: Stage) -> None:
    with ready.reading() as session:
        assert eligibility.in_preparation(session) == []
        for election in (ELECTION, "none"):
            with pytest.raises(NotFoundError):
                eligibility.may_i(session, "m1", election, now=ready.now)
    save(ready, DEFAULT)
    with ready.reading() as session:
        assert eligibility.in_preparation(session) == [(ELECTION, "Advisory group 2026")]
        assert eligibility.may_i(session, "m1", ELECTION, now=ready.now)


def test_the_frozen_roll_has_the_last_word(ready: Stage) -> None:
    ready.freeze()
    with ready.writing() as session:
        session.execute(text("UPDATE member SET region = 'Europe' WHERE id = 'm3'"))
        session.execute(text("UPDATE member SET region = 'Africa' WHERE id = 'm1'"))

    with ready.reading() as session:
        told = {m: eligibility.may_i(session, m, ELECTION, now=ready.now)[1].answer for m in ("m1", "m3")}
    assert told["m3"].allowed
    assert not told["m3"].parts[0].allowed
    assert not told["m1"].allowed
    assert why_not(told["m1"]) == "You were not on the roll when it was frozen."


def test_an_officer_who_looks_up_a_member_is_in_the_log(ready: Stage) -> None:
    with ready.writing() as session:
        found = eligibility.look_up(session, "officer", ELECTION, "m3", now=ready.now)
        line = officers.log(session, "officer")[0]

    assert [one.answer.allowed for one in found][:2] == [True, True]
    assert (line.what, line.election) == ("looked up what m3 may", ELECTION)


def test_candidates_of_one_employer_are_counted_from_the_draft(ready: Stage) -> None:
    people = tuple(Candidate(f"c{i}", f"C {i}", member=f"m{i}") for i in (4, 8))
    contest = replace(a_draft().contests[0], candidates=(*people, *standing("a", 2)))
    with ready.writing() as session:
        elections.edit(session, "officer", ELECTION, a_draft(contests=(contest,)), 2, now=START)
    rule = named("affiliation_at_most", attribute="lived_experience", most=2)  # any attribute can be one
    save(ready, asking(Purpose.STAND, rule))

    with ready.reading() as session:
        told = {
            one: next(
                t.answer for t in eligibility.may_i(session, one, ELECTION, now=ready.now) if t.purpose == "stand"
            )
            for one in ("m4", "m12", "m1")
        }
    assert told["m4"].allowed
    assert told["m12"].verdict is Verdict.NO
    assert told["m1"].verdict is Verdict.UNKNOWN
