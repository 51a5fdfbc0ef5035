"""Proofs from kept hashes are those that the RFC makes from all leaves, and are never of another board."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from governance.board import checkpoint, merkle
from governance.board.checks import CheckError
from governance.services import boards, proofs, running
from governance.store import database
from governance.store.vault import Vault
from tests.databases import unlock
from tests.services.stage import ELECTION, KEY, Stage, a_stage

LEAVES = [merkle.leaf(bytes([i % 256, i // 256])) for i in range(300)]


def hashes(size: int) -> proofs.Hashes:
    made = proofs.Hashes()
    for leaf in LEAVES[:size]:
        made.append(leaf)
    return made


@given(st.integers(0, 300), st.data())
def test_every_proof_is_the_one_of_the_rfc_also_of_earlier_trees(extra: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    kept = hashes(max(size, extra))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    assert kept.root(0, size) == merkle.root(LEAVES[:size])
    assert kept.inclusion(index, size) == merkle.inclusion(LEAVES[:size], index)
    assert kept.consistency(old, size) == merkle.consistency(LEAVES[:size], old)


def test_no_leaf_has_the_root_of_nothing() -> None:
    assert proofs.Hashes().root(0, 0) == merkle.EMPTY


def test_hashes_grow_with_the_board_and_give_way_to_another_one(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open(6)
        first = proof(stage)
        with stage.writing() as session:
            running.notice(session, "officer", ELECTION, "A notice", "", now=stage.now)
        second = proof(stage)
        assert (first, second) == (stage.size() - 1, stage.size())

        with stage.writing() as session:
            unlock(session, "board_entry")
            session.execute(text("UPDATE board_entry SET leaf = :leaf WHERE seq = 3"), {"leaf": bytes(32)})
        assert proof(stage) == second  # what was signed is remembered, and still goes with the checkpoint
        another = database.engine(stage.url)  # as another process would have
        with (
            database.sessions(another, Vault(KEY))() as session,
            pytest.raises(CheckError, match="not the one that was signed"),
        ):
            proofs.inclusion(session, ELECTION, 2)
        another.dispose()


def proof(stage: Stage) -> int:
    """The size of the tree in which the third entry was proven to be."""
    with stage.reading() as session:
        path, signed = proofs.inclusion(session, ELECTION, 2)
        leaf = boards.leaves(session, ELECTION)[2]
    head = checkpoint.parse(signed)
    merkle.check_inclusion(leaf, 2, head.size, path, head.root)
    return head.size
