"""Seats without a holder: the way that the rule names, countback, by-election, left vacant."""

import json
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from governance.board import checkpoint
from governance.cli import countback
from governance.domain.draft import Candidate
from governance.domain.membership import Status
from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How, Method
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    boards,
    by_elections,
    ceremony,
    certification,
    contributions,
    elections,
    publication,
    roll,
    running,
    seat_holders,
    seats,
    vacancies,
    verifier_reports,
)
from governance.services.played import Registrar, Troupe, Trustee
from governance.services.seat_requests import Act, Request
from governance.store.members import Member
from governance.store.seats import Certificate
from tests.services import seated
from tests.services.seated import AFTER, APPEALS, BOTH, at, enter, holding, take, who
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar


def test_a_seat_is_left_vacant_when_too_little_of_the_term_remains(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, f.Ended("h1", START.date(), End.RESIGNED), now=START)
    with stage.writing() as session:
        vacancy = vacancies.show(session, "e1", now=START)
        assert (vacancy.way.method, vacancy.planned) == (Method.LEFT_VACANT, None)
        seated.approved(session, Request(Act.FILL, seat="e1", method=Method.LEFT_VACANT), now=START)
        assert vacancies.show(session, "e1", now=START).planned is Method.LEFT_VACANT
        with pytest.raises(NotFoundError):
            vacancies.show(session, "e2", now=START)


def test_a_term_that_is_over_waits_for_the_next_election(stage: Stage) -> None:
    seated.begin(stage)
    with stage.writing() as session:
        seat_holders.tend(session, now=AFTER)

        told = {one.gap.seat: one.way.method for one in vacancies.waiting(session, "group", now=AFTER)}

        assert told == {"a1": Method.APPOINTMENT, "e1": None, "e2": None}
        assert "the next election fills" in vacancies.show(session, "e1", now=AFTER).way.why


def test_a_countback_needs_votes_that_lie_here(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, f.Ended("h1", START.date(), End.RESIGNED), now=START)

    with stage.writing() as session:
        with pytest.raises(RuleError, match="No votes lie here"):
            vacancies.count_back(session, "e1", now=START)
        with pytest.raises(RuleError, match="31 days of the term remain"):
            vacancies.check_fill(session, "e1", Method.COUNTBACK, now=START)


def test_a_countback_passes_over_who_is_no_member_or_at_the_limit(certified: Stage) -> None:
    take(certified, "m4", APPEALS)
    name = holding(certified, "m3")
    with certified.writing() as session:
        seat_holders.decline(session, "m3", name, now=APPEALS)
        seat_holders.tend(session, now=AFTER)
        seat = seats.book(session).holdings[name].seat
        assert vacancies.count_back(session, seat, now=AFTER).name == "Member 5"
        session.get_one(Member, "m5").status = Status.SUSPENDED
        session.flush()
        assert vacancies.count_back(session, seat, now=AFTER).name == "Member 6"
    early, named = date(2022, 4, 1), f.Named("p6", date(2022, 4, 1), "Member 6", "m6")
    other = f.SeatCreated("e9", "group", early, replace(seated.ELECTED, months=12))
    terms = (seated.seated(f"h{y}", "e9", "p6", date(y, 4, 1), date(y + 1, 4, 1)) for y in (2024, 2025))
    enter(certified, other, named, *terms, now=AFTER)
    with certified.reading() as session:
        assert vacancies.count_back(session, seat, now=AFTER).name == ""


def test_a_countback_knows_an_outsider_however_the_register_spells_them(stage: Stage) -> None:
    seated.begin(stage)
    enter(stage, f.Named("p9", seated.BEGIN, "JOSE  ALVAREZ"), now=START)
    draft = seated.the_draft()
    people = list(draft.contests[0].candidates)
    people[1] = Candidate("c4", "José Álvarez")
    seated.elect(stage, replace(draft, contests=(replace(draft.contests[0], candidates=tuple(people)),)))
    seated.certify(stage)
    name = holding(stage, "m3")

    with stage.writing() as session:
        theirs = next(one for one in seats.book(session).holdings.values() if one.person == "p9")
        seat_holders.decline(session, "m3", name, now=APPEALS)
        seat_holders.tend(session, now=AFTER)
        seat = seats.book(session).holdings[name].seat
        assert vacancies.count_back(session, seat, now=AFTER).name == "Member 5", "they have a seat already"
        seat_holders.decline(session, "secretary", theirs.id, now=AFTER)
        assert vacancies.count_back(session, theirs.seat, now=AFTER).vacating == "José Álvarez"


