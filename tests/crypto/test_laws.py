"""Laws of the pure core, and one refusal for each field of each proof."""

import json
from bisect import bisect_right
from dataclasses import replace
from hashlib import sha256, sha512
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.crypto import (
    ballot,
    ceremony,
    credentials,
    decryption,
    equality,
    group,
    lots,
    randomness,
    ranking,
    schnorr,
    shuffle,
    signature,
)
from governance.crypto.ballot import Ciphertext
from governance.errors import MalformedError, ProofError
from tests.crypto.strategies import elements, rankings, scalars, seeds

OTHER = group.multiply_base(7)


@given(elements, elements, scalars, scalars)
@settings(max_examples=30)
def test_the_group_is_a_group(p: group.Element, q: group.Element, a: int, b: int) -> None:
    assert group.add(p, q) == group.add(q, p)
    assert group.subtract(group.add(p, q), q) == p
    assert group.multiply(a + b, p) == group.add(group.multiply(a, p), group.multiply(b, p))
    assert group.multiply(a, group.multiply(b, p)) == group.multiply(a * b, p)
    assert group.multiply(0, p) == group.multiply(a, group.IDENTITY) == group.multiply_base(0) == group.IDENTITY
    assert group.multiply(group.ORDER + a, group.G) == group.multiply_base(a)
    assert group.multiply(group.ORDER, p) == group.multiply_base(group.ORDER) == group.IDENTITY
    assert group.sum_of_products([a, b], [p, q]) == group.add(group.multiply(a, p), group.multiply(b, q))
    assert group.decode(p) == p


def test_sums_across_threads_are_the_same_sums() -> None:
    count = 3 * group.RUN + 5
    assert group.sum_of_products([i + 1 for i in range(count)], [group.G] * count) == group.multiply_base(
        count * (count + 1) // 2
    )
    assert group.each(lambda i: i, count) == list(range(count))
    assert group.sum_of_products([], []) == group.IDENTITY
    with pytest.raises(ValueError, match="as many"):
        group.sum_of_products([1], [])


def test_what_was_never_decoded_is_noticed() -> None:
    bad = group.Element(b"\1" + bytes(31))
    with pytest.raises(MalformedError, match="decoded"):
        group.multiply(2, bad)
    with pytest.raises(MalformedError, match="decoded"):
        group.add(bad, group.G)
    with pytest.raises(MalformedError, match="decoded"):
        group.subtract(group.G, bad)
    for size in (0, 31, 33):
        with pytest.raises(MalformedError):
            group.decode(bytes(size))
        with pytest.raises(MalformedError):
            group.decode_scalar(bytes(size))
    with pytest.raises(MalformedError):
        group.decode_scalar(group.ORDER.to_bytes(32, "little"))
    with pytest.raises(MalformedError):
        group.decode_list(bytes(33))
    with pytest.raises(MalformedError):
        group.from_uniform(bytes(63))
    assert group.decode_scalar(group.encode_scalar(group.ORDER - 1)) == group.ORDER - 1


@given(rankings())
def test_every_ranking_has_a_code_and_a_plaintext_of_its_own(case: tuple[int, int, tuple[int, ...]]) -> None:
    candidates, limit, choice = case
    code = ranking.encode(choice, candidates, limit)
    assert 0 <= code < ranking.total(candidates, limit) <= ranking.LIMIT
    assert ranking.decode(code, candidates, limit) == choice
    plaintext = ranking.seal_code(choice, candidates, limit)
    assert plaintext != group.IDENTITY
    assert ranking.read(group.decode(plaintext), candidates, limit) == choice


@pytest.mark.parametrize("limit", range(21, 56))
def test_a_contest_fits_up_to_the_last_candidate_whose_rankings_have_codes(limit: int) -> None:
    """From 21 ranks on the bound bites below 4,096 candidates."""
    most = bisect_right(range(4097), 2**240, lo=limit, key=lambda n: ranking.total(n, limit)) - 1
    assert most < 4096
    assert ranking.fits(most, limit) is (most >= limit)
    assert not ranking.fits(most + 1, limit)
    assert not ranking.fits(limit - 1, limit)
    assert not ranking.fits(limit, 0)


def test_a_contest_fits_whose_rankings_have_all_the_codes_there_are() -> None:
    assert ranking.total(2**240 - 1, 1) == 2**240
    assert ranking.fits(2**240 - 1, 1)
    assert not ranking.fits(2**240, 1)


