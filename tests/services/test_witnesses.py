"""Witnesses: what they cosign is stored, published, counted; what is not theirs is refused in words."""

import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from governance.board import checkpoint, merkle, verify
from governance.board.checkpoint import WITNESS, VerifierKey
from governance.board.record import RecordFile
from governance.crypto import signature
from governance.domain import feasible
from governance.errors import MalformedError, NotFoundError, ProofError, RuleError
from governance.services import boards, proofs, publication, running, shelf, witnesses
from governance.services.shelf import State
from tests.services.stage import ELECTION, START, Stage, a_draft, a_stage
from tests.web.browser import staged


@dataclass
class Witness:
    name: str
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def key(self) -> str:
        return str(VerifierKey(self.name, WITNESS, signature.public_key(self.seed)))

    def cosign(self, signed: bytes, time: int = 1_700_000_000) -> bytes:
        return checkpoint.cosign(signed, self.name, time, self.seed)


THREE = [Witness(f"witness.example/{i}") for i in (1, 2, 3)]
STRANGER = Witness("witness.example/4")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("witnessed")) as stage:
        stage.until_open(6, a_draft(witnesses=tuple(one.key for one in THREE), quorum=2))
        yield stage


@pytest.fixture
def opened(made: Stage, tmp_path: Path) -> Iterator[Stage]:
    """Voting is open; two of three witnesses are needed."""
    with staged(tmp_path, made) as (stage, _):
        yield stage


def head(stage: Stage, size: int | None = None) -> bytes:
    with stage.reading() as session:
        return witnesses.head(session, ELECTION, size)


def hand_in(stage: Stage, data: bytes) -> tuple[str, ...]:
    with stage.writing() as session:
        return witnesses.take(session, ELECTION, data, now=stage.now)


def grow(stage: Stage) -> None:
    with stage.writing() as session:
        running.notice(session, "officer", ELECTION, "A notice", "", now=stage.now)


def confirmed(stage: Stage) -> int:
    with stage.reading() as session:
        done = witnesses.confirmed(session, ELECTION)
    return checkpoint.size_of(done) if done else 0


def test_a_checkpoint_is_confirmed_once_enough_witnesses_have_cosigned_it(opened: Stage) -> None:
    size = opened.size()

    first = hand_in(opened, THREE[0].cosign(head(opened)))
    alone = confirmed(opened)
    second = hand_in(opened, THREE[1].cosign(head(opened)))

    assert (first, alone) == ((THREE[0].name,), 0)
    assert second == (THREE[0].name, THREE[1].name)
    assert confirmed(opened) == size
    keys = [checkpoint.read_key(one.key, WITNESS) for one in THREE]
    assert checkpoint.cosigners(checkpoint.parse(head(opened)), keys) == 2


def test_the_same_again_changes_nothing(opened: Stage) -> None:
    data = THREE[0].cosign(head(opened))
    hand_in(opened, data)
    before = head(opened)

    hand_in(opened, data)
    hand_in(opened, THREE[0].cosign(boards_head(opened), 1_800_000_000))

    assert head(opened) == before


def boards_head(stage: Stage) -> bytes:
    with stage.reading() as session:
        return boards.head(session, ELECTION)


def test_what_is_no_cosignature_of_a_witness_is_refused(opened: Stage) -> None:
    signed = head(opened)
    parsed = checkpoint.parse(signed)
    elsewhere = checkpoint.sign("other.example/board", parsed.size, parsed.root, bytes(32))
    unsigned = checkpoint.sign(parsed.origin, parsed.size, bytes(32), bytes(range(32)))
    beyond = checkpoint.sign(parsed.origin, parsed.size + 1, parsed.root, bytes(32))
    good = THREE[0].cosign(signed)

    for data, why in [
        (signed, "No cosignature"),
        (STRANGER.cosign(signed), "No cosignature"),
        (good[:-10] + b"AAAAAAAA==\n", "No cosignature|signature|base64"),
        (Witness(THREE[0].name).cosign(signed), "No cosignature"),
        (THREE[0].cosign(elsewhere), "of another board"),
        (THREE[0].cosign(unsigned), "of another board"),
    ]:
        with pytest.raises(MalformedError, match=why):
            hand_in(opened, data)
    for data in (b"", b"x", b"\xff" * 100, signed[:20], good + b"x" * witnesses.MAX_COSIGNED):
        with pytest.raises(MalformedError):
            hand_in(opened, data)
    with pytest.raises(RuleError, match="never had"):
        hand_in(opened, THREE[0].cosign(beyond))
    assert head(opened) == signed


def test_another_board_under_this_log_s_signature_is_told_for_what_it_is(opened: Stage) -> None:
    with opened.writing() as session:
        board = boards.opened(session, ELECTION)
        forked = checkpoint.sign(board.origin, board.tree.size, bytes(32), board.seed)

    with pytest.raises(ProofError, match="it is the evidence"):
        hand_in(opened, THREE[0].cosign(forked))


