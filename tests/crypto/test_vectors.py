"""Every deterministic vector of the contract that the pure core can be held to, and the RFCs' own."""

from typing import Any

import pytest

from governance.crypto import (
    ballot,
    ceremony,
    credentials,
    decryption,
    equality,
    group,
    lots,
    ranking,
    schnorr,
    shuffle,
    signature,
)
from governance.crypto.group import Element
from governance.crypto.transcript import Transcript
from governance.errors import MalformedError, ProofError
from tests.shared import PROTOCOL, load, needs_shared

pytestmark = needs_shared

RFC9496 = load("rfc9496-ristretto255.json")
RFC9497 = [
    suite for suite in load("rfc9497-voprf/allVectors.json") or [] if suite["identifier"] == "ristretto255-SHA512"
]


def element(text: str) -> Element:
    return group.decode(bytes.fromhex(text))


def scalar(text: str) -> int:
    return group.decode_scalar(bytes.fromhex(text))


def scalars(texts: list[str]) -> list[int]:
    return [scalar(text) for text in texts]


def test_multiples_of_the_base_point() -> None:
    assert len(RFC9496["small_multiples"]) == 16
    for number, text in enumerate(RFC9496["small_multiples"]):
        assert group.multiply_base(number).hex() == text
        assert element(text) == group.multiply(number, group.G)


def test_bad_encodings_are_refused() -> None:
    assert len(RFC9496["bad_encodings"]) == 29
    for text in RFC9496["bad_encodings"]:
        with pytest.raises(MalformedError):
            element(text)


def test_one_way_map() -> None:
    assert len(RFC9496["uniform_bytes"]) == 11
    for case in RFC9496["uniform_bytes"]:
        assert group.from_uniform(bytes.fromhex(case["in"])).hex() == case["out"]


@pytest.mark.parametrize(
    "suite", [suite for suite in RFC9497 if suite["mode"]], ids=lambda suite: f"mode {suite['mode']}"
)
def test_the_proofs_of_rfc_9497(suite: dict[str, Any]) -> None:
    context = b"OPRFV1-" + bytes([suite["mode"]]) + b"-ristretto255-SHA512"
    secret = scalar(suite["skSm"])
    assert len(suite["vectors"]) == 3
    for vector in suite["vectors"]:
        blinded = [element(text) for text in vector["BlindedElement"].split(",")]
        evaluated = [element(text) for text in vector["EvaluationElement"].split(",")]
        nonce = scalar(vector["Proof"]["r"])
        expected = equality.Proof(*scalars([vector["Proof"]["proof"][:64], vector["Proof"]["proof"][64:]]))
        used = secret
        if suite["mode"] == 1:
            key, left, right = group.multiply_base(used), blinded, evaluated
        else:  # partially oblivious: the tweaked key, and the lists change places (RFC 9497, 3.3.3)
            info = b"Info" + len(bytes.fromhex(vector["Info"])).to_bytes(2, "big") + bytes.fromhex(vector["Info"])
            used = (secret + equality.hash_to_scalar(info, context)) % group.ORDER
            key, left, right = group.multiply_base(used), evaluated, blinded
        made = equality.prove(used, key, left, right, nonce, context)
        assert made == expected
        equality.check(key, left, right, expected, context)


def test_transcript() -> None:
    vector = PROTOCOL["transcript"]
    transcript = Transcript(vector["name"])
    assert transcript.digest().hex() == vector["steps"][0]["digest_after_proto"]
    for step in vector["steps"][1:]:
        transcript.absorb(step["label"], bytes.fromhex(step["data"]))
        assert transcript.digest().hex() == step["digest"]
    assert group.encode_scalar(transcript.scalar(vector["scalar"]["label"])).hex() == vector["scalar"]["value"]
    drawn = transcript.scalars(vector["scalars"]["label"], vector["scalars"]["n"])
    assert [group.encode_scalar(value).hex() for value in drawn] == vector["scalars"]["values"]
    assert transcript.digest().hex() == vector["after_drawing_digest_is_unchanged"]


def test_generators() -> None:
    vector = PROTOCOL["generators"]
    assert group.H.hex() == vector["h"]
    first = group.generators(257)
    for index, text in vector["h_i"].items():
        number = int(index)
        h = first[number] if number < 257 else group.hash_to_group(b"governance/v1/h_i", number.to_bytes(8, "big"))
        assert h.hex() == text
    assert len({group.G, group.H, group.IDENTITY, *first}) == 260


