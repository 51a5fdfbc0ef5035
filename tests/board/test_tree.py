"""The tree, its proofs, checkpoints and cosignatures, held to data of others and to laws."""

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.board import checkpoint, merkle
from governance.crypto import signature
from governance.errors import MalformedError, ProofError
from tests.shared import PROTOCOL, VECTORS, needs_shared

MERKLE = VECTORS / "transparency-dev-merkle"
NO_LEAF_AT_ALL = {"consistency": 3}
"""Cases of size 0 that are a matter of policy (shared/vectors/README.md): ours says what RFC 9162 says."""


def _cases(folder: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (str(path.relative_to(MERKLE)), json.loads(path.read_text()))
        for path in sorted((MERKLE / folder).rglob("*.json"))
    ]


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@needs_shared
def test_inclusion_as_others_see_it() -> None:
    cases = _cases("inclusion")
    assert len(cases) > 90
    for name, case in cases:
        arguments = (
            _bytes(case["leafHash"]),
            case["leafIdx"],
            case["treeSize"],
            [_bytes(step) for step in case["proof"] or []],
            _bytes(case["root"]),
        )
        try:
            merkle.check_inclusion(*arguments)
            refused = False
        except ProofError:
            refused = True
        assert refused == case["wantErr"], name


@needs_shared
def test_consistency_as_others_see_it() -> None:
    cases = _cases("consistency")
    assert len(cases) > 90
    others = 0
    for name, case in cases:
        arguments = (
            case["size1"],
            case["size2"],
            _bytes(case["root1"]),
            _bytes(case["root2"]),
            [_bytes(step) for step in case["proof"] or []],
        )
        try:
            merkle.check_consistency(*arguments)
            refused = False
        except ProofError:
            refused = True
        if refused != case["wantErr"]:
            assert case["size1"] == 0, name
            others += 1
    assert others <= NO_LEAF_AT_ALL["consistency"]


leaves = st.lists(st.binary(max_size=4), max_size=70).map(lambda items: [merkle.leaf(item) for item in items])


@given(leaves, st.data())
def test_every_leaf_has_a_path_and_every_beginning_a_proof(some: list[bytes], data: st.DataObject) -> None:
    root = merkle.root(some)
    if some:
        index = data.draw(st.integers(0, len(some) - 1))
        path = merkle.inclusion(some, index)
        merkle.check_inclusion(some[index], index, len(some), path, root)
        with pytest.raises(ProofError):
            merkle.check_inclusion(merkle.leaf(b"another"), index, len(some), path, root)
        old = data.draw(st.integers(1, len(some)))
        proof = merkle.consistency(some, old)
        merkle.check_consistency(old, len(some), merkle.root(some[:old]), root, proof)
        with pytest.raises(ProofError):
            merkle.check_consistency(old, len(some), merkle.leaf(b"another"), root, proof)
    merkle.check_consistency(0, len(some), merkle.EMPTY, root, [])


@given(leaves)
def test_a_growing_tree_has_the_root_of_the_definition(some: list[bytes]) -> None:
    def definition(part: list[bytes]) -> bytes:
        if len(part) <= 1:
            return part[0] if part else sha256(b"").digest()
        k = 1
        while 2 * k < len(part):
            k *= 2
        return sha256(b"\1" + definition(part[:k]) + definition(part[k:])).digest()

    assert merkle.root(some) == definition(some)


@needs_shared
def test_the_contracts_own_tree() -> None:
    vector = PROTOCOL["tree"]
    some = [merkle.leaf(entry.encode()) for entry in vector["entries"]]
    assert [one.hex() for one in some] == vector["leaves"]
    assert [merkle.root(some[:n]).hex() for n in range(len(some) + 1)] == vector["roots"]
    for case in vector["inclusion"]:
        assert [step.hex() for step in merkle.inclusion(some, case["index"])] == case["proof"]
    for case in vector.get("consistency", []):
        old, new = case["size1"] if "size1" in case else case["old"], case.get("size2", case.get("new", len(some)))
        assert [step.hex() for step in merkle.consistency(some[:new], old)] == case["proof"]