def test_anybody_can_repeat_the_countback_from_the_published_record(certified: Stage, tmp_path: Path) -> None:
    take(certified, "m3", APPEALS)
    name = holding(certified, "m4")
    with certified.writing() as session:
        seat_holders.decline(session, "m4", name, now=APPEALS)
        seat_holders.tend(session, now=AFTER)
    with certified.reading() as session:
        told = vacancies.count_back(session, seats.book(session).holdings[name].seat, now=AFTER)
        with (tmp_path / "board.record.zip").open("xb") as file:
            publication.write(session, ELECTION, file)

    said = ["--vacating", "Member 4", "--sitting", "Member 3", "--json"]
    run = CliRunner().invoke(countback.command, [str(tmp_path / "board.record.zip"), *said])

    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["filled"] == told.name == "Member 5"
    assert json.loads(run.stdout)["quota"] == told.count.as_dict()["quota"]


def test_a_by_election_is_held_by_the_same_rules_on_the_same_roll(certified: Stage) -> None:
    take(certified, "m3", APPEALS)
    take(certified, "m4", APPEALS)
    name = holding(certified, "m3")
    with certified.reading() as session:
        seat = seats.book(session).holdings[name].seat
    rules = replace(seated.ELECTED, filling=(Method.BY_ELECTION,))
    now = at(2026, 6, 1)
    enter(
        certified, f.SeatChanged(seat, date(2026, 5, 1), rules), f.Ended(name, date(2026, 6, 1), End.RESIGNED), now=now
    )
    with certified.writing() as session:
        later = {n: now + timedelta(days=d) for n, d in (("opens", 9), ("closes", 16), ("appeals", 40))}
        wrong = a_calendar(**later, cutoff=now)
        with pytest.raises(RuleError, match="same roll"):
            by_elections.begin(session, "officer", seat, election="by-1", title="By", calendar=wrong, now=now)
        calendar = a_calendar(**later)
        with pytest.raises(NotPermittedError):
            by_elections.begin(session, "secretary", seat, election="by-1", title="By", calendar=calendar, now=now)
        by_elections.begin(session, "officer", seat, election="by-1", title="By", calendar=calendar, now=now)
        draft = elections.draft_of(elections.get(session, "by-1"))
        assert [(one.id, one.title, one.seats, one.candidates) for one in draft.contests] == [("board", "Seat", 1, ())]
        assert certification.seats_of(session, "by-1") == {"board": (seat,)}
        vacancy = vacancies.show(session, seat, now=now)
        assert (vacancy.planned, vacancy.election) == (Method.BY_ELECTION, "by-1")
        for one in (ELECTION, "by-1"):  # the one is none, the other's roll is not made yet
            with pytest.raises(NotFoundError):
                by_elections.roll_differences(session, one)


def begun(stage: Stage, *ways: Method) -> tuple[str, datetime]:
    """Member 3 resigns, and a by-election begins for the seat, which has these ways: the seat, and when it was."""
    take(stage, "m3", APPEALS)
    name, now = holding(stage, "m3"), at(2026, 6, 1)
    with stage.reading() as session:
        seat = seats.book(session).holdings[name].seat
    rules = replace(seated.ELECTED, filling=ways)
    enter(stage, f.SeatChanged(seat, date(2026, 5, 1), rules), f.Ended(name, date(2026, 6, 1), End.RESIGNED), now=now)
    begin(stage, seat, "by-1", now)
    return seat, now


def begin(stage: Stage, seat: str, election: str, now: datetime) -> None:
    calendar = a_calendar(opens=at(2026, 6, 10), closes=at(2026, 6, 20), appeals=at(2026, 7, 10))
    with stage.writing() as session:
        by_elections.begin(session, "officer", seat, election=election, title="By", calendar=calendar, now=now)


def test_one_by_election_at_a_time_until_it_is_given_up(certified: Stage) -> None:
    seat, now = begun(certified, Method.BY_ELECTION)

    with pytest.raises(RuleError, match="“By” is under way for this seat"):
        begin(certified, seat, "by-2", now)
    with certified.writing() as session:
        elections.get(session, "by-1").abandoned = now
    begin(certified, seat, "by-2", now)

    with certified.reading() as session:
        assert vacancies.show(session, seat, now=now).election == "by-2"


