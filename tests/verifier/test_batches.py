"""Many equations in one sum: nobody can foresee the weights, and the guilty one is found at any place."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import group, parallel, proofs, shuffle
from governance.verifier.form import Ballot, read_entry
from governance.verifier.msm import sum_affine
from governance.verifier.transcript import ORDER

b = bytes.fromhex


@pytest.fixture(scope="session")
def vectors(shared: Path) -> Any:
    return json.loads((shared / "vectors/protocol-v1/vectors.json").read_text())


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The seeds of all weights that are drawn."""
    drawn: list[bytes] = []
    draw = proofs.weights

    def noted(seed: bytes, count: int) -> list[int]:
        drawn.append(seed)
        return draw(seed, count)

    monkeypatch.setattr(proofs, "weights", noted)
    monkeypatch.setattr(shuffle, "weights", noted)
    return drawn


def ballots_of(vectors: Any) -> list[Ballot]:
    made = [read_entry(index, case["entry"].encode())[0] for index, case in enumerate(vectors["ballot"])]
    return [ballot for ballot in made if isinstance(ballot, Ballot)]


def spoiled(ballot: Ballot) -> Ballot:
    response = (proofs.scalar(ballot.responses[:32]) + 1) % ORDER
    return replace(ballot, responses=response.to_bytes(32, "little") + ballot.responses[32:])


def test_weights_are_long_and_hang_on_their_seed_and_place() -> None:
    drawn = [weight for seed in (b"", b"1", b"2", bytes(64)) for weight in proofs.weights(seed, 50)]
    assert len(set(drawn)) == 200
    assert max(drawn) < 2**128
    assert max(drawn) > 2**127
    assert proofs.weights(b"1", 50)[:7] == proofs.weights(b"1", 7)


def test_the_weights_of_a_shuffle_hang_on_every_byte_of_it(vectors: Any, seeds: list[bytes]) -> None:
    """Above all on its responses: who knew the weights could make two errors that cancel (section 15, row 6)."""
    case = vectors["shuffle"][0]
    statement = shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"], b(case["Y"]))
    before, after = (shuffle.decode_list(b(case[side])) for side in ("input", "output"))
    assert isinstance(before, shuffle.CiphertextList)
    assert isinstance(after, shuffle.CiphertextList)
    proof = b(case["proof"])
    changed = proof[:-32] + ((proofs.scalar(proof[-32:]) + 1) % ORDER).to_bytes(32, "little")
    generators = shuffle.Generators()
    for arguments in [
        (statement, before, after, proof),
        (replace(statement, ctx=bytes(64)), before, after, proof),
        (replace(statement, contest="other"), before, after, proof),
        (statement, after, after, proof),
        (statement, before, before, proof),
        (statement, before, after, changed),
    ]:
        shuffle.check(*arguments, generators)
    assert len(seeds) == len(set(seeds)) == 6


def test_the_weights_of_ballots_hang_on_every_ballot(vectors: Any, seeds: list[bytes]) -> None:
    ballots, case = ballots_of(vectors), vectors["ballot"][0]
    ctx, key = b(case["ctx"]), b(case["Y"])
    other = replace(ballots[-1], digest=bytes(32))
    for chosen in (ballots, ballots[:-1], [*ballots[:-1], other]):
        assert proofs.first_bad_ballot(chosen, ctx, key) is None
    for of_ctx, of_key in [(ctx, key), (bytes(64), key), (ctx, group.encode(group.BASE))]:
        proofs.first_bad_ballot(ballots[:1], of_ctx, of_key)
    assert len(seeds) == len(set(seeds)) == 6


@pytest.mark.parametrize("processors", [1, 3])
def test_the_first_bad_ballot_of_many_is_found(processors: int, vectors: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: processors)
    ballots, case = ballots_of(vectors), vectors["ballot"][0]
    ctx, key = b(case["ctx"]), b(case["Y"])
    many = (ballots * parallel.WORTH_FORKING)[: parallel.WORTH_FORKING + 5]
    assert proofs.first_bad_ballot(many, ctx, key) is None
    for places in [(0,), (30,), (68,), (41, 67), (29, 30)]:
        guilty = [spoiled(ballot) if place in places else ballot for place, ballot in enumerate(many)]
        assert proofs.first_bad_ballot(guilty, ctx, key) == places[0]


@pytest.mark.parametrize("processors", [1, 3])
def test_a_long_list_of_equal_logarithms_is_summed_in_parts(processors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: processors)
    count, secret, nonce, context = parallel.WORTH_FORKING + 6, 12345, 678, b"context"
    ones = b"".join(group.encode(group.multiply(place + 1, group.BASE)) for place in range(count))
    others = b"".join(group.encode(group.multiply(secret * (place + 1), group.BASE)) for place in range(count))
    key = group.multiply(secret, group.BASE)
    affine = [group.decode_all(ones), group.decode_all(others)]
    assert isinstance(affine[0], bytes)
    assert isinstance(affine[1], bytes)
    weights = proofs.composite_weights(group.encode(key), ones, others, context)
    m, z = sum_affine(weights, affine[0]), sum_affine(weights, affine[1])
    committed = [group.multiply(nonce, group.BASE), group.multiply(nonce, m)]
    encoded = [group.encode(each) for each in (m, z, *committed)]
    challenge = proofs.equality_challenge(group.encode(key), encoded, context)
    proof = (challenge, (nonce - challenge * secret) % ORDER)
    assert proofs.equality_holds(key, (ones, affine[0]), (others, affine[1]), context, proof)
    swapped = others[-32:] + others[32:-32] + others[:32]
    swapped_affine = group.decode_all(swapped)
    assert isinstance(swapped_affine, bytes)
    assert not proofs.equality_holds(key, (ones, affine[0]), (swapped, swapped_affine), context, proof)


