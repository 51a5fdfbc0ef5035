"""Vectors made by others: RFC 9496, RFC 9497, Wycheproof, RFC 6962, real checkpoints; and protocol-v1's own."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import board, canonical, ceremony, ed25519, group, msm, proofs, ranking, shuffle, tally
from governance.verifier.form import Ballot, read_entry
from governance.verifier.transcript import ORDER, Transcript

b = bytes.fromhex


def affine(encoded: bytes) -> bytes:
    """Affine forms of concatenated encodings, all good."""
    found = group.decode_all(encoded)
    assert isinstance(found, bytes)
    return found


def point(encoded: bytes) -> group.Extended:
    return group.from_affine(affine(encoded))


def load(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture(scope="session")
def own(shared: Path) -> Any:
    return load(shared / "vectors/protocol-v1/vectors.json")


def test_rfc9496(shared: Path) -> None:
    vectors = load(shared / "vectors/rfc9496-ristretto255.json")
    assert [len(vectors[k]) for k in ("small_multiples", "bad_encodings", "uniform_bytes")] == [16, 29, 11]
    for index, encoded in enumerate(vectors["small_multiples"]):
        multiple = group.multiply(index, group.BASE)
        assert group.encode(multiple).hex() == encoded
        assert group.equal(point(b(encoded)), multiple)
    for encoded in vectors["bad_encodings"]:
        assert group.decode(b(encoded)) is None
    for case in vectors["uniform_bytes"]:
        assert group.encode(group.derive(b(case["in"]))).hex() == case["out"]


def test_cosets_are_one_element() -> None:
    """Adding a point of order 4 changes the coordinates, not the element nor its encoding."""
    four = (group.SQRT_M1, 0, 1, 0)
    moved = group.add(group.BASE, four)
    assert moved[0] * group.BASE[2] % group.P != group.BASE[0] * moved[2] % group.P
    assert group.equal(moved, group.BASE)
    assert group.encode(moved) == group.encode(group.BASE)
    assert group.is_identity(four)
    assert not group.is_identity(group.BASE)


def test_rfc9497_equality_proofs(shared: Path) -> None:
    seen = batches = 0
    for suite in load(shared / "vectors/rfc9497-voprf/allVectors.json"):
        if suite["identifier"] != "ristretto255-SHA512" or suite["mode"] not in (1, 2):
            continue
        context = b"OPRFV1-" + bytes((suite["mode"],)) + b"-ristretto255-SHA512"
        for vector in suite["vectors"]:
            blinded = b(vector["BlindedElement"].replace(",", ""))
            evaluated = b(vector["EvaluationElement"].replace(",", ""))
            key, c, d = b(suite["pkSm"]), blinded, evaluated
            if suite["mode"] == 2:
                info = b(vector["Info"])
                tweak = proofs.hash_to_scalar(b"Info" + len(info).to_bytes(2, "big") + info, context)
                tweaked = group.add(group.multiply(tweak, group.BASE), point(key))
                key, c, d = group.encode(tweaked), evaluated, blinded
            pair = b(vector["Proof"]["proof"])
            proof = (proofs.scalar(pair[:32]), proofs.scalar(pair[32:]))
            lists = ((c, affine(c)), (d, affine(d)))
            assert proofs.equality_holds(point(key), *lists, context, proof)
            assert not proofs.equality_holds(point(key), *lists, context, (proof[0], proof[1] + 1))
            assert not proofs.equality_holds(point(key), *lists, context + b"x", proof)
            seen += 1
            batches += vector["Batch"] > 1
    assert (seen, batches) == (6, 2)


def test_wycheproof_ed25519(shared: Path) -> None:
    count = 0
    for tests in load(shared / "vectors/wycheproof/ed25519_test.json")["testGroups"]:
        key = b(tests["publicKey"]["pk"])
        for test in tests["tests"]:
            good = ed25519.is_good_key(key) and ed25519.verify(key, b(test["msg"]), b(test["sig"]))
            assert good == (test["result"] == "valid"), test["tcId"]
            count += 1
    assert count == 151


@pytest.mark.parametrize("y", [0, 1, group.P - 1, group.P, group.P + 1, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_keys_of_small_order_or_not_canonical(y: int, sign: int) -> None:
    assert not ed25519.is_good_key((y | sign << 255).to_bytes(32, "little"))


def test_merkle_inclusion(shared: Path) -> None:
    good = bad = 0
    for path in sorted((shared / "vectors/transparency-dev-merkle/inclusion").rglob("*.json")):
        case = load(path)
        proof = [base64.b64decode(step) for step in case["proof"] or []]
        leaf, wanted = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
        found = board.root_from_inclusion(leaf, case["leafIdx"], case["treeSize"], proof)
        holds = found == wanted and len(leaf) == 32
        if case["wantErr"]:
            assert not holds, path
            bad += 1
        else:
            assert holds, path
            good += 1
    assert good >= 6
    assert bad >= 90


def test_own_tree_and_checkpoint(own: Any) -> None:
    tree = own["tree"]
    leaves = [board.leaf_hash(entry.encode()) for entry in tree["entries"]]
    assert [leaf.hex() for leaf in leaves] == tree["leaves"]
    assert [board.root(b"".join(leaves[:size])).hex() for size in range(8)] == tree["roots"]
    for case in tree["inclusion"]:
        proof = [b(step) for step in case["proof"]]
        found = board.root_from_inclusion(leaves[case["index"]], case["index"], case["size"], proof)
        assert found is not None
        assert found.hex() == tree["roots"][case["size"]]
    checkpoint = own["checkpoint"]
    log = board.parse_verifier_key(checkpoint["verifier_key"])
    assert log is not None
    assert log.key.hex() == checkpoint["public"]
    assert board.check_signed(checkpoint["checkpoint"].encode(), log, "it").size == 7
    cosignature = own["cosignature"]
    witness = board.parse_verifier_key(cosignature["verifier_key"])
    assert witness is not None
    cosigned = board.check_signed(cosignature["cosigned_checkpoint"].encode(), log, "it")
    assert board.count_cosignatures(cosigned, [witness]) == 1
    assert board.count_cosignatures(board.check_signed(checkpoint["checkpoint"].encode(), log, "it"), [witness]) == 0


def test_tessera_log(shared: Path) -> None:
    """A real log: its leaf tile gives the root of its checkpoint."""
    folder = shared / "vectors/tessera-testlog"
    hashes = (folder / "tile/0/000.p/15").read_bytes()
    sizes = 0
    for size in range(1, 16):
        found = board.parse_checkpoint((folder / f"checkpoint.{size}").read_bytes())
        assert found is not None
        assert found.size == size
        assert board.root(hashes[: 32 * size]) == found.root
        sizes += 1
    assert sizes == 15


def test_sunlight_witness(shared: Path) -> None:
    """A real tree's tile gives the root of the checkpoint that a mirror cosigned."""
    folder = next((shared / "vectors/sunlight-skylight-witness/mirror").glob("000de*"))
    hashes = (folder / "tile/0/000").read_bytes() + (folder / "tile/0/001.p/44").read_bytes()
    text = (folder / "checkpoint").read_text()
    size, root = text.split("\n")[1:3]
    assert int(size) == len(hashes) // 32 == 300
    assert board.root(hashes) == base64.b64decode(root)


