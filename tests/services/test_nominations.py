"""Nominations for members: who nominates, accepts, seconds, withdraws; what is refused, and who sees what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from governance.domain import limits
from governance.domain.eligibility.language import Group, Join, Purpose, RuleSet, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.limits import TooOftenError
from governance.domain.nominations.record import Event, Kind, Status
from governance.domain.phases import Phase
from governance.domain.terms import Terms
from governance.errors import GovernanceError, NotFoundError, NotPermittedError, RuleError
from governance.services import adoption, elections, nomination_records, nominations, officers, running, statements
from tests.services.nominating import (
    ACCEPTED,
    BEGIN,
    DAY,
    DURING,
    END,
    LINK,
    NOTICED,
    a_nominating_draft,
    accept,
    decline,
    mail,
    nominate,
    nominating,
    second,
    seen,
    take_back,
    withdraw,
)
from tests.services.stage import ELECTION, OFFICIALS, START, TWO, Stage, a_draft


@pytest.fixture
def bare(stage: Stage) -> Stage:
    """Members, and no election yet."""
    stage.set_up()
    return stage


@pytest.fixture
def opened(bare: Stage) -> Stage:
    nominating(bare)
    return bare


def only_from_africa() -> RuleSet:
    """Whoever stands in the contest “africa” lives there; whoever seconds does not stand."""
    stand = {"africa": {Purpose.STAND: named("place_in", place="region", values=["Africa"])}}
    seconding = Group(Join.ALL, (named("status_is", statuses=["active"]), named("not_standing")))
    return RuleSet({**DEFAULT.purposes, Purpose.SECOND: seconding}, stand)


def suspend(stage: Stage, member: str) -> None:
    with stage.writing() as session:
        session.execute(text("UPDATE member SET status = 'suspended' WHERE id = :id"), {"id": member})


def nobody(stage: Stage, by: str = "m1") -> int:
    """A nomination of an address that no member has."""
    return nominate(stage, by, email="nobody@example.org")


def decided(stage: Stage, number: int, *, admitted: bool) -> None:
    with stage.writing() as session:
        filed = nomination_records.get(session, ELECTION, number)
        nomination_records.add(session, filed, Event(0, Kind.DECIDED, stage.now, "officer", yes=admitted))


def log(stage: Stage) -> list[tuple[str, str]]:
    with stage.reading() as session:
        return [(line.who, line.what) for line in officers.log(session, "officer", election=ELECTION)]


# ---- the whole way ---------------------------------------------------------------------------------------------------


def test_somebody_is_nominated_accepts_and_is_seconded(opened: Stage) -> None:
    number = nominate(opened, "m1", email="M2@Example.org ")
    told = mail(opened)[0]
    assert (told.recipient, f"{LINK}/{number}" in told.text, "Member 1" in told.text) == ("m2@example.org", True, False)
    assert "“At large” in “Advisory group 2026”" in told.text
    asked = seen(opened, "m2", number)
    assert (asked.status, asked.nominee, asked.by, asked.cannot_accept) == (Status.ASKED, True, "Member 1", "")

    accept(opened, "m2", number)
    assert (mail(opened)[0].recipient, "Member 2" in mail(opened)[0].text) == ("m1@example.org", False)
    one = seen(opened, "m4", number)
    assert (one.status, one.name, one.candidate, one.by) == (Status.STANDS, "Member 2", "member-2", "Member 1")
    assert (one.support.words, one.cannot_second) == ("0 of 2 seconders, from 0 of 2 countries", "")

    second(opened, "m4", number)
    assert seen(opened, "m4", number).support.lacks == ("1 more seconder", "seconders from 2 countries")
    second(opened, "m5", number)
    assert seen(opened, "m5", number).support.lacks == ("seconders from 2 countries",)
    before = len(mail(opened))
    second(opened, "m3", number)
    done = seen(opened, "m2", number)
    assert (done.support.enough, done.seconders) == (True, ("Member 4", "Member 5", "Member 3"))
    assert [one.recipient for one in mail(opened)[: len(mail(opened)) - before]] == ["m2@example.org"]
    assert done.lacks == ("your statement", "your answer to 1 question")
    assert log(opened)[:4] == [
        ("Member 3", f"seconded nomination {number}"),
        ("Member 5", f"seconded nomination {number}"),
        ("Member 4", f"seconded nomination {number}"),
        ("Member 2", f"accepted nomination {number}"),
    ]
    assert log(opened)[4] == ("a member", f"made nomination {number} in board")


def test_whoever_nominates_themselves_has_accepted(opened: Stage) -> None:
    number = nominate(opened, "m1")

    one = seen(opened, "m1", number)
    assert (one.status, one.by, one.candidate, mail(opened)) == (Status.STANDS, "", "member-1", [])
    with opened.reading() as session:
        found = nominations.seeking(session, ELECTION, now=opened.now)
    assert [(one.number, one.name, one.title) for one in found] == [(number, "Member 1", "At large")]


def test_a_petition_needs_no_independence(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(seconders=2, petition=3)))
    number = nominate(bare, "m1")

    for one in ("m2", "m4", "m5"):
        second(bare, one, number)

    assert seen(bare, "m1", number).support.enough


def test_one_person_has_one_id_in_all_contests_and_a_namesake_another(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(contests=2)))
    with bare.writing() as session:
        session.execute(text("UPDATE member SET name = 'Member 1' WHERE id = 'm2'"))

    numbers = [nominate(bare, "m1"), nominate(bare, "m1", "africa"), nominate(bare, "m2")]

    assert [seen(bare, "m3", one).candidate for one in numbers] == ["member-1", "member-1", "member-1-2"]


# ---- what is offered -------------------------------------------------------------------------------------------------


def test_the_offers_say_in_words_what_the_rules_answer(bare: Stage) -> None:
    nominating(bare, rules=only_from_africa())

    with bare.reading() as session:
        peru, kenya = (nominations.offers(session, one, ELECTION, now=bare.now) for one in ("m1", "m3"))
    assert [(one.contest, one.seats, one.others) for one in peru] == [("board", 2, ""), ("africa", 1, "")]
    assert peru[0].stand == ""
    assert peru[1].stand.startswith("By the rules of this election you may not stand: ")
    assert "Africa" in peru[1].stand
    assert [one.stand for one in kenya] == ["", ""]
    with pytest.raises(RuleError, match=r"you may not stand: .*Africa"):
        nominate(bare, "m1", "africa")
    assert nominate(bare, "m3", "africa")


def test_the_offers_name_what_there_is_already(opened: Stage) -> None:
    number = nominate(opened, "m1")

    with opened.reading() as session:
        found = nominations.offers(session, "m1", ELECTION, now=opened.now)
    assert [one.mine for one in found] == [number, 0]
    assert found[0].stand.startswith("You stand in this contest already.")
    assert found[1].stand.startswith("One can stand in one contest of this election, and you stand in “At large”.")
    with pytest.raises(RuleError, match="Withdraw there first"):
        nominate(opened, "m1", "africa")
    assert nominate(opened, "m1") == number


# ---- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (BEGIN - timedelta(seconds=1), "Nominations begin on 17 February 2026, 09:00 UTC."),
        (END, "Nominations ended on 25 February 2026, 09:00 UTC."),
        (START, "Nominations ended on"),
    ],
    ids=["before", "after", "long after"],
)
def test_nothing_is_nominated_or_seconded_out_of_time(opened: Stage, now: datetime, why: str) -> None:
    number, taken = nominate(opened, "m1"), nominate(opened, "m2")
    second(opened, "m3", taken)
    opened.now = now

    for act in (
        lambda: nominate(opened, "m4"),
        lambda: nominate(opened, "m4", email="m5@example.org"),
        lambda: second(opened, "m3", number),
        lambda: take_back(opened, "m3", taken),
    ):
        with pytest.raises(RuleError, match=why):
            act()

    with opened.reading() as session:
        assert {one.others for one in nominations.offers(session, "m4", ELECTION, now=now)} == {
            seen(opened, "m4", number).cannot_second
        }
    assert nominate(opened, "m1") == number  # sent twice, and once too late: done once
    second(opened, "m3", taken)


def test_acceptance_lasts_longer_and_then_a_nomination_has_lapsed(opened: Stage) -> None:
    late, never = (nominate(opened, "m1", email=f"{one}@example.org") for one in ("m2", "m3"))
    opened.now = ACCEPTED - timedelta(seconds=1)
    accept(opened, "m2", late)
    opened.now = ACCEPTED

    for act in (accept, decline):
        with pytest.raises(RuleError, match="The time to accept, and to change anything, ended on 27 February 2026"):
            act(opened, "m3", never)

    assert [seen(opened, "m1", one).status for one in (late, never)] == [Status.STANDS, Status.LAPSED]
    accept(opened, "m2", late)  # once more, from an old page


def test_without_a_period_of_nominations_there_are_none(bare: Stage) -> None:
    bare.draft(a_draft())
    bare.freeze()

    with pytest.raises(RuleError, match="the returning officer enters who stands"):
        nominate(bare, "m1")
    with bare.reading() as session:
        assert nominations.in_time(session, now=bare.now) == []


def test_what_is_not_announced_is_not_there(bare: Stage) -> None:
    bare.draft(a_nominating_draft())
    bare.now = DURING

    for act in (lambda: nominate(bare, "m1"), lambda: accept(bare, "m1", 1), lambda: seen(bare, "m1", 1)):
        with pytest.raises(NotFoundError):
            act()
    with bare.reading() as session:
        assert nominations.mine(session, "m1", ELECTION, now=bare.now) == []
        assert nominations.in_time(session, now=bare.now) == []


def test_an_election_that_was_given_up_takes_none(opened: Stage) -> None:
    stands, waits = nominate(opened, "m1"), nominate(opened, "m1", email="m2@example.org")
    with opened.writing() as session:
        session.execute(text("UPDATE election SET abandoned = frozen, abandoned_why = 'Because'"))
        row = elections.get(session, ELECTION)
        row.frozen = row.abandoned = opened.now
    for act in (
        lambda: nominate(opened, "m3"),
        lambda: second(opened, "m3", stands),
        lambda: accept(opened, "m2", waits),
        lambda: withdraw(opened, "m1", stands),
    ):
        with pytest.raises(RuleError, match="This election was given up"):
            act()


def test_in_time_says_when(opened: Stage) -> None:
    with opened.reading() as session:
        told = [nominations.in_time(session, now=now)[0] for now in (NOTICED, DURING, END)]
    assert [(one.open, one.over) for one in told] == [(False, False), (True, False), (False, True)]


# ---- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("official", sorted(set(OFFICIALS) - {"secretary"}))
def test_who_runs_an_election_does_not_stand_in_it(opened: Stage, official: str) -> None:
    number = nominate(opened, "m1", email=f"{official}@example.org")

    for act in (lambda: nominate(opened, official, "africa"), lambda: accept(opened, official, number)):
        with pytest.raises(RuleError, match="as officer, registrar or trustee, cannot stand"):
            act()

    assert seen(opened, "m1", number).status is Status.ASKED
    assert "cannot stand" in seen(opened, official, number).cannot_accept


def test_the_terms_say_who_nominates(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(by_self=False)))
    with pytest.raises(RuleError, match="nobody nominates themselves"):
        nominate(bare, "m1")
    assert nominate(bare, "m1", email="m2@example.org")


def test_the_terms_may_let_nobody_nominate_others(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(by_others=False)))
    with pytest.raises(RuleError, match="everybody nominates themselves"):
        nominate(bare, "m1", email="m2@example.org")
    assert nominate(bare, "m1")


def test_a_suspended_member_does_nothing_and_is_written_to_by_nobody(opened: Stage) -> None:
    waits, stands = nominate(opened, "m1", email="m2@example.org"), nominate(opened, "m1")
    suspend(opened, "m2")

    for act in (
        lambda: nominate(opened, "m2"),
        lambda: accept(opened, "m2", waits),
        lambda: second(opened, "m2", stands),
        lambda: seen(opened, "m2", waits),
    ):
        with pytest.raises(NotPermittedError, match="not active"):
            act()

    before = mail(opened)
    nominate(opened, "m3", email="m2@example.org")
    assert mail(opened) == before


def test_the_rules_are_asked_of_who_nominates_and_who_seconds(bare: Stage) -> None:
    few = Group(Join.ALL, (named("place_in", place="region", values=["Africa"]),))
    nominating(bare, rules=RuleSet({**DEFAULT.purposes, Purpose.NOMINATE: few, Purpose.SECOND: few}))
    number = nominate(bare, "m3")

    with pytest.raises(RuleError, match=r"you may not nominate: .*Africa"):
        nominate(bare, "m1", email="m3@example.org")
    with pytest.raises(RuleError, match=r"you may not second: .*Africa"):
        second(bare, "m1", number)
    second(bare, "m6", number)


def test_what_is_not_known_is_refused_and_says_what_to_do(bare: Stage) -> None:
    young = {"board": {Purpose.STAND: named("attribute_in", attribute="youth", values=["yes"])}}
    nominating(bare, rules=RuleSet(DEFAULT.purposes, young))

    with pytest.raises(RuleError, match=r"we do not know the youth of this member\. If the members. list should"):
        nominate(bare, "m1")


def test_nobody_seconds_their_own_nomination(opened: Stage) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    accept(opened, "m2", number)

    with pytest.raises(RuleError, match="You made this nomination"):
        second(opened, "m1", number)
    with pytest.raises(RuleError, match="This is your own nomination"):
        second(opened, "m2", number)


def test_only_the_nominee_answers(opened: Stage) -> None:
    number = nominate(opened, "m1", email="m2@example.org")

    acts: list[Callable[[Stage, str, int], None]] = [accept, decline, withdraw]
    for act in acts:
        with pytest.raises(NotPermittedError, match="Only whoever is nominated"):
            act(opened, "m1", number)
        with pytest.raises(NotFoundError):
            act(opened, "m3", number)
    with pytest.raises(NotFoundError):
        second(opened, "m3", number)
    with pytest.raises(NotFoundError):
        second(opened, "officer", number)


def test_contests_and_numbers_that_are_not_there(opened: Stage) -> None:
    for act in (lambda: nominate(opened, "m1", "nothing"), lambda: accept(opened, "m1", 99)):
        with pytest.raises(NotFoundError):
            act()


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("somebody", "no e-mail address"),
        ("a b@example.org", "no e-mail address"),
        ("@example.org", "no e-mail address"),
        ("a\u202e@example.org", "no e-mail address"),
        ("a" * 310 + "@example.org", "no e-mail address"),
        (" M1@Example.org", "your own address"),
    ],
    ids=["no at", "space", "no name", "turned around", "long", "own"],
)
def test_what_cannot_be_an_address_is_refused(opened: Stage, email: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        nominate(opened, "m1", email=email)


# ---- nothing tells whether an address is a member's ------------------------------------------------------------------


def test_a_known_and_an_unknown_address_look_the_same_until_there_is_an_answer(opened: Stage) -> None:
    suspend(opened, "m4")
    addresses = ["m2@example.org", "nobody@example.org", "m4@example.org", "officer@example.org"]
    numbers = [nominate(opened, "m1", email=one) for one in addresses]

    with opened.reading() as session:
        mine = nominations.mine(session, "m1", ELECTION, now=opened.now)
    assert [one.name for one in mine] == addresses
    like = [replace(one, number=0, name="") for one in (*mine, *(seen(opened, "m1", one) for one in numbers))]
    assert [one == like[0] for one in like] == [True] * 8
    assert (like[0].candidate, like[0].status) == ("", Status.ASKED)
    assert [nominate(opened, "m1", email=one.upper()) for one in addresses] == numbers
    opened.now = ACCEPTED
    assert {seen(opened, "m1", one).status for one in numbers} == {Status.LAPSED}


def test_what_an_address_costs_is_counted_whether_or_not_a_member_has_it(opened: Stage) -> None:
    for address in ("m2@example.org", "nobody@example.org"):
        for number in range(limits.NOMINEE_MAIL.times):
            nominate(opened, f"m{number + 3}", email=address)
    assert len(mail(opened)) == limits.NOMINEE_MAIL.times

    later = nominate(opened, "m1", email="m2@example.org")

    assert len(mail(opened)) == limits.NOMINEE_MAIL.times  # it stands on the nominee's page all the same
    assert seen(opened, "m2", later).status is Status.ASKED


def test_one_member_nominates_so_often_a_day_and_no_more(opened: Stage) -> None:
    for number in range(limits.NOMINATE.times):
        nominate(opened, "m1", email=f"x{number}@example.org")

    for email in ("m2@example.org", "another@example.org"):
        with pytest.raises(TooOftenError):
            nominate(opened, "m1", email=email)
    assert nominate(opened, "m1", email="x1@example.org")  # it is there already
    assert nominate(opened, "m2", email="another@example.org")
    opened.now += DAY
    assert nominate(opened, "m1", email="another@example.org")


# ---- sent twice, and from old pages ----------------------------------------------------------------------------------


def test_the_same_thing_sent_twice_is_done_once(opened: Stage) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    assert nominate(opened, "m1", email="m2@example.org") == number
    for _ in range(2):
        accept(opened, "m2", number)
    for _ in range(2):
        second(opened, "m3", number)
    for _ in range(2):
        take_back(opened, "m3", number)
    for _ in range(2):
        withdraw(opened, "m2", number)

    with opened.reading() as session:
        assert nomination_records.get(session, ELECTION, number).nomination.seen == 5
    assert sorted(one.recipient for one in mail(opened)) == ["m1@example.org", "m2@example.org"]


def test_old_pages_say_what_has_happened_since(opened: Stage) -> None:
    number, other = nominate(opened, "m1", email="m2@example.org"), nominate(opened, "m3", email="m2@example.org")
    decline(opened, "m2", number)
    decline(opened, "m2", number)
    with pytest.raises(RuleError, match="You have declined this nomination"):
        accept(opened, "m2", number)
    with pytest.raises(RuleError, match="They have declined your nomination"):
        nominate(opened, "m1", email="m2@example.org")
    accept(opened, "m2", other)
    with pytest.raises(RuleError, match="withdraw it"):
        decline(opened, "m2", other)
    second(opened, "m4", other)
    withdraw(opened, "m2", other)
    with pytest.raises(RuleError, match="You have withdrawn this nomination"):
        accept(opened, "m2", other)
    with pytest.raises(RuleError, match="The nominee has withdrawn"):
        take_back(opened, "m4", other)
    with pytest.raises(NotFoundError):
        second(opened, "m5", other)
    with pytest.raises(RuleError, match="does not stand"):
        second(opened, "m4", other)
    with pytest.raises(RuleError, match="nothing to withdraw"):
        withdraw(opened, "m2", number)
    assert nominate(opened, "m3", email="m2@example.org") not in (number, other)


def test_two_nominations_of_one_person_in_one_contest_become_one(opened: Stage) -> None:
    first, other = (nominate(opened, one, email="m2@example.org") for one in ("m1", "m3"))
    with pytest.raises(RuleError, match="accept that nomination instead"):
        nominate(opened, "m2")
    accept(opened, "m2", first)

    with pytest.raises(RuleError, match="You stand in this contest already"):
        accept(opened, "m2", other)
    decline(opened, "m2", other)


def test_enough_seconders_are_told_of_once_a_day(opened: Stage) -> None:
    number = nominate(opened, "m1")
    second(opened, "m3", number)
    for _ in range(3):
        second(opened, "m2", number)
        take_back(opened, "m2", number)

    assert [one.subject for one in mail(opened)] == ["Your nomination has enough support"]


def test_seconding_has_a_limit_too(opened: Stage) -> None:
    number = nominate(opened, "m1")
    for _ in range(limits.SECOND.times // 2):
        second(opened, "m2", number)
        take_back(opened, "m2", number)

    with pytest.raises(TooOftenError):
        second(opened, "m2", number)


# ---- who sees what ---------------------------------------------------------------------------------------------------


def test_who_sees_a_nomination(opened: Stage) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    readers = ("m1", "m2", "m3", "officer", "secretary")

    def sees() -> list[bool]:
        return [_may(opened, one, number) for one in readers]

    assert sees() == [True, True, False, False, False]
    accept(opened, "m2", number)
    assert sees() == [True] * 5
    second(opened, "m3", number)
    decided(opened, number, admitted=False)
    assert sees() == [True, True, True, False, False]
    decided(opened, number, admitted=True)
    assert sees() == [True] * 5
    withdraw(opened, "m2", number)
    assert sees() == [True, True, True, False, False]
    with opened.reading() as session:
        assert nominations.seeking(session, ELECTION, now=opened.now) == []


def _may(stage: Stage, by: str, number: int) -> bool:
    try:
        return seen(stage, by, number).number == number
    except NotFoundError:
        return False


def test_a_rejected_nomination_keeps_the_place_until_it_is_withdrawn(opened: Stage) -> None:
    number = nominate(opened, "m1")
    decided(opened, number, admitted=False)

    with opened.reading() as session:
        found = nominations.offers(session, "m1", ELECTION, now=opened.now)
    assert found[0].stand.startswith("You stand in this contest already.")
    assert found[1].stand == ""  # the other contest is free


# ---- withdrawing -----------------------------------------------------------------------------------------------------


def test_what_was_written_goes_with_a_withdrawal(opened: Stage) -> None:
    number = nominate(opened, "m1")
    with opened.writing() as session:
        statements.say(session, "m1", ELECTION, "member-1", "I listen.", now=opened.now)

    withdraw(opened, "m1", number)

    with opened.reading() as session:
        assert statements.every(session, ELECTION) == {}
    assert (seen(opened, "m1", number).status, mail(opened)) == (Status.WITHDRAWN, [])
    assert nominate(opened, "m1", "africa")


def test_a_withdrawal_before_the_freeze_takes_the_list_off_the_ballot(opened: Stage) -> None:
    number = adopted(opened)

    withdraw(opened, "m1", number)

    with opened.reading() as session:
        draft = elections.draft_of(elections.get(session, ELECTION))
    assert [one.member for one in draft.standing] == []
    assert [(one.recipient, "adopt it without them" in one.text) for one in mail(opened)[:1]] == [
        ("officer@example.org", True)
    ]
    assert "Member" not in mail(opened)[0].text.replace("Official", "")


def adopted(stage: Stage) -> int:
    """m1, m2 and m3 stand at large, m6 in Africa; the list is adopted."""
    numbers = [nominate(stage, one) for one in ("m1", "m2", "m3")] + [nominate(stage, "m6", "africa")]
    stage.now = ACCEPTED
    for one in numbers:
        decided(stage, one, admitted=True)
    with stage.writing() as session:
        adoption.adopt(session, "officer", ELECTION, elections.get(session, ELECTION).version, now=stage.now)
    return numbers[0]


def test_a_withdrawal_after_the_freeze_is_kept_and_two_officials_do_it(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(fewer="fill")))
    number = adopted(bare)
    bare.freeze()
    withdraw(bare, "m1", number)
    withdraw(bare, "m1", number)
    assert "two people have to take them out" in mail(bare)[0].text
    assert [one.recipient for one in mail(bare)].count("officer@example.org") == 1
    with bare.reading() as session:
        assert "member-1" in {one.id for one in elections.draft_of(elections.get(session, ELECTION)).standing}
        assert [one.due for one in adoption.gone(session, ELECTION, now=bare.now)] == [False]
    bare.announce()
    with bare.reading() as session:
        found = adoption.gone(session, ELECTION, now=bare.now)
    assert [(one.due, one.contest, one.candidate) for one in found] == [(True, "board", "member-1")]

    with bare.writing() as session:
        running.withdraw(session, TWO, ELECTION, contest="board", candidate="member-1", reason="Own wish", now=bare.now)

    with bare.reading() as session:
        assert adoption.gone(session, ELECTION, now=bare.now) == []


def test_whoever_is_elected_without_a_vote_can_still_go(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(fewer="fill")))
    adopted(bare)
    bare.freeze()
    with bare.reading() as session:
        number = next(one.number for one in nominations.mine(session, "m6", ELECTION, now=bare.now))

    withdraw(bare, "m6", number)

    assert "They are elected without a vote" in mail(bare)[0].text
    with bare.reading() as session:
        assert [one.contest for one in adoption.gone(session, ELECTION, now=bare.now)] == [""]


def test_one_can_withdraw_until_voting_closes(bare: Stage) -> None:
    nominating(bare, a_nominating_draft(Terms(fewer="fill")))
    number = adopted(bare)
    bare.freeze()
    bare.announce()
    bare.open()
    assert seen(bare, "m1", number).cannot_withdraw == ""
    bare.close()

    assert phase(bare) is not Phase.OPEN
    with pytest.raises(RuleError, match="Voting has closed"):
        withdraw(bare, "m1", number)


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


# ---- nothing half done -----------------------------------------------------------------------------------------------


def test_what_is_refused_leaves_nothing_behind(opened: Stage) -> None:
    number = nominate(opened, "m1", email="m2@example.org")
    before = (mail(opened), log(opened))

    for act in (
        lambda: nominate(opened, "officer"),
        lambda: second(opened, "m3", number),
        lambda: accept(opened, "m1", number),
        lambda: nominate(opened, "m3", email="nonsense"),
    ):
        with pytest.raises(GovernanceError):
            act()

    assert (mail(opened), log(opened)) == before


def test_a_nominee_writes_while_it_can_be_corrected(opened: Stage) -> None:
    number, asked = nominate(opened, "m1"), nominate(opened, "m1", email="m2@example.org")

    def writes(by: str, one: int) -> str:
        with opened.reading() as session:
            return nominations.require_writing(session, by, ELECTION, one, now=opened.now)

    assert writes("m1", number) == "member-1"
    with pytest.raises(RuleError, match="Accept the nomination first"):
        writes("m2", asked)
    with pytest.raises(NotPermittedError):
        writes("m3", number)
    opened.now = ACCEPTED
    with pytest.raises(RuleError, match="to change anything, ended"):
        writes("m1", number)
    assert seen(opened, "m1", number).lacks == ()