def test_codec() -> None:
    vector = PROTOCOL["codec"]
    for case in vector["cases"]:
        n, m = case["n"], case["m"]
        assert ranking.total(n, m) == int(case["total"])
        for code, expected in enumerate(case.get("all", [])):
            assert ranking.decode(code, n, m) == tuple(expected)
            assert ranking.encode(expected, n, m) == code
        for sample in case.get("samples", []):
            assert ranking.encode(sample["ranking"], n, m) == int(sample["code"])
            assert ranking.decode(int(sample["code"]), n, m) == tuple(sample["ranking"])
        assert ranking.decode(int(case["total"]), n, m) is None
    assert str(ranking.total(54, 54)) == vector["limit"]["total(54,54)"]
    assert str(ranking.total(55, 55)) == vector["limit"]["total(55,55)"]
    assert ranking.fits(54, 54)
    assert not ranking.fits(55, 55)
    for limit, largest in vector["limit"]["largest n for m (4000 = at least)"].items():
        m, n = int(limit), int(largest)
        assert ranking.fits(n, m)
        assert n == 4000 or not ranking.fits(n + 1, m)


def test_embedding() -> None:
    vector = PROTOCOL["embedding"]
    for case in vector["payload_to_point"]:
        code = int.from_bytes(bytes.fromhex(case["payload"]), "little")
        assert ranking.embed(code).hex() == case["point"]
        assert ranking.extract(element(case["point"])) == code
    for case in vector["invalid_for_n5_m5"]:
        assert ranking.read(element(case["point"]), 5, 5) is None, case["why"]
    assert ranking.seal_code((), 5, 5).hex() == vector["blank"]


def test_credentials() -> None:
    vector = PROTOCOL["credential"]
    for case in vector["cases"]:
        code = credentials.make_code(bytes.fromhex(case["random"]))
        made = credentials.derive(code, bytes.fromhex(case["cer"]))
        assert code == case["code"]
        assert group.encode_scalar(made.secret).hex() == case["sk"]
        assert made.public.hex() == case["P"]
    for spelling in vector["same"]["spellings"]:
        assert credentials.read_code(spelling) == vector["same"]["code"]
    for text in vector["rejected"]:
        with pytest.raises(MalformedError):
            credentials.read_code(text)


def test_trustees_keys() -> None:
    vector = PROTOCOL["trustee_key"]
    cer = bytes.fromhex(vector["cer"])
    dealings = {}
    for trustee in vector["trustees"]:
        coefficients = scalars(trustee["coefficients"])
        dealing = ceremony.deal(cer, trustee["index"], coefficients, scalar(trustee["w"]))
        ceremony.check_dealing(cer, trustee["index"], 2, dealing)
        dealings[trustee["index"]] = dealing.commitments
        assert [c.hex() for c in dealing.commitments] == trustee["commitments"]
        assert dealing.proof == schnorr.Proof(element(trustee["R"]), scalar(trustee["z"]))
        for index, share in trustee["shares_to"].items():
            assert ceremony.share_for(coefficients, int(index)) == scalar(share)
            ceremony.check_share(scalar(share), int(index), trustee["index"], dealing.commitments)
    assert ceremony.public_key(dealings).hex() == vector["Y"]
    for index, text in vector["x_j"].items():
        shares = [scalar(trustee["shares_to"][index]) for trustee in vector["trustees"]]
        assert ceremony.combine_shares(shares) == scalar(text)
        assert ceremony.public_share(dealings, int(index)).hex() == vector["Y_j"][index]
    for case in vector["lagrange"]:
        assert ceremony.lagrange(case["S"]) == {int(j): scalar(value) for j, value in case["lambda"].items()}


def test_readiness() -> None:
    vector = PROTOCOL["ready"]
    context = bytes.fromhex(vector["ctx"])
    for trustee in vector["trustees"]:
        proof = ceremony.prove_ready(context, trustee["index"], scalar(trustee["x"]), scalar(trustee["w"]))
        assert proof == schnorr.Proof(element(trustee["R"]), scalar(trustee["z"]))
        ceremony.check_ready(context, trustee["index"], element(trustee["Y_j"]), proof)


def test_signatures() -> None:
    vector = PROTOCOL["signature"]
    seed, message = bytes.fromhex(vector["ed25519_seed"]), vector["entry_without_signature"].encode()
    made = signature.sign(seed, message)
    assert made.hex() == vector["signature"]
    assert signature.public_key(seed).hex() == vector["public"]
    signature.check(bytes.fromhex(vector["public"]), message, made, "trustee")
    assert PROTOCOL["ed25519_reject"]
    for case in PROTOCOL["ed25519_reject"]:
        key, message, bad = (bytes.fromhex(case[field]) for field in ("public", "message", "signature"))
        with pytest.raises(ProofError):
            signature.check(key, message, bad, "trustee")