def test_codes_are_counted_without_gaps() -> None:
    for candidates in range(1, 6):
        for limit in range(1, candidates + 1):
            every = [ranking.decode(code, candidates, limit) for code in range(ranking.total(candidates, limit))]
            assert None not in every
            assert len(set(every)) == len(every)
            assert ranking.decode(len(every), candidates, limit) is None


@pytest.mark.parametrize("choice", [(0, 0), (3,), (-1,), (0, 1, 2)])
def test_what_is_no_ranking_is_refused(choice: tuple[int, ...]) -> None:
    with pytest.raises(MalformedError, match="at most once"):
        ranking.encode(choice, 3, 2)


def test_a_plaintext_that_embedding_does_not_give_is_invalid() -> None:
    plaintext = ranking.embed(5)
    others = [
        candidate
        for high in range(64)
        for low in range(0, 256, 2)
        if (candidate := bytes([low]) + plaintext[1:31] + bytes([high])) != plaintext and _decodes(candidate)
    ]
    assert len(others) > 1000
    assert all(ranking.read(group.decode(other), 3, 3) is None for other in others[:50])
    assert ranking.read(ranking.embed(ranking.total(3, 3)), 3, 3) is None
    assert not ranking.fits(3, 0)
    assert not ranking.fits(3, 4)


def _decodes(data: bytes) -> bool:
    try:
        group.decode(data)
    except MalformedError:
        return False
    return True


@given(st.binary(min_size=15, max_size=15), st.integers(0, 25), st.sampled_from(credentials.ALPHABET))
def test_a_code_with_one_character_wrong_is_refused_or_caught(data: bytes, place: int, other: str) -> None:
    code = credentials.make_code(data)
    assert credentials.read_code(credentials.show_code(code).lower()) == code
    wrong = code[:place] + other + code[place + 1 :]
    try:
        read = credentials.read_code(wrong)
    except MalformedError as error:
        read = str(error)
    assert (read == code) is (wrong == code)
    assert wrong == code or wrong not in read or read[:24] != code[:24]  # an error never repeats a secret


def test_a_code_is_made_of_fifteen_bytes() -> None:
    with pytest.raises(ValueError, match="15"):
        credentials.make_code(bytes(14))
    with pytest.raises(MalformedError, match="without U"):
        credentials.read_code("U" * 26)


@pytest.mark.parametrize("place", [0, 11, 23])
@pytest.mark.parametrize("letter", ["U", "É", "*"])
def test_one_letter_that_no_code_has_is_refused_though_the_check_is_right(letter: str, place: int) -> None:
    body = "0" * place + letter + "0" * (23 - place)
    with pytest.raises(MalformedError, match="without U"):
        credentials.read_code(body + credentials.base32(sha256(body.encode()).digest(), 2))


def test_a_code_of_another_length_is_told_its_length() -> None:
    code = credentials.make_code(bytes(15))
    for wrong in ("", code[:-1], code + "0"):
        with pytest.raises(MalformedError, match=f"has 26 letters and digits; this one has {len(wrong)}$"):
            credentials.read_code(wrong)


def test_a_code_gives_another_key_in_another_ceremony() -> None:
    code = credentials.make_code(bytes(15))
    assert credentials.derive(code, bytes(64)) != credentials.derive(code, bytes(63) + b"\1")


@given(seeds, st.integers(1, 60))
@settings(max_examples=30)
def test_permutations_are_permutations(seed: bytes, count: int) -> None:
    draw = randomness.stream(seed)
    assert sorted(randomness.permutation(draw, count)) == list(range(count))
    assert all(0 < value < group.ORDER for value in [randomness.scalar(draw), *randomness.scalars(draw, 3)])
    assert 0 <= randomness.below(draw, count) < count


@pytest.mark.parametrize("bound", [3, 7, 200, 257, 1000, 65_537])
def test_what_would_favour_some_numbers_is_drawn_again(bound: int) -> None:
    sizes: list[int] = []
    values = [0]

    def draw(size: int) -> bytes:
        sizes.append(size)
        return values.pop(0).to_bytes(size, "big")

    assert randomness.below(draw, bound) == 0
    whole = 256 ** sizes[0]
    limit = whole - whole % bound
    assert whole >= bound * 2**64  # hence a second draw is rare
    values[:] = [limit, whole - 1, limit - 1]
    assert randomness.below(draw, bound) == bound - 1
    assert len(set(sizes)) == 1
    assert values == []


