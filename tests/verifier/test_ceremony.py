"""Section 6, rule by rule: a ceremony that is good but for one thing, and the nearest that is still good."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from governance.verifier import canonical, ceremony, ed25519, group
from governance.verifier.failure import CheckFailedError
from governance.verifier.form import Ballot, Entry, read_entry
from governance.verifier.transcript import ORDER
from tests.verifier.prover import Hook, Maker, Plan, keep, public_of, sign, times_g
from tests.verifier.test_tampering import bump, flip, on, put

PLAN = Plan(cancel=True)
POINT = group.encode(times_g(9)).hex()
STEPS = ("commit", "key", "confirm")
Entries = Callable[[list[bytes]], list[bytes]]


def read(raw: bytes, index: int = 0) -> Entry | Ballot:
    entry, _ = read_entry(index, raw)
    assert entry
    return entry


def judge(maker: Maker, change: Entries = list) -> str:
    """Make the ceremony; the name of the check that refuses it, "" when it holds."""
    maker.ceremony()
    try:
        found = ceremony.check([read(raw, index) for index, raw in enumerate(change(maker.entries))])
    except CheckFailedError as failure:
        return failure.name
    assert (found.cer, found.election, found.threshold) == (maker.cer, "test", maker.plan.threshold)
    assert found.count == maker.plan.trustees
    assert found.registrar == public_of(maker.registrar_seed)
    assert found.identities == {j: public_of(seed) for j, seed in maker.identity_seeds.items()}
    assert len(found.keys) == 2 * found.count + 1
    assert group.equal(found.public_key, maker.y)
    assert found.shares.keys() == maker.x.keys()
    assert all(group.equal(share, times_g(maker.x[j])) for j, share in found.shares.items())
    return ""


@pytest.mark.parametrize(
    ("trustees", "threshold", "wanted"),
    [
        (2, 1, "ceremony"),
        (2, 2, ""),
        (3, 1, "ceremony"),
        (3, 2, ""),
        (3, 3, ""),
        (4, 2, "ceremony"),
        (4, 3, ""),
        (9, 4, "ceremony"),
        (9, 5, ""),
        (9, 9, ""),
        (1, 1, "ceremony"),
        (10, 6, "ceremony"),
        (3, 4, "ceremony"),
    ],
)
def test_how_many_trustees(trustees: int, threshold: int, wanted: str) -> None:
    assert judge(Maker(replace(PLAN, trustees=trustees, threshold=threshold))) == wanted


def identity(maker: Maker, trustee: int) -> str:
    return public_of(maker.identity_seeds[trustee]).hex()


MAKER = Maker(PLAN)
BOX = MAKER.secret_bytes("box2").hex()
CHANGES: list[tuple[str, Hook, str]] = [
    ("as it is", keep, ""),
    ("a threshold below nothing", on("ceremony", put("threshold", to=-2)), "ceremony"),
    ("trustees in another order", on("ceremony", put("trustees", to=lambda t: t[::-1])), "ceremony"),
    ("an index twice", on("ceremony", put("trustees", 1, "index", to=1)), "ceremony"),
    ("an index left out", on("ceremony", put("trustees", 2, "index", to=4)), "ceremony"),
    ("one identity twice", on("ceremony", put("trustees", 0, "identity", to=identity(MAKER, 2))), "ceremony"),
    ("a trustee registers", on("ceremony", put("registrar", "identity", to=identity(MAKER, 2))), "ceremony"),
    ("a box is an identity", on("ceremony", put("trustees", 0, "box", to=identity(MAKER, 3))), "ceremony"),
    ("a box is its own identity", on("ceremony", put("trustees", 2, "box", to=identity(MAKER, 3))), "ceremony"),
    ("a box twice", on("ceremony", put("trustees", 0, "box", to=BOX)), "ceremony"),
    ("an identity of small order", on("ceremony", put("trustees", 1, "identity", to="00" * 32)), "ceremony"),
    ("a registrar of small order", on("ceremony", put("registrar", "identity", to="00" * 32)), "ceremony"),
    ("an identity that is no point", on("ceremony", put("trustees", 1, "identity", to="02" + "00" * 31)), "ceremony"),
    ("the last box of small order", on("ceremony", put("trustees", 2, "box", to="00" * 32)), "ceremony"),
    ("a box that looks so but for one bit", on("ceremony", put("trustees", 2, "box", to="02" + "00" * 31)), ""),
    # Commits.
    ("a commit of index 0", on("trustee-commit", put("index", to=0)), "ceremony"),
    ("a commit of index 4", on("trustee-commit", put("index", to=4), 2), "ceremony"),
    ("a commit of another's index", on("trustee-commit", put("index", to=2)), "ceremony"),
    ("a commit that does not match, the last", on("trustee-commit", put("commit", to=flip), 2), "ceremony"),
    # Keys.
    ("one commitment fewer", on("trustee-key", put("commitments", to=lambda c: c[:1]), 1), "ceremony"),
    ("one commitment more", on("trustee-key", put("commitments", to=lambda c: [*c, POINT]), 1), "ceremony"),
    ("no commitment", on("trustee-key", put("commitments", to=[])), "ceremony"),
    ("another C_0", on("trustee-key", put("commitments", 0, to=POINT)), "ceremony"),
    ("another C_1", on("trustee-key", put("commitments", 1, to=POINT)), "ceremony"),
    ("another R", on("trustee-key", put("proof", "commitment", to=POINT), 2), "ceremony"),
    ("another z", on("trustee-key", put("proof", "response", to=bump), 2), "ceremony"),
    ("a key's signature", on("trustee-key signed", put("signature", to=flip), 1), "ceremony"),
    ("a key of another's index", on("trustee-key", put("index", to=2)), "ceremony"),
    # Confirmations.
    ("the last confirms other keys", on("trustee-confirm", put("keys", to=flip), 2), "ceremony"),
    ("a confirmation's signature", on("trustee-confirm signed", put("signature", to=flip), 2), "ceremony"),
]


@pytest.mark.parametrize("case", CHANGES, ids=[case[0] for case in CHANGES])
def test_one_change(case: tuple[str, Hook, str]) -> None:
    _, hook, wanted = case
    assert judge(Maker(PLAN, hook)) == wanted


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_commitment_that_is_the_identity_under_a_proof_that_holds(place: int) -> None:
    maker = Maker(replace(PLAN, threshold=3))
    maker.coefficients[2][place] = 0
    maker.x = dict.fromkeys(maker.x, 0)
    assert judge(maker) == "ceremony"


def again(maker: Maker) -> Maker:
    """The shares of changed polynomials."""
    maker.x = {
        j: sum(a * j**e for poly in maker.coefficients.values() for e, a in enumerate(poly)) % ORDER for j in maker.x
    }
    return maker


def test_a_public_key_or_a_share_that_is_the_identity() -> None:
    maker = Maker(PLAN)
    others = sum(poly[0] for j, poly in maker.coefficients.items() if j != 3)
    maker.coefficients[3][0] = -others % ORDER
    assert judge(again(maker)) == "ceremony"
    maker.coefficients[3][0] = (1 - others) % ORDER
    assert judge(renewed(maker)) == ""
    for trustee in (1, 3):
        maker = Maker(PLAN)
        maker.coefficients[1][0] -= maker.x[trustee]
        assert again(maker).x[trustee] == 0
        assert judge(maker) == "ceremony"


def renewed(maker: Maker) -> Maker:
    """The same polynomials in a ceremony of its own."""
    fresh = Maker(PLAN)
    fresh.coefficients = maker.coefficients
    return again(fresh)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_identity_of_small_order_under_signatures_that_hold(which: int) -> None:
    """Under the identity of the curve (5·B, 5) is a good signature of anything: anybody could sign as this trustee."""
    anyones = ed25519.encode_point(group.multiply(5, ed25519.B)) + (5).to_bytes(32, "little")
    key = (1).to_bytes(32, "little")
    assert ed25519.verify(key, b"whatever", anyones)
    hooks = [on("ceremony", put("trustees", which, "identity", to=key.hex()))]
    hooks += [on(f"trustee-{each} signed", put("signature", to=anyones.hex()), which) for each in STEPS]

    def hook(name: str, value: Any) -> Any:
        for one in hooks:
            value = one(name, value)
        return value

    assert judge(Maker(PLAN, hook)) == "ceremony"


ORDERS: list[tuple[str, Entries, str]] = [
    ("rounds in any order", lambda e: [e[0], *e[3:0:-1], e[5], e[6], e[4], *e[9:6:-1]], ""),
    ("nothing", lambda _: [], "order"),
    ("no ceremony", lambda e: e[1:], "order"),
    ("two ceremonies", lambda e: [e[0], *e], "order"),
    ("the ceremony alone", lambda e: e[:1], "ceremony"),
    ("a commit missing", lambda e: [*e[:3], *e[4:]], "ceremony"),
    ("a key missing", lambda e: [*e[:6], *e[7:]], "ceremony"),
    ("the last confirmation missing", lambda e: e[:9], "ceremony"),
    ("a commit twice", lambda e: [*e[:3], e[2], *e[4:]], "ceremony"),
    ("a key twice", lambda e: [*e[:6], e[5], *e[7:]], "ceremony"),
    ("a confirmation twice", lambda e: [*e[:9], e[8]], "ceremony"),
    ("a confirmation too many", lambda e: [*e, e[9]], "ceremony"),
    ("a key before the last commit", lambda e: [*e[:3], e[4], e[3], *e[5:]], "ceremony"),
    ("a confirmation before the last key", lambda e: [*e[:6], e[7], e[6], *e[8:]], "ceremony"),
    ("an opening after it", lambda e: [*e, b'{"at":"2026-03-01T09:00:00Z","kind":"open"}'], "order"),
    ("an opening in it", lambda e: [*e[:2], b'{"at":"2026-03-01T09:00:00Z","kind":"open"}', *e[2:]], "order"),
]


@pytest.mark.parametrize("case", ORDERS, ids=[case[0] for case in ORDERS])
def test_order(case: tuple[str, Entries, str]) -> None:
    _, change, wanted = case
    assert judge(Maker(PLAN), change) == wanted


def test_a_ballot_in_the_ceremony() -> None:
    maker = Maker(Plan()).make()
    ballot = next(raw for raw in maker.entries if b'"kind":"ballot"' in raw)
    for entries in ([ballot], [maker.entries[0], ballot], [*maker.entries[:10], ballot]):
        with pytest.raises(CheckFailedError) as refusal:
            ceremony.check([read(raw) for raw in entries])
        assert refusal.value.name == "order"


# --- trustee-ready


def ready(change: Callable[[dict[str, Any]], dict[str, Any]], seed: int, seen: set[int]) -> str:
    maker = Maker(PLAN).make()
    opened = ceremony.check([read(raw) for raw in maker.entries[:10]])
    value = json.loads(maker.entries[12])
    assert (value["kind"], value["index"]) == ("trustee-ready", 2)
    del value["signature"]
    value = change(value)
    value["signature"] = sign(maker.identity_seeds[seed], canonical.write(value)).hex()
    entry = read(canonical.write(value))
    assert isinstance(entry, Entry)
    before = set(seen)
    try:
        ceremony.check_ready(entry, opened, maker.ctx, seen)
    except CheckFailedError as failure:
        assert seen == before
        return failure.name
    assert seen == before | {value["index"]}
    return ""


@pytest.mark.parametrize(
    ("change", "seed", "seen", "wanted"),
    [
        (dict, 2, set(), ""),
        (dict, 2, {1, 3}, ""),
        (dict, 2, {2}, "ceremony"),
        (dict, 1, set(), "ceremony"),
        (put("index", to=0), 2, set(), "ceremony"),
        (put("index", to=4), 2, set(), "ceremony"),
        (put("index", to=1), 1, set(), "ceremony"),
        (put("manifest", to=flip), 2, set(), "ceremony"),
        (put("proof", "commitment", to=POINT), 2, set(), "ceremony"),
        (put("proof", "response", to=bump), 2, set(), "ceremony"),
    ],
)
def test_ready(change: Callable[[dict[str, Any]], dict[str, Any]], seed: int, seen: set[int], wanted: str) -> None:
    assert ready(change, seed, set(seen)) == wanted
