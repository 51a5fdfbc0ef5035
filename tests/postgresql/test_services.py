"""From members to the ballot on PostgreSQL: what reads and writes in the same transaction, groups, orders, or refuses."""

import pytest

from governance.errors import MalformedError
from governance.services import elections, members, officers
from tests.services.stage import ELECTION, START, Stage, a_list, people
from tests.services.test_adoption import (
    decided,
    test_the_whole_way_from_a_name_to_the_frozen_roll_and_what_is_left_after_the_appeals,
)
from tests.services.test_calendars import (
    drafted,
    noticed,
    test_a_change_takes_two_people_and_stands_as_a_version,
    test_of_two_processes_at_once_the_database_keeps_one,
)
from tests.services.test_members import (
    ready,
    test_an_export_can_be_imported_and_changes_nothing,
    test_declarations_are_not_readable_in_the_database,
    test_members_are_found_by_their_address_and_listed_without_declarations,
    test_whoever_is_missing_leaves_only_if_that_was_asked_for,
)
from tests.services.test_nominations import (
    bare,
    opened,
    test_a_withdrawal_before_the_freeze_takes_the_list_off_the_ballot,
    test_enough_seconders_are_told_of_once_a_day,
    test_one_member_nominates_so_often_a_day_and_no_more,
    test_the_same_thing_sent_twice_is_done_once,
    test_what_is_refused_leaves_nothing_behind,
)


def test_a_list_of_four_thousand_members_is_taken(stage: Stage) -> None:
    stage.set_up()
    data = a_list(people(4000))
    with stage.writing() as session:
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=START)

    with stage.reading() as session:
        assert members.how_many(session) == 4006
        assert [one.id for one in members.listed(session, "secretary", limit=3)] == ["m1", "m10", "m100"]


def test_an_election_that_nobody_could_name_is_not_there(stage: Stage) -> None:
    stage.set_up()
    with stage.reading() as session, pytest.raises(MalformedError):
        elections.show(session, f"{ELECTION}\0")