def test_scalars_are_made_of_64_bytes_each_that_nothing_else_uses() -> None:
    data = bytes(range(192))

    assert randomness.scalars(lambda size: data[:size], 3) == [group.reduce(data[at : at + 64]) for at in (0, 64, 128)]
    answers = [bytes(64), data[:64]]
    assert randomness.scalar(lambda size: answers.pop(0)[:size]) == group.reduce(data[:64])
    sizes: list[int] = []

    def draw(size: int) -> bytes:
        sizes.append(size)
        return data[:size]

    randomness.scalar(draw)
    randomness.scalars(draw, 3)
    assert sizes == [64, 192]


def test_all_permutations_are_equally_likely() -> None:
    draw = randomness.stream(b"a fixed seed")
    found = [tuple(randomness.permutation(draw, 3)) for _ in range(6000)]
    for one in set(found):
        assert 850 < found.count(one) < 1150  # 1000 expected, standard deviation 29
    assert len(set(found)) == 6


# -- ceremony ----------------------------------------------------------------------------------------------------------

CER = bytes(range(64))
DRAW = randomness.stream(b"laws")
COEFFICIENTS = {j: randomness.scalars(DRAW, 2) for j in (1, 2, 3)}
DEALINGS = {j: ceremony.deal(CER, j, COEFFICIENTS[j], randomness.scalar(DRAW)) for j in COEFFICIENTS}
COMMITMENTS = {j: DEALINGS[j].commitments for j in DEALINGS}
SECRETS = {
    j: ceremony.combine_shares(ceremony.share_for(COEFFICIENTS[i], j) for i in COEFFICIENTS) for j in COEFFICIENTS
}
KEY = ceremony.public_key(COMMITMENTS)


def test_every_two_of_three_trustees_hold_the_key_and_no_one_does() -> None:
    for pair in combinations(SECRETS, 2):
        weights = ceremony.lagrange(pair)
        assert group.multiply_base(sum(weights[j] * SECRETS[j] for j in pair)) == KEY
    for j, secret in SECRETS.items():
        assert group.multiply_base(secret) == ceremony.public_share(COMMITMENTS, j)
        assert group.multiply_base(ceremony.lagrange([j])[j] * secret) != KEY


@pytest.mark.parametrize(
    ("cer", "index", "threshold", "dealing"),
    [
        pytest.param(bytes(64), 1, 2, DEALINGS[1], id="another ceremony"),
        pytest.param(CER, 2, 2, DEALINGS[1], id="another index"),
        pytest.param(CER, 1, 3, DEALINGS[1], id="another threshold"),
        pytest.param(CER, 1, 2, replace(DEALINGS[1], commitments=(OTHER, COMMITMENTS[1][1])), id="commitment 0"),
        pytest.param(CER, 1, 2, replace(DEALINGS[1], commitments=(COMMITMENTS[1][0], OTHER)), id="commitment 1"),
        pytest.param(
            CER, 1, 2, replace(DEALINGS[1], commitments=(COMMITMENTS[1][0], group.IDENTITY)), id="the identity"
        ),
        pytest.param(CER, 1, 2, replace(DEALINGS[1], proof=replace(DEALINGS[1].proof, commitment=OTHER)), id="R"),
        pytest.param(CER, 1, 2, replace(DEALINGS[1], proof=replace(DEALINGS[1].proof, response=1)), id="z"),
    ],
)
def test_a_changed_dealing_is_refused(cer: bytes, index: int, threshold: int, dealing: ceremony.Dealing) -> None:
    ceremony.check_dealing(CER, 1, 2, DEALINGS[1])
    with pytest.raises(ProofError):
        ceremony.check_dealing(cer, index, threshold, dealing)


def test_a_commitment_that_is_the_identity_is_refused_though_the_proof_holds() -> None:
    dealing = ceremony.deal(CER, 1, [5, 0], 99)
    with pytest.raises(ProofError, match="identity"):
        ceremony.check_dealing(CER, 1, 2, dealing)


def test_a_wrong_share_is_refused() -> None:
    share = ceremony.share_for(COEFFICIENTS[1], 2)
    ceremony.check_share(share, 2, 1, COMMITMENTS[1])
    for wrong in [(share + 1, 2, 1), (share, 3, 1)]:
        with pytest.raises(ProofError, match="must end"):
            ceremony.check_share(*wrong, COMMITMENTS[1])