def test_sunlight_cosignature(shared: Path) -> None:
    """A real checkpoint (of a log of another kind), cosigned by a real witness."""
    folder = shared / "vectors/sunlight-skylight-witness"
    witness = board.parse_verifier_key(load(folder / "witness.v0.json")["verifier_keys"][0])
    assert witness is not None
    assert witness.kind == board.WITNESS_TYPE
    assert ed25519.is_good_key(witness.key)
    data = next(folder.glob("0*/checkpoint")).read_bytes()
    checkpoint = board.parse_checkpoint(data)
    assert checkpoint is not None
    assert (checkpoint.origin, checkpoint.size) == ("rome2026h1.example.org", 300)
    assert board.count_cosignatures(checkpoint, [witness]) == 1
    for changed in (data.replace(b"\n300\n", b"\n301\n"), data.replace(b"uKLPIAAAAABp", b"uKLPIAAAAABq")):
        assert changed != data
        other = board.parse_checkpoint(changed)
        assert other is not None
        assert board.count_cosignatures(other, [witness]) == 0


def test_own_transcript(own: Any) -> None:
    case = own["transcript"]
    transcript = Transcript(case["name"])
    for step in case["steps"]:
        if "label" in step:
            data = step.get("data", step.get("data_hex", ""))
            transcript.absorb(step["label"], b(data))
    drawn, many = case["scalar"], case["scalars"]
    assert transcript.scalar(drawn["label"]).to_bytes(32, "little").hex() == drawn["value"]
    values = [value.to_bytes(32, "little").hex() for value in transcript.scalars(many["label"], many["n"])]
    assert values == many["values"]