@needs_shared
def test_the_root_of_a_real_log() -> None:
    folder = VECTORS / "tessera-testlog"
    checked = 0
    for head in [checkpoint.parse(path.read_bytes()) for path in sorted(folder.glob("checkpoint*"))]:
        if not head.size:
            continue
        hashes = (folder / f"tile/0/000.p/{head.size}").read_bytes()
        assert len(hashes) == 32 * head.size
        assert merkle.root([hashes[at : at + 32] for at in range(0, len(hashes), 32)]) == head.root
        checked += 1
    assert checked >= 15


@needs_shared
def test_a_real_cosignature() -> None:
    folder = VECTORS / "sunlight-skylight-witness"
    names = json.loads((folder / "witness.v0.json").read_text())["verifier_keys"]
    key = checkpoint.read_key(names[0], checkpoint.WITNESS)
    (path,) = folder.glob("0*/checkpoint")
    head = checkpoint.parse(path.read_bytes())

    assert checkpoint.cosigners(head, [key]) == 1
    other = checkpoint.VerifierKey(key.name, key.type, signature.public_key(bytes(32)))
    assert checkpoint.cosigners(head, [other]) == 0


@needs_shared
def test_the_contracts_own_checkpoint_and_cosignature() -> None:
    vector, witness = PROTOCOL["checkpoint"], PROTOCOL["cosignature"]
    root = bytes.fromhex(PROTOCOL["tree"]["roots"][7])
    made = checkpoint.sign(vector["origin"], vector["size"], root, bytes.fromhex(vector["ed25519_seed"]))
    cosigned = checkpoint.cosign(made, witness["name"], witness["time"], bytes.fromhex(witness["ed25519_seed"]))
    log = checkpoint.read_key(vector["verifier_key"], checkpoint.LOG)
    one = checkpoint.read_key(witness["verifier_key"], checkpoint.WITNESS)

    assert made.decode() == vector["checkpoint"]
    assert cosigned.decode() == witness["cosigned_checkpoint"]
    assert checkpoint.cosigned_bytes(checkpoint.parse(made).text, witness["time"]).decode() == witness["message"]
    checkpoint.check_log(checkpoint.parse(cosigned), log)
    assert checkpoint.cosigners(checkpoint.parse(cosigned), [one]) == 1
    assert str(log) == vector["verifier_key"]
    assert str(one) == witness["verifier_key"]


SEED = bytes(range(32))
LOG = checkpoint.VerifierKey("log.example/a", checkpoint.LOG, signature.public_key(SEED))
HEAD = checkpoint.sign("log.example/a", 3, bytes(32), SEED)
GOOD_LINE = b"AAAAAAAAAAAAAAAA\n"
"""What may stand below a checkpoint behind a dash and a name: a stranger's key id and signature."""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace(b"\n3\n", b"\n03\n"), id="a leading zero"),
        pytest.param(lambda text: text.replace(b"\n3\n", b"\n-3\n"), id="a negative size"),
        pytest.param(lambda text: text.replace(b"\n\n", b"\nextension\n\n"), id="an extension line"),
        pytest.param(lambda text: text.replace(b"\n\n", b"\n"), id="no empty line"),
        pytest.param(lambda text: text[:-1], id="no last line feed"),
        pytest.param(lambda text: text + b"\n", id="one line feed more"),
        pytest.param(lambda text: text + b"no signature\n", id="a line that is no signature"),
        pytest.param(lambda text: text + b"- log.example/a " + GOOD_LINE, id="a hyphen for the dash"),
        pytest.param(lambda text: text + b"log.example/a " + GOOD_LINE, id="no dash"),
        pytest.param(lambda text: text + "— ".encode() + b" " + GOOD_LINE, id="a line of no name"),
        pytest.param(lambda text: text + "— a+b ".encode() + GOOD_LINE, id="a name with a plus"),
        pytest.param(lambda text: text + "— a AAAAAA==\n".encode(), id="a key id and no signature"),
        pytest.param(lambda text: text.split(b"\n\n")[0] + b"\n\n", id="no signature"),
        pytest.param(lambda text: text.replace(b"AAA=\n", b"AAB=\n", 1), id="a root in base64 that is not canonical"),
        pytest.param(lambda text: text + b"\xff", id="not UTF-8"),
        pytest.param(lambda _: b"", id="nothing"),
    ],
)
def test_what_is_no_checkpoint_is_refused(change: Any) -> None:
    assert checkpoint.parse(HEAD).size == 3
    assert checkpoint.parse(HEAD + "— a ".encode() + GOOD_LINE).size == 3
    with pytest.raises(MalformedError):
        checkpoint.parse(change(HEAD))