BOX = bytes(range(32))
SEALED = ceremony.seal_share(5, CER, 1, 2, ceremony.box_key(BOX))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((SEALED[0], SEALED[1], bytes(64), 1, 2, BOX), id="another ceremony"),
        pytest.param((SEALED[0], SEALED[1], CER, 2, 2, BOX), id="another sender"),
        pytest.param((SEALED[0], SEALED[1], CER, 1, 3, BOX), id="another recipient"),
        pytest.param((SEALED[0], SEALED[1], CER, 1, 2, bytes(32)), id="another key"),
        pytest.param((SEALED[0], SEALED[1][:-1] + b"\0", CER, 1, 2, BOX), id="changed"),
        pytest.param((SEALED[0], b"", CER, 1, 2, BOX), id="empty"),
        pytest.param((bytes(32), SEALED[1], CER, 1, 2, BOX), id="another enc"),
    ],
)
def test_a_sealed_share_opens_for_its_recipient_alone(arguments: Any) -> None:
    assert ceremony.open_share(*SEALED, CER, 1, 2, BOX) == 5
    with pytest.raises(ProofError, match="cannot be opened"):
        ceremony.open_share(*arguments)


def test_a_sealed_share_has_two_parts_of_a_known_size() -> None:
    assert tuple(map(len, SEALED)) == (32, 48)


def test_a_box_key_of_another_size_opens_nothing() -> None:
    with pytest.raises(ProofError, match="cannot be opened"):
        ceremony.open_share(*SEALED, CER, 1, 2, bytes(31))


READY = ceremony.prove_ready(CER, 1, SECRETS[1], 99)
SHARE = ceremony.public_share(COMMITMENTS, 1)


@pytest.mark.parametrize(
    ("context", "index", "share", "proof"),
    [
        pytest.param(bytes(64), 1, SHARE, READY, id="another manifest"),
        pytest.param(CER, 2, SHARE, READY, id="another index"),
        pytest.param(CER, 1, OTHER, READY, id="another share"),
        pytest.param(CER, 1, SHARE, replace(READY, commitment=OTHER), id="R"),
        pytest.param(CER, 1, SHARE, replace(READY, response=1), id="z"),
    ],
)
def test_changed_readiness_is_refused(context: bytes, index: int, share: group.Element, proof: schnorr.Proof) -> None:
    ceremony.check_ready(CER, 1, SHARE, READY)
    with pytest.raises(ProofError, match="readiness"):
        ceremony.check_ready(context, index, share, proof)


def test_trustees_must_be_distinct_and_not_zero() -> None:
    for wrong in [(1, 1), (0, 1)]:
        with pytest.raises(MalformedError):
            ceremony.lagrange(wrong)


# -- ballot ------------------------------------------------------------------------------------------------------------

VOTER = credentials.derive(credentials.make_code(bytes(15)), CER)
NONCES = [11, 12]
VOTES = tuple(ballot.encrypt(ranking.seal_code((1, 0), 3, 3), KEY, nonce) for nonce in NONCES)
BALLOT = ballot.Statement(CER, VOTER.public, bytes(32), KEY, VOTES)
BALLOT_PROOF = ballot.prove(BALLOT, VOTER.secret, NONCES, [21, 22, 23])


def _put(items: tuple[Any, ...], place: int, item: Any) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(replace(BALLOT, context=bytes(64)), id="another manifest"),
        pytest.param(replace(BALLOT, credential=OTHER), id="another credential"),
        pytest.param(replace(BALLOT, previous=b"\1" * 32), id="another previous"),
        pytest.param(replace(BALLOT, key=OTHER), id="another key"),
        pytest.param(replace(BALLOT, ciphertexts=VOTES[::-1]), id="swapped contests"),
        pytest.param(replace(BALLOT, ciphertexts=VOTES[:1]), id="a contest fewer"),
        pytest.param(replace(BALLOT, ciphertexts=_put(VOTES, 0, replace(VOTES[0], a=OTHER))), id="A"),
        pytest.param(replace(BALLOT, ciphertexts=_put(VOTES, 1, replace(VOTES[1], b=OTHER))), id="B"),
        pytest.param(replace(BALLOT, ciphertexts=_put(VOTES, 1, replace(VOTES[1], a=group.IDENTITY))), id="identity"),
    ],
)
def test_a_ballots_proof_fits_no_other_ballot(statement: ballot.Statement) -> None:
    ballot.check(BALLOT, BALLOT_PROOF)
    with pytest.raises(ProofError):
        ballot.check(statement, BALLOT_PROOF)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("field", ["commitments", "responses"])
def test_a_changed_field_of_a_ballots_proof_is_refused(place: int, field: str) -> None:
    changed = _put(getattr(BALLOT_PROOF, field), place, OTHER if field == "commitments" else 1)
    with pytest.raises(ProofError):
        ballot.check(BALLOT, replace(BALLOT_PROOF, **{field: changed}))


