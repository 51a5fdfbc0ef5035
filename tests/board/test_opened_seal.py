"""A seal that was opened, against a record in memory: what it held, and each thing by which another is found out."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from governance.board import canonical, opened_seal
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.judge import Judge
from governance.crypto import ballot, group, ranking
from governance.errors import MalformedError
from tests.board.test_ledger import announced, begun, voters

CHOICES = ((1, 0), (3, 0, 2))
NONCES = (12345, 67890)
NAMED = [["b", "a"], ["f", "c", "e"]]


@cache
def judge() -> Judge:
    """Two contests are announced: "chair", of a and b, and "board", of c to f."""
    ledger = begun()
    ledger.append(announced(ledger))
    return ledger.judge


def opening(choices: tuple[tuple[int, ...], ...] = CHOICES, nonces: tuple[int, ...] = NONCES) -> dict[str, Any]:
    manifest = judge().manifest
    assert manifest is not None
    votes = []
    for contest, numbers, nonce in zip(manifest.contests, choices, nonces, strict=True):
        plain = ranking.seal_code(numbers, len(contest.candidates), contest.max_ranks)
        sealed = ballot.encrypt(plain, manifest.public_key, nonce)
        votes.append({"id": contest.id, "a": sealed.a.hex(), "b": sealed.b.hex()})
    unproven = {
        "kind": "ballot",
        "election": "small",
        "credential": voters(manifest.ceremony)[1].public.hex(),
        "previous": "00" * 32,
        "contests": votes,
    }
    return {
        "ballot": unproven,
        "nonces": [group.encode_scalar(nonce).hex() for nonce in nonces],
        "rankings": [
            [contest.candidates[number].id for number in numbers]
            for contest, numbers in zip(manifest.contests, choices, strict=True)
        ],
    }


def read(value: object) -> opened_seal.Opened:
    return opened_seal.read(canonical.dump(value))


def inside(**changes: object) -> dict[str, Any]:
    """The opening with a field of its ballot changed."""
    made = opening()
    return {**made, "ballot": {**made["ballot"], **changes}}


def test_what_the_booth_saves_is_read() -> None:
    made = opening()
    found = read(made)

    assert found.nonces == NONCES
    assert found.rankings == tuple(map(tuple, NAMED))
    assert e.to_json(found.ballot) == {**made["ballot"], "proof": {"commitments": [], "responses": []}}
    assert found.tracker == ballot.tracker(canonical.dump(made["ballot"]))


@pytest.mark.parametrize("choices", [CHOICES, ((), ()), ((0,), (2,)), ((0, 1), ())], ids=str)
def test_an_honest_seal_holds(choices: tuple[tuple[int, ...], ...]) -> None:
    made = opening(choices)
    chair, board = made["rankings"]

    assert opened_seal.check(read(made), judge()) == {"chair": tuple(chair), "board": tuple(board)}


def first_votes(count: int) -> list[Any]:
    votes = opening()["ballot"]["contests"]
    return [*votes, *votes][:count]


STRANGER = group.multiply_base(5).hex()
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("another election", inside(election="other"), "the election other, and the record of small"),
    ("nobody's credential", inside(credential=STRANGER), "on no list"),
    ("a contest fewer", inside(contests=first_votes(1)), "other contests"),
    ("a contest more", inside(contests=first_votes(3)), "other contests"),
    ("no contest", inside(contests=[]), "other contests"),
    ("contests in another order", inside(contests=first_votes(3)[1:]), "other contests"),
    ("a nonce fewer", opening() | {"nonces": opening()["nonces"][:1]}, "not one nonce and one ranking"),
    ("a nonce more", opening() | {"nonces": opening()["nonces"] * 2}, "not one nonce and one ranking"),
    ("a ranking fewer", opening() | {"rankings": NAMED[:1]}, "not one nonce and one ranking"),
    ("a ranking more", opening() | {"rankings": [*NAMED, []]}, "not one nonce and one ranking"),
    ("neither", opening() | {"rankings": [], "nonces": []}, "not one nonce and one ranking"),
    ("the first ranking", opening() | {"rankings": [["a", "b"], NAMED[1]]}, "chair: this seal does not hold"),
    ("the second ranking", opening() | {"rankings": [NAMED[0], ["f", "c"]]}, "board: this seal does not hold"),
    ("a name of the other contest", opening() | {"rankings": [["c"], NAMED[1]]}, "chair: .* who does not stand"),
    ("a name twice", opening() | {"rankings": [NAMED[0], ["f", "f"]]}, "board: .* at most once"),
    ("more names than ranks", opening() | {"rankings": [NAMED[0], ["f", "c", "e", "d"]]}, "board: "),
    ("a nonce of zero", opening() | {"nonces": ["00" * 32, opening()["nonces"][1]]}, "chair: .* its nonce is zero"),
    ("an open seal, and its nonce", opening(CHOICES, (12345, 0)), "board: .* its nonce is zero"),
]


@pytest.mark.parametrize(("value", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_another_seal_is_found_out(value: dict[str, Any], why: str) -> None:
    with pytest.raises(CheckError, match=why) as caught:
        opened_seal.check(read(value), judge())
    assert caught.value.check is Check.BALLOT


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("half", ["a", "b"])
def test_both_halves_of_every_seal_must_follow(at: int, half: str) -> None:
    votes = opening()["ballot"]["contests"]
    votes[at][half] = STRANGER
    with pytest.raises(CheckError, match="this seal does not hold"):
        opened_seal.check(read(inside(contests=votes)), judge())


def test_a_record_without_a_manifest_says_nothing_of_a_seal() -> None:
    with pytest.raises(CheckError, match="no manifest") as caught:
        opened_seal.check(read(opening()), begun().judge)
    assert caught.value.check is Check.ORDER


WITH_A_PROOF: dict[str, list[str]] = {"commitments": [], "responses": []}
SPELLED = ["AB" + "00" * 31, *opening()["nonces"][1:]]


NONE: dict[str, object] = {
    "a list": [],
    "nothing in it": {},
    "a field fewer": {name: value for name, value in opening().items() if name != "nonces"},
    "a field more": {**opening(), "more": 1},
    "a ballot that has a proof": inside(proof=WITH_A_PROOF),
    "a ballot of another kind": inside(kind="open"),
    "a ballot with a field more": inside(more=1),
    "contests that are no list": inside(contests=7),
    "another entry": {**opening(), "ballot": {"kind": "close", "at": "2026-03-01T09:00:00Z", "ballots": 1}},
    "a list for a ballot": {**opening(), "ballot": []},
    "a number for a ballot": {**opening(), "ballot": 7},
    "a text for a ballot": {**opening(), "ballot": "none"},
    "nonces that are no list": {**opening(), "nonces": 7},
    "numbers for nonces": {**opening(), "nonces": [1, 2]},
    "a nonce in capitals": {**opening(), "nonces": SPELLED},
    "a nonce of the order or more": {**opening(), "nonces": ["ff" * 32, "00" * 32]},
    "a short nonce": {**opening(), "nonces": ["00" * 31, "00" * 32]},
    "a nonce of other letters": {**opening(), "nonces": ["zz", "00" * 32]},
    "rankings that are no list": {**opening(), "rankings": 7},
    "texts for rankings": {**opening(), "rankings": ["ba", "fce"]},
    "a number for a name": {**opening(), "rankings": [["b", 1], []]},
    "an object for a ranking": {**opening(), "rankings": [{"b": 1}, []]},
}


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_what_is_no_opened_seal_is_refused(value: object) -> None:
    with pytest.raises(MalformedError):
        read(value)


def test_bytes_that_are_not_canonical_are_refused() -> None:
    for data in (b"", b"no json", canonical.dump(opening()) + b" ", b"[" * 100_000):
        with pytest.raises(MalformedError):
            opened_seal.read(data)


def test_nonces_in_small_letters_are_read() -> None:
    assert read({**opening(), "nonces": [SPELLED[0].lower(), SPELLED[1]]}).nonces == (0xAB, NONCES[1])


def test_the_proof_of_what_was_opened_is_empty() -> None:
    assert read(opening()).ballot.proof == e.BallotProof((), ())
    sealed = read(opening())
    assert opened_seal.check(replace(sealed, ballot=replace(sealed.ballot, previous=bytes([1]) * 32)), judge())