def test_others_are_offered_what_one_has_cosigned_until_enough_have(opened: Stage) -> None:
    def offered() -> int:
        with opened.reading() as session:
            return checkpoint.size_of(witnesses.to_cosign(session, ELECTION, now=opened.now))

    start = opened.size()
    hand_in(opened, THREE[0].cosign(head(opened)))
    grow(opened)
    during = offered()
    opened.now += timedelta(hours=2)
    late = offered()
    opened.now -= timedelta(hours=2)
    hand_in(opened, THREE[1].cosign(head(opened, start)))

    assert (during, late, offered()) == (start, start + 1, start + 1)


def test_a_receipt_is_proven_in_the_newest_tree_that_was_confirmed(opened: Stage) -> None:
    start = opened.size()
    for one in THREE[:2]:
        hand_in(opened, one.cosign(head(opened)))
    grow(opened)

    with opened.reading() as session:
        leaves = boards.leaves(session, ELECTION)
        path, signed = proofs.consistency(session, ELECTION, 5)
        _, newest = proofs.consistency(session, ELECTION, start + 1)

    assert checkpoint.size_of(signed) == start
    assert checkpoint.size_of(newest) == start + 1
    root = checkpoint.parse(signed).root
    merkle.check_consistency(5, start, merkle.root(leaves[:5]), root, path)


def test_of_one_witness_only_the_newest_are_kept(opened: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnesses, "KEPT", 3)
    size = opened.size()
    for at in range(size - 5, size + 1):
        hand_in(opened, THREE[0].cosign(head(opened, at)))
    hand_in(opened, THREE[1].cosign(head(opened, 4)))

    def names(at: int) -> list[str]:
        return [name for name, _ in checkpoint.parse(head(opened, at)).signatures[1:]]

    assert [names(at) for at in (size - 3, size - 2, size, 4)] == [
        [],
        [THREE[0].name],
        [THREE[0].name],
        [THREE[1].name],
    ]


def test_a_result_waits_for_the_witnesses_and_its_record_carries_their_lines(opened: Stage, tmp_path: Path) -> None:
    def outcome() -> shelf.Result | None:
        with opened.reading() as session:
            return shelf.result(session, ELECTION, tmp_path / "published", now=opened.now)

    with opened.writing() as session:
        for i in range(1, 7):
            choice = [(0,), (1,)] if i % 3 == 0 else [(0,)]
            opened.troupe.vote(session, f"m{i}", choice, opened.now)
    opened.close()
    early = outcome()
    with opened.writing() as session:
        opened.troupe.tally(session, opened.now)
    waiting = outcome()
    for one in THREE[1:]:
        hand_in(opened, one.cosign(head(opened)))
    shown = outcome()

    assert early is None
    assert waiting == shelf.Result(State.WITNESSES)
    assert shown is not None
    assert (shown.state, shown.why) == (State.SHOWN, "")
    with opened.reading() as session:
        written = io.BytesIO()
        publication.write(session, ELECTION, written)
    assert verify.check(RecordFile(written)).failure is None
    assert checkpoint.size_of(RecordFile(written).checkpoint()) == opened.size()


def test_an_election_without_witnesses_takes_no_cosignature(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open(6)

        with pytest.raises(RuleError, match="has no witnesses"):
            hand_in(stage, THREE[0].cosign(head(stage)))
        with stage.writing() as session, pytest.raises(NotFoundError):
            witnesses.take(session, "none", b"", now=START)
        assert confirmed(stage) == 0
        with stage.reading() as session:
            assert witnesses.standing(session, ELECTION) is None


def test_the_board_says_how_far_the_witnesses_have_come(opened: Stage) -> None:
    size = opened.size()
    for one in THREE[:2]:
        hand_in(opened, one.cosign(head(opened)))
    grow(opened)
    hand_in(opened, THREE[2].cosign(head(opened)))

    with opened.reading() as session:
        standing = witnesses.standing(session, ELECTION)

    names = tuple(one.name for one in THREE)
    assert standing == witnesses.Standing(2, names, (THREE[2].name,), size)


@pytest.mark.parametrize(
    ("keys", "quorum", "why"),
    [
        (("no key",), 1, "Witness 1: this is not a key"),
        ((THREE[0].key, Witness(THREE[0].name).key), 1, "the same name"),
        ((THREE[0].key, Witness("another", THREE[0].seed).key), 1, "the same key|the same name"),
        ((THREE[0].key,), 0, "0 cannot be needed"),
        ((THREE[0].key,), 2, "2 cannot be needed"),
        ((), 1, "1 cannot be needed"),
        (tuple(Witness(f"w{i}").key for i in range(17)), 2, "more than 16"),
    ],
)
def test_a_draft_s_witnesses_are_looked_at_before_the_roll_is_frozen(
    keys: tuple[str, ...], quorum: int, why: str
) -> None:
    assert feasible.problems(a_draft()) == ()
    assert feasible.problems(a_draft(witnesses=tuple(one.key for one in THREE), quorum=2)) == ()

    (problem,) = feasible.problems(a_draft(witnesses=keys, quorum=quorum))

    assert any(part in problem for part in why.split("|"))