@pytest.mark.parametrize("processors", [1, 3])
def test_a_point_that_is_none_is_found_at_any_place(processors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: processors)
    count = parallel.WORTH_FORKING
    good = b"".join(group.encode(group.multiply(place + 1, group.BASE)) for place in range(count))
    affine = group.decode_all(good)
    assert isinstance(affine, bytes)
    assert shuffle.decode_points(good) == affine
    assert shuffle.decode_list(good) == shuffle.CiphertextList(good, affine)
    for places in [(0,), (21,), (22,), (40, 63), (63,)]:
        wrong = b"".join(b"\xff" * 32 if at in places else good[32 * at : 32 * at + 32] for at in range(count))
        assert shuffle.decode_points(wrong) == places[0]
        assert shuffle.decode_list(wrong) == f"ciphertext {places[0] // 2} has a point that does not decode"


def test_a_shuffle_that_fails_says_where(vectors: Any) -> None:
    case = vectors["shuffle"][0]
    statement = shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"], b(case["Y"]))
    before, after = (shuffle.decode_list(b(case[side])) for side in ("input", "output"))
    assert isinstance(before, shuffle.CiphertextList)
    assert isinstance(after, shuffle.CiphertextList)
    proof, generators, n = b(case["proof"]), shuffle.Generators(), before.count
    one, two, three, four, _, chain = shuffle.EQUATIONS
    told = [f"the equation {name} does not hold" for name in (one, two, three, four)]
    told += [f"an equation {chain} does not hold"] * n + [f"the equation {three} does not hold"]
    for place, wanted in enumerate(told, 3 * n + shuffle.SINGLE_POINTS):
        response = (proofs.scalar(proof[32 * place : 32 * place + 32]) + 1) % ORDER
        changed = proof[: 32 * place] + response.to_bytes(32, "little") + proof[32 * place + 32 :]
        assert shuffle.check(statement, before, after, changed, generators) == wanted
    for place in range(3 * n + shuffle.SINGLE_POINTS):
        changed = proof[: 32 * place] + b"\xff" * 32 + proof[32 * place + 32 :]
        found = shuffle.check(statement, before, after, changed, generators)
        assert found == f"point {place} of the proof does not decode"
    assert shuffle.check(statement, before, after, proof, generators) == ""


def test_points_that_were_never_decoded_make_no_proof_hold(vectors: Any) -> None:
    """A slip of this program could lose them; the sums are to fail then, not to vanish."""
    case = vectors["shuffle"][0]
    statement = shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"], b(case["Y"]))
    before, after = (shuffle.decode_list(b(case[side])) for side in ("input", "output"))
    assert isinstance(before, shuffle.CiphertextList)
    assert isinstance(after, shuffle.CiphertextList)
    for affine in (b"", bytes(len(before.affine)), before.affine[:-128]):
        for pair in ((replace(before, affine=affine), after), (before, replace(after, affine=affine))):
            assert "does not hold" in shuffle.check(statement, *pair, b(case["proof"]), shuffle.Generators())
    ballots, case = ballots_of(vectors), vectors["ballot"][0]
    for wrong in (replace(ballots[1], proof_affine=b""), replace(ballots[1], ciphertexts_affine=b"")):
        assert proofs.first_bad_ballot([ballots[0], wrong], b(case["ctx"]), b(case["Y"])) == 1


def test_a_seal_that_is_none_is_found_at_any_place(vectors: Any) -> None:
    blob = b(vectors["shuffle"][0]["output"])
    assert isinstance(shuffle.decode_list(blob), shuffle.CiphertextList)
    for place in range(len(blob) // 64):
        found = shuffle.decode_list(blob[: 64 * place] + bytes(32) + blob[64 * place + 32 :])
        assert found == f"the A of ciphertext {place} is the identity"
        assert isinstance(
            shuffle.decode_list(blob[: 64 * place + 32] + bytes(32) + blob[64 * place + 64 :]), shuffle.CiphertextList
        )


def test_a_scalar_of_a_shuffle_is_below_the_order(vectors: Any) -> None:
    case = vectors["shuffle"][0]
    statement = shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"], b(case["Y"]))
    before, after = (shuffle.decode_list(b(case[side])) for side in ("input", "output"))
    assert isinstance(before, shuffle.CiphertextList)
    assert isinstance(after, shuffle.CiphertextList)
    proof = b(case["proof"])
    for place in range(3 * before.count + 5, len(proof) // 32):
        changed = proof[: 32 * place] + ORDER.to_bytes(32, "little") + proof[32 * place + 32 :]
        found = shuffle.check(statement, before, after, changed, shuffle.Generators())
        assert found == "a scalar of the proof is not below q"


@pytest.mark.parametrize("processors", [1, 3])
def test_each_generator_hangs_on_its_place_alone(processors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: processors)
    generators = shuffle.Generators()
    first, count = generators.provide(3), 3 + parallel.WORTH_FORKING
    wanted = [group.hash_to_group("governance/v1/h_i", place.to_bytes(8, "big")) for place in range(count)]
    assert generators.provide(count) == group.to_affine(wanted)
    assert first == group.to_affine(wanted[:3])


def test_generators_grow_as_they_are_asked_for() -> None:
    growing, whole = shuffle.Generators(), shuffle.Generators()
    whole.provide(7)
    for count in (2, 2, 5, 3, 7):
        assert growing.provide(count) == growing.affine
        assert len(growing.affine) == 64 * max(count, len(growing.affine) // 64)
    assert growing.affine == whole.affine