@pytest.mark.parametrize("number", range(3))
def test_ballots(number: int) -> None:
    vector = PROTOCOL["ballot"][number]
    entry = vector["entry"]
    key = element(vector["Y"])
    ciphertexts = []
    for contest in vector["contests"]:
        message = ranking.seal_code(contest["ranking"], contest["n"], contest["m"])
        assert message.hex() == contest["M"]
        ciphertexts.append(ballot.encrypt(message, key, scalar(contest["r"])))
        ballot.check_opened(ciphertexts[-1], message, key, scalar(contest["r"]))
        assert f'"a":"{ciphertexts[-1].a.hex()}","b":"{ciphertexts[-1].b.hex()}"' in entry
    secret = scalar(vector["sk"])
    statement = ballot.Statement(
        context=bytes.fromhex(vector["ctx"]),
        credential=group.multiply_base(secret),
        previous=bytes.fromhex(vector["previous"]),
        key=key,
        ciphertexts=tuple(ciphertexts),
    )
    nonces = [scalar(contest["r"]) for contest in vector["contests"]]
    proof = ballot.prove(statement, secret, nonces, scalars(vector["w"]))

    ballot.check(statement, proof)
    assert statement.challenge(proof.commitments) == scalar(vector["c"])
    for response in proof.responses:
        assert group.encode_scalar(response).hex() in entry
    assert ballot.tracker(vector["without_proof"].encode()) == vector["tracker"]


@pytest.mark.parametrize("number", range(2))
def test_shuffles(number: int) -> None:
    vector = PROTOCOL["shuffle"][number]
    place = shuffle.Place(bytes.fromhex(vector["ctx"]), vector["contest"], vector["mixer"], element(vector["Y"]))
    nonces = shuffle.Nonces(
        permutation=vector["psi"],
        reencryption=scalars(vector["r_prime"]),
        commitment=scalars(vector["r"]),
        chain=scalars(vector["rho"]),
        omega=scalars(vector["omega"]),
        omega_hat=scalars(vector["omega_hat"]),
        omega_prime=scalars(vector["omega_prime"]),
    )
    before = shuffle.read_list(bytes.fromhex(vector["input"]))
    after = shuffle.reencrypt(before, place.key, nonces)
    assert shuffle.dump_list(after).hex() == vector["output"]
    proof = shuffle.prove(place, before, after, nonces)
    assert proof.dump().hex() == vector["proof"]
    assert shuffle.load(proof.dump(), len(before)) == proof
    shuffle.check(place, before, after, proof)


def test_decryption() -> None:
    vector = PROTOCOL["decrypt"]
    ciphertexts = shuffle.read_list(bytes.fromhex(vector["list"]))
    factors = {}
    for case in vector["decrypts"]:
        place = decryption.Place(bytes.fromhex(vector["ctx"]), vector["contest"], case["trustee"])
        made = decryption.make_factors(scalar(case["x"]), ciphertexts)
        proofs = decryption.prove(place, scalar(case["x"]), ciphertexts, made, [scalar(case["r"])])
        decryption.check(place, element(case["Y_j"]), ciphertexts, made, proofs)
        assert b"".join(made).hex() == case["factors"]
        assert proofs == [equality.Proof(scalar(case["c"]), scalar(case["s"]))]
        factors[case["trustee"]] = made
    plaintexts = decryption.combine(ciphertexts, factors)
    assert [plaintext.hex() for plaintext in plaintexts] == vector["plaintexts"]
    expected = [None if one is None else tuple(one) for one in vector["rankings_n5_m5"]]
    assert [ranking.read(plaintext, 5, 5) for plaintext in plaintexts] == expected


def test_lots() -> None:
    vector = PROTOCOL["result"]["lots"]
    seed = lots.seed(bytes.fromhex(vector["ctx"]), "board", PROTOCOL["result"]["blob"].encode())
    assert seed.hex() == vector["seed"]
    assert list(lots.order(seed, vector["hashes"])) == vector["order"]


def test_wycheproof_signatures() -> None:
    """Every Ed25519 verdict of Wycheproof: what it calls valid holds here, what it calls invalid does not."""
    groups = load("wycheproof/ed25519_test.json")["testGroups"]
    checked = 0
    for one in groups:
        key = bytes.fromhex(one["publicKey"]["pk"])
        for case in one["tests"]:
            message, made = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            checked += 1
            if case["result"] == "valid":
                signature.check(key, message, made, "test")
            else:
                with pytest.raises(ProofError):
                    signature.check(key, message, made, "test")
    assert checked >= 100


def test_wycheproof_boxes_of_small_order() -> None:
    """X25519 keys of small order are those with which any agreement comes out as zero."""
    groups = load("wycheproof/x25519_test.json")["testGroups"]
    seen = 0
    for case in [case for one in groups for case in one["tests"]]:
        zero = not any(bytes.fromhex(case["shared"]))
        seen += zero
        assert signature.is_good_box(bytes.fromhex(case["public"])) is not zero
    assert seen >= 10