def test_own_generators(own: Any) -> None:
    assert group.encode(group.hash_to_group("governance/v1/h", b"")).hex() == own["generators"]["h"]
    assert len(own["generators"]["h_i"]) == 13
    for index, encoded in own["generators"]["h_i"].items():
        derived = group.hash_to_group("governance/v1/h_i", int(index).to_bytes(8, "big"))
        assert group.encode(derived).hex() == encoded


def test_own_codec_and_embedding(own: Any) -> None:
    checked = 0
    for case in own["codec"]["cases"]:
        n, m = case["n"], case["m"]
        assert ranking.total_codes(n, m) == int(case["total"])
        for code, listed in enumerate(case.get("all", [])):
            wanted = listed["ranking"] if isinstance(listed, dict) else listed
            assert ranking.ranking_of(code, n, m) == tuple(wanted)
            checked += 1
        for example in case.get("examples", []):
            assert ranking.ranking_of(int(example["code"]), n, m) == tuple(example["ranking"])
            checked += 1
        for invalid in case.get("invalid_codes", []):
            assert ranking.ranking_of(int(invalid), n, m) is None
        assert ranking.ranking_of(int(case["total"]), n, m) is None
    assert checked >= 30
    for case in own["embedding"]["payload_to_point"]:
        assert ranking.embed(b(case["payload"])).hex() == case["point"]
        assert ranking.code_of(b(case["point"])) == int.from_bytes(b(case["payload"]), "little")
    for case in own["embedding"]["invalid_for_n5_m5"]:
        found = ranking.code_of(b(case["point"]))
        assert found is None or ranking.ranking_of(found, 5, 5) is None
    assert ranking.total_codes(54, 54) <= ranking.MAX_TOTAL < ranking.total_codes(55, 55)


def test_own_ceremony(own: Any) -> None:
    made = own["trustee_key"]
    sums = [group.IDENTITY] * 2
    for trustee in made["trustees"]:
        points = [point(b(each)) for each in trustee["commitments"]]
        transcript = Transcript("governance/v1/trustee-key").absorb("ceremony", b(made["cer"]))
        transcript.absorb("index", trustee["index"].to_bytes(4, "big"))
        transcript.absorb("commitments", b("".join(trustee["commitments"]))).absorb("R", b(trustee["R"]))
        challenge = transcript.scalar("c")
        assert challenge.to_bytes(32, "little").hex() == trustee["c"]
        first = point(b(trustee["R"]))
        assert proofs.schnorr_holds(points[0], first, challenge, proofs.scalar(b(trustee["z"])))
        assert not proofs.schnorr_holds(points[1], first, challenge, proofs.scalar(b(trustee["z"])))
        sums = [group.add(one, two) for one, two in zip(sums, points, strict=True)]
    assert group.encode(sums[0]).hex() == made["Y"]
    for index, share in made["Y_j"].items():
        found = group.add(sums[0], group.multiply(int(index), sums[1]))
        assert group.encode(found).hex() == share
        assert group.encode(group.multiply(proofs.scalar(b(made["x_j"][index])), group.BASE)).hex() == share
    for case in made["lagrange"]:
        numerators, denominator = tally.lagrange(case["S"])
        for trustee, numerator in zip(case["S"], numerators, strict=True):
            value = numerator * pow(denominator, -1, ORDER) % ORDER
            assert value.to_bytes(32, "little").hex() == case["lambda"][str(trustee)]
    signed = own["signature"]
    key, signature = b(signed["public"]), b(signed["signature"])
    assert ed25519.verify(key, signed["entry_without_signature"].encode(), signature)
    entry, _ = read_entry(0, signed["entry"].encode())
    assert not isinstance(entry, Ballot)
    assert entry is not None
    assert ceremony.signature_holds(entry, key)
    for case in own["ed25519_reject"]:
        assert not ed25519.verify(b(case["public"]), b(case["message"]), b(case["signature"]))


