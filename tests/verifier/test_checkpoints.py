"""Whose lines below a checkpoint count (protocol.md section 13): each was missed until mutation testing."""

import base64

import pytest

from governance.verifier import board
from governance.verifier.failure import CheckFailedError
from tests.verifier.prover import Maker, public_of, sign, verifier_key

ORIGIN = "log.example/test"
TEXT = f"{ORIGIN}\n5\n{base64.b64encode(bytes(range(32))).decode()}\n"
TIME = (1772999000).to_bytes(8, "big")


def key(name: str, kind: int, seed: bytes) -> board.VerifierKey:
    found = board.parse_verifier_key(verifier_key(name, kind, public_of(seed)))
    assert found is not None
    return found


LOG, WITNESS, STRANGER = (bytes((number,)) * 32 for number in (1, 2, 3))
LOG_KEY = key(ORIGIN, board.LOG_TYPE, LOG)
WITNESS_KEY = key("w", board.WITNESS_TYPE, WITNESS)
STRANGER_KEY = key("s", board.WITNESS_TYPE, STRANGER)


def line(name: str, key_id: bytes, signature: bytes) -> str:
    return Maker.line(f"{name}+{key_id.hex()}+", signature)


OWN = line(ORIGIN, LOG_KEY.key_id, sign(LOG, TEXT.encode()))


def judged(*lines: str, text: str = TEXT) -> board.Checkpoint:
    return board.check_signed(f"{text}\n{''.join(lines)}".encode(), LOG_KEY, "it")


@pytest.mark.parametrize(
    "stranger",
    [
        line(ORIGIN, STRANGER_KEY.key_id, bytes(64)),
        line("other.example", LOG_KEY.key_id, bytes(64)),
        line("other.example", STRANGER_KEY.key_id, b"x"),
    ],
    ids=["the log's name alone", "the log's id alone", "neither"],
)
def test_a_line_is_the_logs_by_name_and_id(stranger: str) -> None:
    """Lines of other keys count for nothing: they neither harm nor stand for the log's own."""
    assert judged(stranger, OWN, stranger).size == 5
    with pytest.raises(CheckFailedError, match="not signed by the log"):
        judged(stranger)


def test_each_line_of_the_log_must_verify() -> None:
    assert judged(OWN, OWN).size == 5
    bad = line(ORIGIN, LOG_KEY.key_id, sign(LOG, TEXT.encode() + b"x"))
    for lines in ((bad,), (OWN, bad), (bad, OWN)):
        with pytest.raises(CheckFailedError, match="does not verify"):
            judged(*lines)
    with pytest.raises(CheckFailedError, match="another origin"):
        judged(OWN, text=TEXT.replace(ORIGIN, "other.example"))


def cosigned(name: str, key_id: bytes, seed: bytes = WITNESS, text: str = TEXT, time: bytes = TIME) -> str:
    message = f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n{text}".encode()
    return line(name, key_id, time + sign(seed, message))


def test_a_cosignature_is_a_witnesss_by_name_and_id() -> None:
    good = cosigned("w", WITNESS_KEY.key_id)
    assert board.count_cosignatures(judged(OWN, good), [WITNESS_KEY]) == 1
    assert board.count_cosignatures(judged(good, OWN, good), [WITNESS_KEY, STRANGER_KEY]) == 1
    second = cosigned("s", STRANGER_KEY.key_id, STRANGER)
    assert board.count_cosignatures(judged(OWN, second, good), [WITNESS_KEY, STRANGER_KEY]) == 2
    for wrong in (
        cosigned("s", WITNESS_KEY.key_id),
        cosigned("w", STRANGER_KEY.key_id),
        cosigned("w", LOG_KEY.key_id),
        cosigned("w", WITNESS_KEY.key_id, STRANGER),
        cosigned("w", WITNESS_KEY.key_id, text=TEXT.replace("\n5\n", "\n6\n")),
        line("w", WITNESS_KEY.key_id, TIME + sign(WITNESS, TEXT.encode())),
        line("w", WITNESS_KEY.key_id, sign(WITNESS, TEXT.encode())),
    ):
        assert board.count_cosignatures(judged(OWN, wrong), [WITNESS_KEY, STRANGER_KEY]) == 0
        assert board.count_cosignatures(judged(OWN, wrong, good), [WITNESS_KEY]) == 1


@pytest.mark.parametrize("more", [b"x", b" ", b"\r", b"\0", b"=", b"A"])
def test_every_line_ends_with_a_line_feed(more: bytes) -> None:
    """Another byte in its place is not cut off in silence."""
    good = f"{TEXT}\n{OWN}".encode()
    assert board.parse_checkpoint(good) is not None
    assert board.parse_checkpoint(good[:-1]) is None
    assert board.parse_checkpoint(good[:-1] + more) is None


@pytest.mark.parametrize("root", ["", "\u00e9", "A", "A" * 43, "A" * 44, "A" * 42 + "B=", "A" * 40 + "===="])
def test_a_root_is_32_bytes_in_base64(root: str) -> None:
    assert board.parse_checkpoint(f"a\n1\n{root}\n\n{OWN}".encode()) is None
    assert not board.looks_like_checkpoint(f"a\n1\n{root}\n".encode())


def path(leaves: list[bytes], index: int) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(leaves[:half], index), board.root(b"".join(leaves[half:]))]
    return [*path(leaves[half:], index - half), board.root(b"".join(leaves[:half]))]


@pytest.mark.parametrize("size", range(1, 34))
def test_a_proof_of_inclusion_leads_to_the_root_of_its_tree_alone(size: int) -> None:
    """Vectors of others end at eight leaves; with eleven the last one passes a level over and goes on to the left."""
    leaves = [board.leaf_hash(bytes([number])) for number in range(size)]
    wanted = board.root(b"".join(leaves))
    for index, leaf in enumerate(leaves):
        proof = path(leaves, index)
        assert board.root_from_inclusion(leaf, index, size, proof) == wanted
        assert board.root_from_inclusion(leaf, index, size, [*proof, leaf]) is None
        assert board.root_from_inclusion(leaf, index, size, proof[:-1]) != wanted or size == 1
        assert board.root_from_inclusion(leaf, size, size, proof) is None