def test_a_response_that_is_changed_is_named() -> None:
    for place, whom in enumerate(["the voter's key", "contest 1", "contest 2"]):
        changed = replace(BALLOT_PROOF, responses=_put(BALLOT_PROOF.responses, place, 1))
        with pytest.raises(ProofError, match=f"for {whom}$"):
            ballot.check(BALLOT, changed)


@pytest.mark.parametrize("place", range(2))
def test_a_vote_sealed_with_nothing_is_refused_though_the_proof_holds(place: int) -> None:
    nonces = [0 if number == place else nonce for number, nonce in enumerate(NONCES)]
    sealed = [ballot.encrypt(ranking.seal_code((1, 0), 3, 3), KEY, nonce) for nonce in nonces]
    statement = replace(BALLOT, ciphertexts=tuple(sealed))
    proof = ballot.prove(statement, VOTER.secret, nonces, [21, 22, 23])
    with pytest.raises(ProofError, match="first half is the identity"):
        ballot.check(statement, proof)


@pytest.mark.parametrize("field", ["commitments", "responses"])
def test_a_ballots_proof_has_one_part_for_each_secret(field: str) -> None:
    parts = getattr(BALLOT_PROOF, field)
    for wrong in [(), parts[:-1], (*parts, parts[0])]:
        with pytest.raises(ProofError, match="number of parts"):
            ballot.check(BALLOT, replace(BALLOT_PROOF, **{field: wrong}))
    fewer = replace(BALLOT, ciphertexts=VOTES[:1])
    with pytest.raises(ProofError, match="number of parts"):
        ballot.check(fewer, BALLOT_PROOF)
    with pytest.raises(ValueError, match="zip"):
        ballot.prove(BALLOT, VOTER.secret, NONCES, [21, 22])


def test_a_seal_that_is_opened_shows_what_is_inside() -> None:
    message = ranking.seal_code((1, 0), 3, 3)
    ballot.check_opened(VOTES[0], message, KEY, NONCES[0])
    for wrong in [(VOTES[1], message, KEY, 11), (VOTES[0], OTHER, KEY, 11), (VOTES[0], message, KEY, 12)]:
        with pytest.raises(ProofError, match="seal"):
            ballot.check_opened(*wrong)


# -- shuffle -----------------------------------------------------------------------------------------------------------

COUNT = 4
BEFORE = [ballot.encrypt(ranking.embed(i), KEY, 31 + i) for i in range(COUNT)]
PLACE = shuffle.Place(CER, "board", 1, KEY)


def _nonces(count: int) -> shuffle.Nonces:
    draw = randomness.stream(b"shuffle")
    return shuffle.Nonces(
        permutation=randomness.permutation(draw, count),
        reencryption=randomness.scalars(draw, count),
        commitment=randomness.scalars(draw, count),
        chain=randomness.scalars(draw, count),
        omega=randomness.scalars(draw, 4),
        omega_hat=randomness.scalars(draw, count),
        omega_prime=randomness.scalars(draw, count),
    )


AFTER = shuffle.reencrypt(BEFORE, KEY, _nonces(COUNT))
SHUFFLE_PROOF = shuffle.prove(PLACE, BEFORE, AFTER, _nonces(COUNT))


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        pytest.param(replace(PLACE, context=bytes(64)), BEFORE, AFTER, id="another manifest"),
        pytest.param(replace(PLACE, contest="other"), BEFORE, AFTER, id="another contest"),
        pytest.param(replace(PLACE, mixer=2), BEFORE, AFTER, id="another mixer"),
        pytest.param(replace(PLACE, key=OTHER), BEFORE, AFTER, id="another key"),
        pytest.param(PLACE, BEFORE[::-1], AFTER, id="another input"),
        pytest.param(PLACE, BEFORE, AFTER[::-1], id="outputs swapped"),
        pytest.param(PLACE, BEFORE, [AFTER[0], *AFTER[:-1]], id="an output twice"),
        pytest.param(PLACE, BEFORE, AFTER[:-1], id="an output dropped"),
        pytest.param(PLACE, BEFORE[:-1], AFTER[:-1], id="both lists shorter"),
        pytest.param(PLACE, BEFORE, [replace(AFTER[0], a=OTHER), *AFTER[1:]], id="A"),
        pytest.param(PLACE, BEFORE, [replace(AFTER[0], b=OTHER), *AFTER[1:]], id="B"),
        pytest.param(PLACE, BEFORE, [replace(AFTER[0], a=group.IDENTITY), *AFTER[1:]], id="the identity"),
    ],
)
def test_a_shuffles_proof_fits_no_other_shuffle(
    place: shuffle.Place, before: list[Ciphertext], after: list[Ciphertext]
) -> None:
    shuffle.check(PLACE, BEFORE, AFTER, SHUFFLE_PROOF)
    with pytest.raises(ProofError):
        shuffle.check(place, before, after, SHUFFLE_PROOF)


