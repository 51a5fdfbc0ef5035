"""Boards and casting on PostgreSQL: several processes at once, processes that are killed, connections that end."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from governance.board import merkle, verify
from governance.board.record import RecordFile
from governance.services import boards, publication, voting
from governance.store import database
from governance.store.boards import BallotLink, Receipt
from governance.store.journal import Letter
from governance.store.vault import Vault
from tests.services.stage import ELECTION, KEY, OPEN, Stage, sealed
from tests.services.test_boards import (
    opened,
    other,
    test_a_board_that_was_tampered_with_is_not_gone_on_with,
    test_a_board_with_a_gap_is_not_gone_on_with,
    test_a_board_without_its_last_checkpoint_is_not_gone_on_with,
    test_a_refused_ballot_leaves_the_judge_as_it_was,
    test_two_processes_cast_in_turns,
    test_what_a_savepoint_took_back_is_not_in_memory,
    test_what_was_rolled_back_is_not_in_memory,
)
from tests.services.test_desk import test_all_who_come_at_once_get_a_receipt_and_the_bad_one_a_reason
from tests.services.test_kills import test_every_acknowledged_ballot_is_there_once
from tests.services.test_proofs import *  # noqa: F403  the cache of proofs, and a board that was tampered with
from tests.services.test_voting import (
    test_a_new_ballot_replaces_the_last_one_and_names_it,
    test_nobody_casts_without_end,
    test_one_member_has_one_credential_and_one_credential_one_member,
    test_the_same_bytes_again_get_the_same_receipt_even_after_the_close,
    test_whether_somebody_has_voted_is_known_until_it_is_forgotten,
    voting_is_open,
)
from tests.services.test_whole import test_a_whole_election_and_its_record_verifies

PROCESSES = 6


def test_who_cast_at_once_leave_no_gap(opened: Stage) -> None:
    """Each client has an engine, and so a board in memory, of its own: what they share is the server."""
    ballots, before = sealed(opened, range(1, 13)), opened.size()
    together = Barrier(PROCESSES)

    def cast(number: int) -> list[int]:
        engine = database.engine(opened.url)
        mine = database.sessions(engine, Vault(KEY))
        places = []
        together.wait()
        for member, raw in ballots[number::PROCESSES]:
            with mine() as session, database.writing(session):
                places.append(voting.cast(session, member, ELECTION, raw, now=OPEN).index)
        engine.dispose()
        return places

    with ThreadPoolExecutor(PROCESSES) as pool:
        places = [place for some in pool.map(cast, range(PROCESSES)) for place in some]

    assert sorted(places) == list(range(before, before + len(ballots)))
    with opened.reading() as session:
        assert [index for index, _ in boards.entries(session, ELECTION)] == list(range(before + len(ballots)))
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    assert verify.judge(RecordFile(file))[0].failure is None


def test_a_connection_that_ends_leaves_nothing_half_written(opened: Stage) -> None:
    (member, raw), *_ = sealed(opened, (1,))
    before, there = opened.size(), [Receipt, BallotLink, Letter]
    with opened.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) for one in there]

    with suppress(OperationalError), opened.writing() as session:
        received = voting.cast(session, member, ELECTION, raw, now=OPEN)
        session.flush()
        assert received.index == before
        with opened.reading() as another:
            pid = session.scalar(select(func.pg_backend_pid()))
            assert another.scalar(select(func.pg_terminate_backend(pid)))

    assert opened.size() == before
    with opened.reading() as session:
        assert [session.scalar(select(func.count()).select_from(one)) for one in there] == counts
    with opened.writing() as session:
        again = voting.cast(session, member, ELECTION, raw, now=OPEN)
    assert again.index == before
    with opened.reading() as session:
        assert boards.leaves(session, ELECTION)[before] == merkle.leaf(raw)