def test_own_ready_and_credentials(own: Any) -> None:
    ctx = b(own["ready"]["ctx"])
    for trustee in own["ready"]["trustees"]:
        transcript = Transcript("governance/v1/ready").absorb("ctx", ctx)
        transcript.absorb("index", trustee["index"].to_bytes(4, "big")).absorb("share", b(trustee["Y_j"]))
        challenge = transcript.absorb("R", b(trustee["R"])).scalar("c")
        assert challenge.to_bytes(32, "little").hex() == trustee["c"]
        signature = b(trustee["signature"])
        assert ed25519.verify(b(own["signature"]["public"]), trustee["signed"].encode(), signature)
    registrar = b(own["credentials_signature"]["registrar_identity"])
    for listed in own["credentials_signature"]["lists"]:
        assert ed25519.verify(registrar, listed["signed"].encode(), b(listed["signature"]))
    assert len(own["credential"]["cases"]) == 5
    for case in own["credential"]["cases"]:
        transcript = Transcript("governance/v1/credential").absorb("ceremony", b(case["cer"]))
        secret = transcript.absorb("code", case["code"].encode()).scalar("sk")
        assert secret.to_bytes(32, "little").hex() == case["sk"]
        assert group.encode(group.multiply(secret, group.BASE)).hex() == case["P"]


def test_own_ballots(own: Any) -> None:
    ballots = []
    for index, case in enumerate(own["ballot"]):
        ballot, _ = read_entry(index, case["entry"].encode())
        assert isinstance(ballot, Ballot)
        assert ballot.digest.hex() == case["sha256"]
        challenge = proofs.ballot_challenge(ballot, b(case["ctx"]), b(case["Y"]))
        assert challenge.to_bytes(32, "little").hex() == case["c"]
        ballots.append(ballot)
    assert len(ballots) == 3
    ctx, key = b(own["ballot"][0]["ctx"]), b(own["ballot"][0]["Y"])
    assert proofs.first_bad_ballot(ballots, ctx, key) is None
    other, _ = read_entry(9, own["ballot"][1]["entry"].replace('"previous":"', '"previous":"', 1).encode())
    assert isinstance(other, Ballot)
    assert proofs.first_bad_ballot(ballots, bytes(64), key) == 0