def test_a_by_election_that_elects_nobody_leaves_the_seat_to_the_next_way(certified: Stage) -> None:
    seat, now = begun(certified, Method.BY_ELECTION, Method.APPOINTMENT)
    with certified.writing() as session:
        assert vacancies.show(session, seat, now=now).way.method is Method.BY_ELECTION
        told = {"at": now, "first_id": "officer", "second_id": "m11", "root": bytes(32), "reports": 0, "why": ""}
        session.add(Certificate(election_id="by-1", **told))

    with certified.reading() as session:
        vacancy = vacancies.show(session, seat, now=now)
    assert (vacancy.way.method, vacancy.election) == (Method.APPOINTMENT, "")


def test_an_officer_who_says_again_what_a_by_election_fills_leaves_it_one(certified: Stage) -> None:
    seat, now = begun(certified, Method.BY_ELECTION)
    with certified.writing() as session:
        certification.assign(session, "officer", "by-1", "board", [seat], now=now)
        draft = elections.draft_of(elections.get(session, "by-1"))
        contest = replace(draft.contests[0], candidates=(Candidate("d1", "Member 7", member="m7"),))
        elections.edit(session, "officer", "by-1", replace(draft, contests=(contest,)), 2, now=now)
        roll.freeze(session, TWO, "by-1", now=now)

    with certified.reading() as session:
        assert by_elections.roll_differences(session, "by-1") == (0, 0)


def test_a_by_election_fills_the_rest_of_the_term(certified: Stage) -> None:
    stage = certified
    take(stage, "m3", APPEALS)
    name, now = holding(stage, "m3"), at(2026, 6, 1)
    with stage.reading() as session:
        seat = seats.book(session).holdings[name].seat
    rules = replace(seated.ELECTED, filling=(Method.BY_ELECTION,))
    enter(stage, f.SeatChanged(seat, date(2026, 5, 1), rules), f.Ended(name, date(2026, 6, 1), End.RESIGNED), now=now)
    calendar = a_calendar(opens=at(2026, 6, 10), closes=at(2026, 6, 20), appeals=at(2026, 7, 10))
    made = Registrar("registrar", "The registrar", secrets.token_bytes)
    troupe = Troupe("by-1", [Trustee(one, one, secrets.token_bytes) for one in ("t1", "t2", "t3")], made)
    with stage.writing() as session:
        by_elections.begin(session, "officer", seat, election="by-1", title="By-election", calendar=calendar, now=now)
        draft = elections.draft_of(elections.get(session, "by-1"))
        people = (Candidate("d1", "Member 7", member="m7"), Candidate("d2", "Member 8", member="m8"))
        contest = replace(draft.contests[0], candidates=people)
        elections.edit(session, "officer", "by-1", replace(draft, contests=(contest,)), 2, now=now)
        roll.freeze(session, TWO, "by-1", now=now)
        assert by_elections.roll_differences(session, "by-1") == (0, 0)
    with stage.writing() as session:
        troupe.identities(session, now)
        ceremony.start(session, "officer", "by-1", now=now)
    for step_ in (troupe.keys, troupe.lists):
        with stage.writing() as session:
            step_(session, now)
    with stage.writing() as session:
        ceremony.publish(session, TWO, "by-1", now=now)
    with stage.writing() as session:
        troupe.ready(session, now)
    with stage.writing() as session:
        running.advance(session, "by-1", now=at(2026, 6, 11))
    with stage.writing() as session:
        for i in (1, 2, 9):
            troupe.vote(session, f"m{i}", [(1, 0)], at(2026, 6, 12))
    with stage.writing() as session:
        running.advance(session, "by-1", now=at(2026, 6, 21))
    for deed, turn in ((Trustee.mix, (0, 1)), (Trustee.decrypt, (1, 2))):
        for i in turn:
            with stage.reading() as session:
                data = deed(troupe.trustees[i], troupe.judge(session), "board")
            with stage.writing() as session:
                contributions.take(session, f"t{i + 1}", "by-1", data, now=at(2026, 6, 22))
    later = at(2026, 7, 10)
    with stage.writing() as session:
        root = checkpoint.parse(boards.head(session, "by-1")).root.hex()
        assert verifier_reports.enter(
            session, "secretary", "by-1", name="V", tool="v", root=root, holds=True, now=later
        )
        (made_,) = certification.certify(session, BOTH, "by-1", now=later)
        one = seats.book(session).holdings[made_]
        assert (one.start, one.until, one.remainder) == (later.date(), date(2028, 4, 1), True)
        assert (one.instrument.how, one.instrument.election) == (How.BY_ELECTION, "by-1")
        seat_holders.accept(session, "m8", made_, now=later)
        seat_holders.declare(session, "m8", made_, "interests", now=later)

    assert who(stage, later.date())[seat] == "Member 8"