@pytest.mark.parametrize("root", [b"", b"!", b"AAAA", b"A" * 43, HEAD.split(b"\n")[2][:-1] + b"A"])
def test_a_file_with_another_root_does_not_look_like_a_checkpoint(root: bytes) -> None:
    lines = HEAD.split(b"\n")

    assert checkpoint.looks_like_one(HEAD)
    assert not checkpoint.looks_like_one(b"\n".join([*lines[:2], root, *lines[3:]]))


@pytest.mark.parametrize(
    ("head", "key"),
    [
        pytest.param(checkpoint.sign("log.example/a", 3, bytes(32), bytes(32)), LOG, id="another key"),
        pytest.param(checkpoint.sign("log.example/b", 3, bytes(32), SEED), LOG, id="another origin"),
        pytest.param(HEAD.replace(b"\n3\n", b"\n4\n"), LOG, id="another size"),
        pytest.param(HEAD.replace(b"AAA=\n", b"AAE=\n", 1), LOG, id="another root"),
        pytest.param(
            HEAD + HEAD.replace(b"\n3\n", b"\n4\n").split(b"\n\n")[1][:-9] + b"AAAAAAA=\n", LOG, id="one bad line"
        ),
    ],
)
def test_what_the_log_did_not_sign_is_refused(head: bytes, key: checkpoint.VerifierKey) -> None:
    checkpoint.check_log(checkpoint.parse(HEAD), key)
    with pytest.raises(ProofError):
        checkpoint.check_log(checkpoint.parse(head), key)


def test_a_cosignature_counts_once_and_only_if_it_holds() -> None:
    seed = bytes(31) + b"\1"
    witness = checkpoint.VerifierKey("w", checkpoint.WITNESS, signature.public_key(seed))
    cosigned = checkpoint.cosign(HEAD, "w", 1_700_000_000, seed)
    twice = checkpoint.cosign(cosigned, "w", 1_700_000_001, seed)
    wrong = checkpoint.cosign(HEAD, "w", 1_700_000_000, bytes(32))

    assert checkpoint.cosigners(checkpoint.parse(cosigned), [witness]) == 1
    assert checkpoint.cosigners(checkpoint.parse(twice), [witness]) == 1
    assert checkpoint.cosigners(checkpoint.parse(wrong), [witness]) == 0
    assert checkpoint.cosigners(checkpoint.parse(HEAD), [witness]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        str(LOG).replace("log", "l g"),
        str(LOG).replace("+", "++", 1),
        str(LOG).replace("+A", "+B"),
        str(LOG)[:-4],
        str(checkpoint.VerifierKey("w", checkpoint.WITNESS, LOG.key)),
        str(checkpoint.VerifierKey("w", checkpoint.LOG, bytes([1]) + bytes(31))),
        str(LOG).replace(LOG.id.hex(), "00000000"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    assert checkpoint.read_key(str(LOG), checkpoint.LOG) == LOG
    with pytest.raises(MalformedError):
        checkpoint.read_key(text, checkpoint.LOG)