@pytest.mark.parametrize("at", range(5 * COUNT + 9))
def test_every_field_of_a_shuffles_proof_matters(at: int) -> None:
    blob = bytearray(SHUFFLE_PROOF.dump())
    piece = bytes(blob[32 * at : 32 * (at + 1)])
    if at < 3 * COUNT + 5:
        piece = group.add(group.decode(piece), OTHER)
    else:
        piece = group.encode_scalar((group.decode_scalar(piece) + 1) % group.ORDER)
    blob[32 * at : 32 * (at + 1)] = piece
    with pytest.raises(ProofError, match="proof fails"):
        shuffle.check(PLACE, BEFORE, AFTER, shuffle.load(bytes(blob), COUNT))


@pytest.mark.parametrize(("half", "name"), [("a", "first halves"), ("b", "second halves")])
def test_one_half_that_is_changed_before_the_proof_is_made_fails_alone(half: str, name: str) -> None:
    """All other equations hold: the prover is honest about an output that is not what it re-encrypted."""
    changed = replace(AFTER[2], **{half: group.add(getattr(AFTER[2], half), OTHER)})
    after = [*AFTER[:2], changed, *AFTER[3:]]
    proof = shuffle.prove(PLACE, BEFORE, after, _nonces(COUNT))
    with pytest.raises(ProofError, match=name):
        shuffle.check(PLACE, BEFORE, after, proof)


@pytest.mark.parametrize("place", range(COUNT))
def test_an_output_without_its_seal_is_refused_though_the_proof_holds(place: int) -> None:
    nonces = _nonces(COUNT)
    source = nonces.permutation[place]
    taken_off = replace(nonces, reencryption=_put(tuple(nonces.reencryption), source, group.ORDER - 31 - source))
    after = shuffle.reencrypt(BEFORE, KEY, taken_off)
    assert after[place].a == group.IDENTITY
    proof = shuffle.prove(PLACE, BEFORE, after, taken_off)
    with pytest.raises(ProofError, match="first half is the identity"):
        shuffle.check(PLACE, BEFORE, after, proof)


def test_lists_of_different_length_are_refused_before_anything_else() -> None:
    for before, after, c in [
        (BEFORE, AFTER[:-1], SHUFFLE_PROOF.c),
        (BEFORE[:-1], AFTER, SHUFFLE_PROOF.c),
        (BEFORE, AFTER, SHUFFLE_PROOF.c[:-1]),
        ([*BEFORE, BEFORE[0]], [*AFTER, AFTER[0]], SHUFFLE_PROOF.c),
    ]:
        with pytest.raises(ProofError, match="different lengths"):
            shuffle.check(PLACE, before, after, replace(SHUFFLE_PROOF, c=c))


@pytest.mark.parametrize("field", ["commitment", "reencryption", "chain", "omega_hat", "omega_prime"])
def test_a_mixers_nonce_too_many_is_noticed(field: str) -> None:
    nonces = _nonces(COUNT)
    with pytest.raises(ValueError, match=r"zip|as many"):
        shuffle.prove(PLACE, BEFORE, AFTER, replace(nonces, **{field: [*getattr(nonces, field), 1]}))


def test_a_proof_blob_of_another_size_or_with_a_bad_piece_is_refused() -> None:
    blob = SHUFFLE_PROOF.dump()
    assert shuffle.load(blob, COUNT) == SHUFFLE_PROOF
    assert len(blob) == shuffle.proof_size(COUNT)
    bad_scalar = blob[:-32] + b"\xff" * 32
    for wrong, count in [
        (blob[:-32], COUNT),
        (blob, COUNT + 1),
        (b"\xff" * 32 + blob[32:], COUNT),
        (bad_scalar, COUNT),
    ]:
        with pytest.raises(MalformedError):
            shuffle.load(wrong, count)
    for odd in (32, 33, 63):
        with pytest.raises(MalformedError):
            shuffle.read_list(shuffle.dump_list(BEFORE) + bytes(odd))