def test_own_shuffles(own: Any) -> None:
    generators = shuffle.Generators()
    assert len(own["shuffle"]) == 2
    for case in own["shuffle"]:
        statement = shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"], b(case["Y"]))
        before, after = (shuffle.decode_list(b(case[side])) for side in ("input", "output"))
        assert isinstance(before, shuffle.CiphertextList)
        assert isinstance(after, shuffle.CiphertextList)
        proof = b(case["proof"])
        assert len(proof) == shuffle.proof_size(before.count)
        assert shuffle.check(statement, before, after, proof, generators) == ""
        base = group.encode(group.BASE)
        points = 3 * before.count + 5
        for place in range(len(proof) // 32):
            # Each field of the proof by itself (row 5).
            piece = base if place < points else (proofs.scalar(proof[32 * place : 32 * place + 32]) + 1) % ORDER
            piece = piece if isinstance(piece, bytes) else piece.to_bytes(32, "little")
            changed = proof[: 32 * place] + piece + proof[32 * place + 32 :]
            assert shuffle.check(statement, before, after, changed, generators) != "", place
        for other in (
            shuffle.Statement(bytes(64), case["contest"], case["mixer"], b(case["Y"])),
            shuffle.Statement(b(case["ctx"]), "other", case["mixer"], b(case["Y"])),
            shuffle.Statement(b(case["ctx"]), case["contest"], case["mixer"] + 1, b(case["Y"])),
        ):
            assert shuffle.check(other, before, after, proof, generators) != ""


def test_own_decryption(own: Any) -> None:
    case = own["decrypt"]
    blob = b(case["list"])
    ones = b"".join(blob[at : at + 32] for at in range(0, len(blob), 64))
    for each in case["decrypts"]:
        factors = b(each["factors"])
        digests = hashlib.sha256(blob).digest() + hashlib.sha256(factors).digest()
        context = proofs.decryption_context(b(case["ctx"]), case["contest"], each["trustee"], each["run"], digests)
        assert context.hex() == each["context"]
        weights = proofs.composite_weights(b(each["Y_j"]), ones, factors, context)
        assert [weight.to_bytes(32, "little").hex() for weight in weights] == each["weights"]
        key = point(b(each["Y_j"]))
        proof = (proofs.scalar(b(each["c"])), proofs.scalar(b(each["s"])))
        lists = ((ones, affine(ones)), (factors, affine(factors)))
        assert proofs.equality_holds(key, *lists, context, proof)
    rankings = []
    for plaintext in case["plaintexts"]:
        code = ranking.code_of(b(plaintext))
        found = None if code is None else ranking.ranking_of(code, 5, 5)
        rankings.append(None if found is None else list(found))
    assert rankings == case["rankings_n5_m5"]


def test_own_result_and_lots(own: Any) -> None:
    blob = own["result"]["blob"].encode()
    assert canonical.write(canonical.parse(blob)) == blob
    lots = own["result"]["lots"]
    name = lots["contest"].encode()
    seed = hashlib.sha512(b"governance/v1/lots" + b(lots["ctx"]) + len(name).to_bytes(4, "big") + name + blob).digest()
    assert seed.hex() == lots["seed"]
    hashes = {each: hashlib.sha512(seed + each.encode()).digest() for each in lots["hashes"]}
    assert {each: digest.hex() for each, digest in hashes.items()} == lots["hashes"]
    assert sorted(hashes, key=hashes.__getitem__) == lots["order"]


def test_own_json(own: Any) -> None:
    assert (len(own["json"]["accept"]), len(own["json"]["reject"])) == (10, 29)
    for accepted in own["json"]["accept"]:
        assert canonical.write(canonical.parse(b(accepted))) == b(accepted)
    for refused in own["json"]["reject"]:
        with pytest.raises(canonical.NotCanonicalError):
            canonical.parse(b(refused["hex"]))


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 7, 40, 200])
def test_sum_agrees_with_single_multiplications(count: int) -> None:
    points = [group.multiply(7 * index + 3, group.BASE) for index in range(count)]
    together = group.to_affine(points) if points else b""
    scalars = [pow(index + 2, 77, ORDER) if index % 5 else (0, ORDER - 1, 1)[index // 5 % 3] for index in range(count)]
    total, wanted = msm.Sum(), group.multiply(5, group.BASE)
    total.add_base(5)
    for index, (full, each) in enumerate(zip(scalars, points, strict=True)):
        scalar = full if index % 3 else (full % 2**128, 2**128 - 1, 0)[index % 7 % 3]
        if index % 3:
            total.add(scalar, msm.niels(together, 64 * index))
        else:
            total.add_short(scalar, msm.niels(together, 64 * index))
        wanted = group.add(wanted, group.multiply(scalar, each))
    assert group.equal(total.value(), wanted)


@pytest.mark.parametrize("count", [1, 2, 6, 7, 20, 60])
def test_sum_agrees_where_all_numbers_are_as_large_as_they_may_be(count: int) -> None:
    """The highest digit of a weight may carry: a few points are summed by the narrowest windows."""
    together = group.to_affine([group.multiply(index + 1, group.BASE) for index in range(count)])
    for scalar in (2**128 - 1, 2**128 - 2**126, 2**127, ORDER - 1, 2**252, ORDER // 2, -3, 5 * ORDER + 7):
        short, full = msm.Sum(), msm.Sum()
        full.add_base(-scalar)
        for index in range(count):
            if 0 <= scalar < 2**128:
                short.add_short(scalar, msm.niels(together, 64 * index))
            full.add(scalar, msm.niels(together, 64 * index))
        wanted = group.multiply(scalar * count * (count + 1) // 2 % ORDER, group.BASE)
        base = group.multiply(-scalar % ORDER, group.BASE)
        assert group.equal(full.value(), group.add(wanted, base))
        assert group.equal(short.value(), wanted if 0 <= scalar < 2**128 else group.IDENTITY)
