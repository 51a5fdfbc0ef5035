"""Whose lines below a checkpoint count, and which tree extends which: each was missed until mutation testing."""

import base64
from hashlib import sha256

import pytest

from governance.board import checkpoint, merkle
from governance.board.checkpoint import Checkpoint, VerifierKey
from governance.crypto import signature
from governance.errors import MalformedError, ProofError

LOG, WITNESS, STRANGER = (bytes([number]) * 32 for number in (1, 2, 3))
LOG_KEY = VerifierKey("log.example/test", 1, signature.public_key(LOG))
WITNESS_KEY = VerifierKey("w", 4, signature.public_key(WITNESS))
STRANGER_KEY = VerifierKey("s", 4, signature.public_key(STRANGER))
TEXT = checkpoint.body(LOG_KEY.name, 5, bytes(range(32)))
TIME = (1772999000).to_bytes(8, "big")


def line(name: str, key_id: bytes, made: bytes) -> bytes:
    return f"— {name} {base64.b64encode(key_id + made).decode()}\n".encode()


OWN = line(LOG_KEY.name, LOG_KEY.id, signature.sign(LOG, TEXT))


def judged(*lines: bytes) -> Checkpoint:
    found = checkpoint.parse(TEXT + b"\n" + b"".join(lines))
    checkpoint.check_log(found, LOG_KEY)
    return found


@pytest.mark.parametrize(
    "stranger",
    [line(LOG_KEY.name, STRANGER_KEY.id, bytes(64)), line("other", LOG_KEY.id, bytes(64)), line("x", b"1234", b"x")],
    ids=["the log's name alone", "the log's id alone", "neither"],
)
def test_a_line_is_the_logs_by_name_and_id(stranger: bytes) -> None:
    assert judged(stranger, OWN, stranger).size == 5
    with pytest.raises(ProofError, match="not signed by the log"):
        judged(stranger)


def test_a_checkpoint_of_another_origin_is_refused_though_the_logs_key_signed_it() -> None:
    text = checkpoint.body("log.example/other", 5, bytes(32))
    found = checkpoint.parse(text + b"\n" + line(LOG_KEY.name, LOG_KEY.id, signature.sign(LOG, text)))
    with pytest.raises(ProofError, match="of another log"):
        checkpoint.check_log(found, LOG_KEY)


def cosigned(name: str, key_id: bytes, seed: bytes = WITNESS, time: int = 1772999000) -> bytes:
    made = signature.sign(seed, checkpoint.cosigned_bytes(TEXT, time))
    return line(name, key_id, time.to_bytes(8, "big") + made)


def test_of_two_good_cosignatures_the_first_is_kept() -> None:
    one, two = cosigned("w", WITNESS_KEY.id), cosigned("w", WITNESS_KEY.id, time=1772999001)
    assert one != two
    assert checkpoint.cosignatures(judged(OWN, one, two), [WITNESS_KEY]) == {"w": one}
    assert checkpoint.cosignatures(judged(two, OWN, one), [WITNESS_KEY]) == {"w": two}


def test_a_cosignature_is_a_witnesss_by_name_and_id() -> None:
    good, both = cosigned("w", WITNESS_KEY.id), [WITNESS_KEY, STRANGER_KEY]
    assert checkpoint.cosigners(judged(good, OWN, good), both) == 1
    assert checkpoint.cosigners(judged(OWN, cosigned("s", STRANGER_KEY.id, STRANGER), good), both) == 2
    for wrong in (
        cosigned("s", WITNESS_KEY.id),
        cosigned("w", STRANGER_KEY.id),
        cosigned("w", WITNESS_KEY.id, STRANGER),
        line("w", WITNESS_KEY.id, TIME),
        line("w", WITNESS_KEY.id, b"1234"),
        line("w", WITNESS_KEY.id, TIME + bytes(65)),
    ):
        assert checkpoint.cosigners(judged(OWN, wrong), both) == 0
        assert checkpoint.cosigners(judged(wrong, OWN, good), both) == 1


def test_what_looks_like_a_checkpoint() -> None:
    root = base64.b64encode(bytes(32)).decode()
    assert checkpoint.looks_like_one(f"a\n1\n{root}".encode())
    for other in (b"", b"a", b"a\n1", f"\n1\n{root}".encode(), f"a\n01\n{root}".encode(), b"a\n1\nAAAA\n"):
        assert not checkpoint.looks_like_one(other)
    start = f"a\n1\n{root}\n\n".encode()
    assert checkpoint.looks_like_one(start + b"x" * (65_536 - len(start)))
    assert not checkpoint.looks_like_one(start + b"x" * (65_536 - len(start) + 1))
    assert checkpoint.size_of(TEXT) == 5


@pytest.mark.parametrize("name", ["a b", "a\tb", "a\u00a0b", "a\u3000b", "a+b", ""])
def test_a_name_has_no_space_and_no_plus(name: str) -> None:
    with pytest.raises(MalformedError):
        judged(OWN, line(name, b"1234", bytes(64)))
    for last in (b"x", b" ", b"=", "é".encode()):
        with pytest.raises(MalformedError):
            judged(OWN[:-1] + last + b"\n")


def test_every_tree_extends_its_beginnings_alone() -> None:
    leaves = [merkle.leaf(bytes([number])) for number in range(21)]
    for new in range(1, 22):
        root = merkle.root(leaves[:new])
        for old in range(new + 1):
            before, proof = merkle.root(leaves[:old]), merkle.consistency(leaves[:new], old) if old else []
            merkle.check_consistency(old, new, before, root, proof)
            other = sha256(before).digest()
            for wrong in (
                (old, new, other, root, proof),
                (old, new, before, other, proof),
                (old, new, before, root, [*proof, other]),
                (new + 1, new, root, root, proof),
                (-1, new, before, root, proof),
            ):
                if old or wrong[3] == root:
                    with pytest.raises(ProofError):
                        merkle.check_consistency(*wrong)


def test_every_leaf_stands_at_its_place_alone() -> None:
    leaves = [merkle.leaf(bytes([number])) for number in range(21)]
    for size in range(1, 22):
        root = merkle.root(leaves[:size])
        for index in range(size):
            path = merkle.inclusion(leaves[:size], index)
            merkle.check_inclusion(leaves[index], index, size, path, root)
            for wrong in ((leaves[index], index, size, [*path, root], root), (root, index, size, path, root)):
                if path or wrong[0] != root:
                    with pytest.raises(ProofError):
                        merkle.check_inclusion(*wrong)


def test_a_proof_of_a_larger_tree_is_none_of_a_smaller_one() -> None:
    """The last leaves of a tree look like a tree of their own until its steps are used up."""
    leaves = [merkle.leaf(bytes([number])) for number in range(8)]
    root, older = merkle.root(leaves), merkle.root(leaves[:7])
    path, proof = merkle.inclusion(leaves, 7), merkle.consistency(leaves, 7)
    merkle.check_inclusion(leaves[7], 7, 8, path, root)
    merkle.check_consistency(7, 8, older, root, proof)
    for size in (1, 2, 4):
        with pytest.raises(ProofError):
            merkle.check_inclusion(leaves[7], size - 1, size, path, root)
    with pytest.raises(ProofError):
        merkle.check_consistency(3, 4, older, root, proof)