@given(seeds, st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_a_shuffle_keeps_every_vote_and_is_proven(seed: bytes, count: int) -> None:
    draw = randomness.stream(seed)
    before = [ballot.encrypt(ranking.embed(i), KEY, randomness.scalar(draw)) for i in range(count)]
    nonces = _nonces(count)
    after = shuffle.reencrypt(before, KEY, nonces)
    shuffle.check(PLACE, before, after, shuffle.prove(PLACE, before, after, nonces))
    factors = {j: decryption.make_factors(SECRETS[j], after) for j in (1, 3)}
    assert sorted(ranking.extract(m) or 0 for m in decryption.combine(after, factors)) == list(range(count))


# -- decryption --------------------------------------------------------------------------------------------------------

WHERE = decryption.Place(CER, "board", 1)
FACTORS = decryption.make_factors(SECRETS[1], AFTER)
PROOFS = decryption.prove(WHERE, SECRETS[1], AFTER, FACTORS, [41])


@pytest.mark.parametrize(
    ("place", "key", "ciphertexts", "factors", "proofs"),
    [
        pytest.param(replace(WHERE, context=bytes(64)), SHARE, AFTER, FACTORS, PROOFS, id="another manifest"),
        pytest.param(replace(WHERE, contest="other"), SHARE, AFTER, FACTORS, PROOFS, id="another contest"),
        pytest.param(replace(WHERE, trustee=2), SHARE, AFTER, FACTORS, PROOFS, id="another trustee"),
        pytest.param(WHERE, OTHER, AFTER, FACTORS, PROOFS, id="another share"),
        pytest.param(WHERE, SHARE, AFTER[::-1], FACTORS, PROOFS, id="another list"),
        pytest.param(WHERE, SHARE, [replace(AFTER[0], b=OTHER), *AFTER[1:]], FACTORS, PROOFS, id="another B"),
        pytest.param(WHERE, SHARE, AFTER, [OTHER, *FACTORS[1:]], PROOFS, id="a factor"),
        pytest.param(WHERE, SHARE, AFTER, [group.IDENTITY, *FACTORS[1:]], PROOFS, id="the identity"),
        pytest.param(WHERE, SHARE, AFTER, FACTORS[:-1], PROOFS, id="a factor fewer"),
        pytest.param(WHERE, SHARE, AFTER, FACTORS, [], id="no proof"),
        pytest.param(WHERE, SHARE, AFTER, FACTORS, PROOFS * 2, id="a proof too many"),
        pytest.param(WHERE, SHARE, AFTER, FACTORS, [replace(PROOFS[0], c=1)], id="c"),
        pytest.param(WHERE, SHARE, AFTER, FACTORS, [replace(PROOFS[0], s=1)], id="s"),
        pytest.param(
            WHERE,
            SHARE,
            AFTER,
            [group.add(FACTORS[0], OTHER), group.subtract(FACTORS[1], OTHER), *FACTORS[2:]],
            PROOFS,
            id="two compensating factors",
        ),
    ],
)
def test_changed_factors_are_refused(place: Any, key: Any, ciphertexts: Any, factors: Any, proofs: Any) -> None:
    decryption.check(WHERE, SHARE, AFTER, FACTORS, PROOFS)
    with pytest.raises(ProofError):
        decryption.check(place, key, ciphertexts, factors, proofs)


def test_a_factor_fewer_is_refused_though_the_proof_holds() -> None:
    proofs = decryption.prove(WHERE, SECRETS[1], AFTER, FACTORS[:-1], [41])
    with pytest.raises(ProofError, match="one factor for each vote"):
        decryption.check(WHERE, SHARE, AFTER, FACTORS[:-1], proofs)


def test_a_factor_that_is_the_identity_is_refused_though_the_proof_holds() -> None:
    votes = [*AFTER[:-1], replace(AFTER[-1], a=group.IDENTITY)]
    factors = decryption.make_factors(SECRETS[1], votes)
    proofs = decryption.prove(WHERE, SECRETS[1], votes, factors, [41])
    with pytest.raises(ProofError, match="identity"):
        decryption.check(WHERE, SHARE, votes, factors, proofs)


def test_a_nonce_too_many_is_noticed() -> None:
    with pytest.raises(ValueError, match="zip"):
        decryption.prove(WHERE, SECRETS[1], AFTER, FACTORS, [41, 42])


def test_runs_cover_a_list_exactly() -> None:
    for count in (1, equality.RUN - 1, equality.RUN, equality.RUN + 1, 3 * equality.RUN):
        assert [i for run in decryption.runs(count) for i in run] == list(range(count))
        assert max(map(len, decryption.runs(count))) <= equality.RUN
    assert equality.RUN == 32_768


def test_two_runs_have_two_proofs_that_cannot_change_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the run shortened to 3, so that a list of 4 has two: only the constant differs, not the code."""
    monkeypatch.setattr(equality, "RUN", 3)
    proofs = decryption.prove(WHERE, SECRETS[1], AFTER, FACTORS, [41, 42])
    decryption.check(WHERE, SHARE, AFTER, FACTORS, proofs)
    assert len(proofs) == 2
    with pytest.raises(ProofError):
        decryption.check(WHERE, SHARE, AFTER, FACTORS, proofs[::-1])


@pytest.mark.parametrize("size", [0, 200, 242, 243, 300])
def test_a_context_of_any_length_is_hashed(size: int) -> None:
    """RFC 9380, 5.3.3: a tag of more than 255 bytes is hashed first."""
    tag = b"HashToScalar-" + bytes(size)
    used = tag if size <= 242 else sha512(b"H2C-OVERSIZE-DST-" + tag).digest()
    suffix = used + bytes([len(used)])
    first = sha512(bytes(128) + b"message" + b"\0\x40" + b"\0" + suffix).digest()
    expected = int.from_bytes(sha512(first + b"\1" + suffix).digest(), "little") % group.ORDER
    assert equality.hash_to_scalar(b"message", bytes(size)) == expected


# -- keys and lots -----------------------------------------------------------------------------------------------------

P = 2**255 - 19
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""The eight points of small order of edwards25519."""


@pytest.mark.parametrize(
    "key",
    [
        *(pytest.param(bytes.fromhex(text), id=f"small order {i}") for i, text in enumerate(SMALL)),
        pytest.param(bytes([1]) + bytes(30) + b"\x80", id="x = 0 with a sign"),
        pytest.param((P + 1).to_bytes(32, "little"), id="y above p"),
        pytest.param((P + 3).to_bytes(32, "little"), id="y = 3, not reduced"),
        pytest.param((2).to_bytes(32, "little"), id="not on the curve"),
        pytest.param(bytes(31), id="too short"),
    ],
)
def test_bad_identity_keys_are_refused(key: bytes) -> None:
    seed = bytes(32)
    assert signature.is_good_key(signature.public_key(seed))
    assert not signature.is_good_key(key)
    with pytest.raises(ProofError, match="no good"):
        signature.check(key, b"", signature.sign(seed, b""), "test")


def test_a_key_is_good_exactly_where_the_curve_has_a_point() -> None:
    """Every y below 200 but those of small order; here a root is taken, and squared again."""
    d = -121665 * pow(121666, -1, P) % P
    root_of_minus_one = pow(2, (P - 1) // 4, P)

    def root(square: int) -> int | None:
        found = pow(square, (P + 3) // 8, P)
        return next((one for one in (found, found * root_of_minus_one % P) if one * one % P == square % P), None)

    seen = set()
    for y in range(2, 200):
        x = root((y * y - 1) * pow(d * y * y + 1, -1, P))
        assert signature.is_good_key(y.to_bytes(32, "little")) is (x is not None), y
        seen.add(x is None)
    assert seen == {True, False}


def test_a_key_of_another_length_is_refused() -> None:
    key = signature.public_key(bytes(32))
    for wrong in (key + b"\0", key + key, key[:31], b""):
        assert not signature.is_good_key(wrong)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
@settings(max_examples=25)
def test_honest_keys_are_good_and_their_signatures_hold(seed: bytes, message: bytes) -> None:
    key = signature.public_key(seed)
    made = signature.sign(seed, message)
    signature.check(key, message, made, "test")
    with pytest.raises(ProofError):
        signature.check(key, message + b"x", made, "test")


def test_lots_depend_on_everything() -> None:
    base = lots.seed(CER, "board", b"{}")
    assert (
        len({base, lots.seed(bytes(64), "board", b"{}"), lots.seed(CER, "b", b"{}"), lots.seed(CER, "board", b"[]")})
        == 4
    )
    names = [f"c{i}" for i in range(20)]
    assert sorted(lots.order(base, names)) == sorted(names)
    assert lots.order(base, names) == lots.order(base, reversed(names))


def test_box_keys_of_small_order_in_every_spelling() -> None:
    vector = json.loads((Path(__file__).parents[1] / "vectors/box-keys.json").read_text())
    assert len(vector["small_order"]) == 14
    for text in vector["small_order"]:
        assert not signature.is_good_box(bytes.fromhex(text))
    for text in vector["good"]:
        assert signature.is_good_box(bytes.fromhex(text))
        for wrong in (text[:62], text + "00"):
            assert not signature.is_good_box(bytes.fromhex(wrong))
    assert not signature.is_good_box(bytes(31))
