"""What is known of people goes after its time, and not before; what was published stays, and the roll's root follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from governance.board import merkle
from governance.domain.terms import Question
from governance.errors import NotFoundError, RuleError
from governance.services import (
    declarations,
    interests,
    members,
    officers,
    retention,
    roll,
    running,
    seat_holders,
    seats,
)
from governance.services.retention import FORMER, Keeping
from governance.store.elections import RollLine
from governance.store.journal import Deed
from governance.store.members import Member, Organisation
from tests.services import seated
from tests.services.seated import APPEALS, on_disk
from tests.services.stage import ELECTION, START, Stage, a_list, people

DAY = timedelta(days=1)
OPEN = Question("interests", "Any interests?")
HEAD = "id,email,name,country,region,joined,status,lived_experience"


def leave(stage: Stage, *gone: str) -> datetime:
    """Members who leave; everybody else stays as they are."""
    lines = [
        f"{line.rpartition(',')[0]},{'left' if line.partition(',')[0] in gone else 'active'},{line.rpartition(',')[2]}"
        for line in people(12)
        if line.partition(",")[0] in gone
    ]
    data = "\n".join([HEAD, *lines, ""]).encode()
    with stage.writing() as session:
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)
    return stage.now


def erase(stage: Stage, at: datetime) -> dict[str, int]:
    with stage.writing() as session:
        return retention.erase(session, now=at)


def member(stage: Stage, one: str) -> tuple[str, str, str]:
    with stage.reading() as session:
        row = session.get_one(Member, one)
        return row.name, row.email, members.facts(session, one).value("lived_experience")


def said(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [what for what in session.scalars(select(Deed.what)) if "erased by its time" in what]


# ---- members who left ------------------------------------------------------------------------------------------------


def test_a_member_who_left_is_erased_in_two_steps_and_nobody_else(stage: Stage) -> None:
    stage.set_up()
    left = leave(stage, "m4", "m8")

    assert erase(stage, left + 30 * DAY - timedelta(seconds=1)) == {}
    assert erase(stage, left + 30 * DAY) == {"declared": 2}
    assert member(stage, "m4") == ("Member 4", "m4@example.org", "")
    assert member(stage, "m12") == ("Member 12", "m12@example.org", "yes")
    assert erase(stage, left + 365 * DAY - timedelta(seconds=1)) == {}
    assert erase(stage, left + 365 * DAY) == {"people": 2}
    assert erase(stage, left + 999 * DAY) == {}

    assert member(stage, "m4") == (FORMER, "", "")
    assert said(stage) == [
        "erased by its time: what 2 members who left had declared",
        "erased by its time: names and addresses of 2 members who left",
    ]
    with stage.reading() as session:
        assert members.find(session, "m4@example.org") is None
        assert "m4" not in {row.id for row in members.listed(session, "secretary", limit=1000)}
        assert members.how_many(session) == 10 + 6


def test_no_name_or_address_is_left_on_the_disk(stage: Stage) -> None:
    stage.set_up()
    left = leave(stage, "m9")
    with stage.writing() as session:
        session.get_one(Member, "m9").name = "Zebulon Quartermain"
    assert b"Zebulon" in on_disk(stage)

    erase(stage, left + 365 * DAY)

    with stage.engine.connect() as connection:
        if stage.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    if stage.engine.dialect.name == "sqlite":
        assert b"Zebulon" not in on_disk(stage)
        assert b"m9@example.org" not in on_disk(stage)


def test_who_is_erased_can_join_again_as_somebody_new_and_not_under_the_old_id(stage: Stage) -> None:
    stage.set_up()
    left = leave(stage, "m4")
    erase(stage, left + 365 * DAY)
    stage.now = left + 366 * DAY
    with stage.writing() as session:
        data = b"email,name,country,region,joined\nm4@example.org,Member 4,Peru,Americas,2027-01-01\n"
        seen = members.preview(session, officers.COMMAND, data)
        assert (len(seen.plan.additions), len(seen.plan.changes)) == (1, 0)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)
        assert members.find(session, "m4@example.org") not in ("m4", None)
        old = members.preview(session, officers.COMMAND, a_list(people(12)[3:4]))
    assert [one.why for one in old.plan.conflicts] == [
        "another member has this address (an organisation needs one of its own)"
    ]


def test_a_file_with_the_id_of_who_was_erased_is_explained(stage: Stage) -> None:
    stage.set_up()
    erase(stage, leave(stage, "m4") + 365 * DAY)

    with stage.reading() as session:
        old = members.preview(session, officers.COMMAND, a_list(people(12)[3:4]))

    assert len(old.plan.conflicts) == 1
    assert "was erased after the time" in old.plan.conflicts[0].why


def test_an_exported_list_can_be_read_again(stage: Stage) -> None:
    stage.set_up()
    erase(stage, leave(stage, "m4", "m5") + 365 * DAY)

    with stage.writing() as session:
        exported = members.export(session, "secretary", now=stage.now, attributes=True, why="A test.")
        plan = members.preview(session, officers.COMMAND, exported).plan

    assert FORMER.encode() not in exported
    assert (plan.additions, plan.changes, plan.removals, plan.mistakes, plan.conflicts) == ((), (), (), (), ())


def test_nobody_is_erased_whom_an_election_still_needs(stage: Stage) -> None:
    stage.until_open()
    left = leave(stage, "m4")
    long_after = left + 1000 * DAY
    assert erase(stage, long_after) == {}

    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    stage.now = START + 31 * DAY
    stage.advance()

    assert erase(stage, long_after) == {"declared": 1, "people": 1, "roll": 18}


def test_nobody_is_erased_who_has_a_role_or_a_seat(stage: Stage) -> None:
    seated.begin(stage)
    left = leave(stage, "m1", "m12", "m4")
    assert (left + 30 * DAY).date() < date(2026, 4, 1) < (left + 60 * DAY).date()

    assert erase(stage, left + 30 * DAY) == {"declared": 1}, "m4"
    with stage.writing() as session:
        retention.set_rule(session, officers.COMMAND, Keeping(1, 1, 90, 365, 180), now=stage.now)
    assert erase(stage, left + 30 * DAY) == {"people": 1}, "m4, for m1 sits and m12 is an appointer"
    assert erase(stage, left + 60 * DAY) == {"people": 1}, "m1, whose term is over"
    assert member(stage, "m12") == ("Member 12", "m12@example.org", "yes")


def test_the_rule_can_be_changed_and_has_bounds(stage: Stage) -> None:
    stage.set_up()
    with stage.writing() as session:
        given = retention.rule(session)
        assert given == Keeping(30, 365, 90, 365, 180)
        retention.set_rule(session, officers.COMMAND, replace(given, declared=1, people=2), now=stage.now)
        assert officers.log(session, "officer")[0].what == "set how long is kept: people, 2 days"
    left = leave(stage, "m4")

    assert erase(stage, left + 2 * DAY) == {"declared": 1, "people": 1}
    for wrong in (replace(given, roll=0), replace(given, interests=3651), replace(given, declared=40, people=39)):
        with stage.writing() as session, pytest.raises(RuleError):
            retention.set_rule(session, officers.COMMAND, wrong, now=stage.now)


def test_without_an_organisation_nothing_is_done(stage: Stage) -> None:
    assert erase(stage, START) == {}
    with stage.reading() as session:
        assert session.get(Organisation, 1) is None


def test_the_clock_looks_once_a_day(stage: Stage) -> None:
    stage.set_up()
    left = leave(stage, "m4")
    with stage.writing() as session:
        assert retention.tend(session, now=left) == {}
    with stage.writing() as session:
        assert retention.tend(session, now=left + 400 * DAY) == {"declared": 1, "people": 1}
        assert retention.tend(session, now=left + 400 * DAY) == {}
    leave(stage, "m5")
    with stage.writing() as session:
        session.get_one(Member, "m5").changed = left
    with stage.writing() as session:
        assert retention.tend(session, now=left + 400 * DAY + timedelta(hours=1)) == {}
        assert retention.tend(session, now=left + 401 * DAY + timedelta(hours=1)) == {"people": 1}


# ---- declarations ----------------------------------------------------------------------------------------------------


def declare(stage: Stage, *who: str) -> None:
    with stage.writing() as session:
        for one in who:
            declarations.make(session, one, OPEN, yes=True, text=f"Acme, says {one}.", now=stage.now)


def declared(stage: Stage) -> set[str]:
    with stage.reading() as session:
        found = declarations.told(session, [f"m{i}" for i in range(1, 13)], ["interests"])
    return set(found)


def test_declarations_of_who_sits_stay_and_go_after_the_last_term(stage: Stage) -> None:
    seated.begin(stage)
    declare(stage, "m1", "m2")
    end = datetime.combine(date(2026, 4, 1), datetime.min.time(), START.tzinfo)

    assert erase(stage, end - timedelta(seconds=1)) == {}
    assert erase(stage, end + 365 * DAY - timedelta(seconds=1)) == {}
    assert declared(stage) == {"m1", "m2"}
    assert erase(stage, end + 365 * DAY) == {"interests": 2}
    assert declared(stage) == set()
    assert said(stage) == ["erased by its time: declarations of interest of 2 people without a seat"]


def test_declarations_of_who_was_never_elected_go_after_the_election(stage: Stage) -> None:
    seated.begin(stage)
    declare(stage, "m3", "m5", "m7")  # m7 stands nowhere
    seated.elect(stage)
    made = stage.now
    assert erase(stage, made + 89 * DAY) == {"interests": 1}, "m7: declared for nothing"
    assert declared(stage) == {"m3", "m5"}, "the election is under way"
    stage.now = APPEALS
    with stage.writing() as session:
        running.advance(session, ELECTION, now=APPEALS)
    seated.certify(stage)
    holding = seated.holding(stage, "m3")
    with stage.writing() as session:
        assert seat_holders.accept(session, "m3", holding, now=APPEALS)

    assert erase(stage, APPEALS + 90 * DAY - DAY).get("interests") is None
    assert erase(stage, APPEALS + 90 * DAY)["interests"] == 1
    assert declared(stage) == {"m3"}


# ---- rolls -----------------------------------------------------------------------------------------------------------


def a_result(stage: Stage) -> datetime:
    """An election whose time for appeals is over."""
    stage.until_open()
    stage.close()
    stage.now = START + 31 * DAY
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    stage.advance()
    return stage.now


def root_of_what_is_left(lines: Sequence[RollLine], style: int) -> bytes:
    kept = sorted((line.member_id.encode(), line.leaf) for line in lines if line.style == style)
    return merkle.root([leaf for _, leaf in kept if leaf])


def test_the_names_on_a_roll_go_and_its_root_still_follows(stage: Stage) -> None:
    ended = a_result(stage)
    with stage.reading() as session:
        styles = {one.number: one.root for one in roll.styles_of(session, ELECTION)}
        mine = roll.my_line(session, ELECTION, "m4")
        contests = roll.contests_of(session, ELECTION, "m4")
        assert retention.roll_until(session, ELECTION) == ended + 180 * DAY
        assert not retention.is_erased(session, ELECTION)
    assert erase(stage, ended + 180 * DAY - timedelta(seconds=1)) == {}

    assert erase(stage, ended + 180 * DAY) == {"roll": 18}
    assert erase(stage, ended + 181 * DAY) == {}

    with stage.reading() as session:
        lines = session.scalars(select(RollLine)).all()
        assert {(line.name, line.salt) for line in lines} == {("", bytes(16))}
        assert {number: root_of_what_is_left(lines, number) for number in styles} == styles
        with pytest.raises(NotFoundError, match="were erased"):
            roll.my_line(session, ELECTION, "m4")
        assert roll.contests_of(session, ELECTION, "m4") == contests
        assert retention.is_erased(session, ELECTION)
    merkle.check_inclusion(merkle.leaf(mine.leaf), mine.index, mine.size, mine.path, mine.root)


def test_the_register_of_seats_keeps_what_it_published(stage: Stage) -> None:
    seated.begin(stage)
    with stage.writing() as session:
        seat_holders.tend(session, now=START + 40 * DAY)
    stage.now = START + 40 * DAY
    left = leave(stage, "m1")

    assert erase(stage, left + 365 * DAY)["people"] == 1

    with stage.reading() as session:
        assert seats.book(session).people["p1"].on(date(2025, 1, 1)) == "Member 1"
        assert interests.register(session, "group", now=left + 365 * DAY) == []
        assert officers.names(session, ["m1"]) == {"m1": FORMER}
