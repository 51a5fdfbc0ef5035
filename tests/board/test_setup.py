"""Ceremony and manifest (protocol.md, sections 4, 6 and 7): one rule broken alone, and its bounds on both sides."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256, sha512
from itertools import count
from typing import Any

import pytest

from governance.board import checkpoint, making
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.ledger import Ledger
from governance.board.making import Voter
from governance.crypto import ceremony, group, signature
from tests.board.test_ledger import (
    BOXES,
    COEFFICIENTS,
    LOG,
    ORIGIN,
    REGISTRAR,
    SECRETS,
    SEEDS,
    announced,
    begun,
    contest,
    voters,
)


def refused(ledger: Ledger, entry: e.Entry | bytes) -> tuple[Check, str]:
    with pytest.raises(CheckError) as caught:
        ledger.append(entry)
    return caught.value.check, caught.value.detail


# ---- the ceremony ----------------------------------------------------------------------------------------------------


def key(number: int) -> bytes:
    return signature.public_key(bytes([number]) * 32)


def box(number: int) -> bytes:
    return ceremony.box_key(bytes([number]) * 32)


def opening(n: int = 3, threshold: int = 2) -> e.Ceremony:
    trustees = tuple(e.Trustee(j, f"T{j}", key(j), box(100 + j)) for j in range(1, n + 1))
    return e.Ceremony("small", threshold, e.Registrar("R", key(99)), trustees)


def with_trustee(at: int, **fields: Any) -> e.Ceremony:
    made = opening()
    return replace(
        made, trustees=tuple(replace(one, **fields) if i == at else one for i, one in enumerate(made.trustees))
    )


@pytest.mark.parametrize(("n", "threshold"), [(2, 2), (3, 2), (3, 3), (4, 3), (9, 5), (9, 9)])
def test_a_ceremony_within_the_bounds(n: int, threshold: int) -> None:
    Ledger(ORIGIN, LOG).append(opening(n, threshold))


SAME = e.Registrar("R", key(2))
SMALL_ORDER = bytes.fromhex("01" + "00" * 31)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (opening(1, 1), "there are 1 trustees"),
        (opening(10, 6), "there are 10 trustees"),
        (opening(2, 1), "a threshold of 1 does not suit 2"),
        (opening(3, 1), "a threshold of 1 does not suit 3"),
        (opening(4, 2), "a threshold of 2 does not suit 4"),
        (opening(3, 4), "a threshold of 4 does not suit 3"),
        (with_trustee(0, index=0), "not numbered"),
        (with_trustee(2, index=4), "not numbered"),
        (replace(opening(), trustees=opening().trustees[::-1]), "not numbered"),
        (replace(opening(), registrar=e.Registrar("R", SMALL_ORDER)), "no good Ed25519 key"),
        (with_trustee(0, identity=SMALL_ORDER), "no good Ed25519 key"),
        (with_trustee(2, identity=SMALL_ORDER), "no good Ed25519 key"),
        (with_trustee(0, box=bytes(32)), "of small order"),
        (with_trustee(2, box=bytes(32)), "of small order"),
        (replace(opening(), registrar=SAME), "are the same"),
        (with_trustee(0, identity=key(2)), "are the same"),
        (with_trustee(0, box=box(102)), "are the same"),
        (with_trustee(0, box=key(3)), "are the same"),
        (with_trustee(0, box=key(99)), "are the same"),
    ],
    ids=map(str, count(1)),
)
def test_a_ceremony_that_is_none(entry: e.Ceremony, says: str) -> None:
    check, detail = refused(Ledger(ORIGIN, LOG), entry)

    assert (check, says in detail) == (Check.CEREMONY, True), detail


def rounds() -> tuple[list[bytes], dict[int, e.TrusteeKey]]:
    """The entries of a good ceremony, and its keys: the ceremony, then 3 commits, 3 keys, 3 confirms."""
    ledger = begun()
    raws = list(ledger.entries())
    cer = sha512(raws[0]).digest()
    return raws, {j: making.trustee_key(cer, j, COEFFICIENTS[j], 300 + j, SEEDS[j]) for j in SEEDS}


def after(many: int) -> Ledger:
    ledger = Ledger(ORIGIN, LOG)
    for raw in rounds()[0][:many]:
        ledger.append(raw)
    return ledger


def a_commit(j: int, by: int, commit: bytes = bytes(64)) -> e.TrusteeCommit:
    return making.sign(e.TrusteeCommit(j, commit, making.UNSIGNED), SEEDS[by])


def a_key(commitments: tuple[Any, ...] = (), by: int = 1, **proof: Any) -> e.TrusteeKey:
    made = rounds()[1][1]
    made = replace(made, commitments=commitments or made.commitments, proof=replace(made.proof, **proof))
    return making.sign(made, SEEDS[by])


def committed(entry: e.TrusteeKey) -> Ledger:
    """All committed, trustee 1 to this key."""
    ledger = after(1)
    for j, made in {**rounds()[1], 1: entry}.items():
        ledger.append(making.trustee_commit(made, SEEDS[j]))
    return ledger


def a_confirm(j: int, by: int, keys: bytes | None = None) -> e.TrusteeConfirm:
    made = making.trustee_confirm(j, rounds()[1], SEEDS[by])
    return making.sign(replace(made, keys=keys or made.keys), SEEDS[by])


@pytest.mark.parametrize(
    ("ledger", "entry", "says"),
    [
        (lambda: after(1), lambda: a_commit(0, 1), "no trustee 0"),
        (lambda: after(1), lambda: a_commit(4, 1), "no trustee 4"),
        (lambda: after(1), lambda: a_commit(1, 2), "trustee-commit of trustee 1"),
        (lambda: after(3), lambda: a_commit(2, 2), "committed twice"),
        (lambda: after(5), lambda: a_commit(1, 1), "committed twice"),
        (lambda: after(3), lambda: rounds()[0][4], "only 2 of 3 trustees had committed"),
        (lambda: after(5), lambda: rounds()[0][4], "trustee 3 gave two keys"),
        (lambda: after(4), lambda: a_key(by=2), "trustee-key of trustee 1"),
        (lambda: after(4), lambda: a_key(response=5), "was not committed to"),
        (lambda: committed(a_key(response=5)), lambda: a_key(response=5), "trustee 1"),
        (lambda: committed(a_key((group.G,))), lambda: a_key((group.G,)), "trustee 1"),
        (lambda: after(6), lambda: rounds()[0][7], "only 2 of 3 trustees had given a key"),
        (lambda: after(7), lambda: a_confirm(1, 2), "trustee-confirm of trustee 1"),
        (lambda: after(7), lambda: a_confirm(1, 1, bytes(64)), "confirmed other keys"),
        (lambda: after(8), lambda: rounds()[0][7], "confirmed twice"),
        (lambda: after(9), lambda: announced(begun()), "only 2 of 3 trustees confirmed"),
    ],
    ids=map(str, count(1)),
)
def test_a_step_of_the_ceremony_that_is_none(
    ledger: Callable[[], Ledger], entry: Callable[[], e.Entry | bytes], says: str
) -> None:
    check, detail = refused(ledger(), entry())

    assert (check, says in detail) == (Check.CEREMONY, True), detail


def test_a_public_key_that_is_the_identity_is_refused() -> None:
    """The last trustee's secret is what brings the sum to nothing, under proofs that hold."""
    zero = {**COEFFICIENTS, 1: [-(COEFFICIENTS[2][0] + COEFFICIENTS[3][0]) % group.ORDER, 201]}
    share = {**COEFFICIENTS, 1: [101, 0]}
    share[1][1] = -(101 + sum(COEFFICIENTS[2]) + sum(COEFFICIENTS[3])) % group.ORDER  # so that Y_1 is nothing
    for coefficients in (zero, share):
        ledger = after(1)
        cer = sha512(next(iter(ledger.entries()))).digest()
        keys = {j: making.trustee_key(cer, j, coefficients[j], 300 + j, SEEDS[j]) for j in SEEDS}
        for j, made in keys.items():
            ledger.append(making.trustee_commit(made, SEEDS[j]))
        ledger.append(keys[1])
        ledger.append(keys[2])
        assert refused(ledger, keys[3]) == (
            Check.CEREMONY,
            "entry 6: the public key or a trustee's share is the identity",
        )


def is_announced() -> tuple[Ledger, bytes]:
    ledger = begun()
    return ledger, sha512(ledger.append(announced(ledger))).digest()


def test_who_is_ready_for_what() -> None:
    ledger, ctx = is_announced()
    good = making.trustee_ready(ctx, 2, SECRETS[2], 402, SEEDS[2])
    elsewhere = making.trustee_ready(bytes(64), 2, SECRETS[2], 402, SEEDS[2])
    for wrong, says in [
        (replace(good, index=1), "trustee-ready of trustee 1"),
        (making.sign(replace(good, index=4), SEEDS[2]), "no trustee 4"),
        (elsewhere, "ready for another manifest"),
        (making.sign(replace(elsewhere, manifest=ctx), SEEDS[2]), "trustee 2"),
        (making.trustee_ready(ctx, 2, SECRETS[1], 402, SEEDS[2]), "trustee 2"),
    ]:
        check, detail = refused(ledger, wrong)
        assert (check, says in detail) == (Check.CEREMONY, True), detail
    ledger.append(good)
    assert "ready twice" in refused(ledger, good)[1]
    ledger.append(making.trustee_ready(ctx, 3, SECRETS[3], 403, SEEDS[3]))
    assert "only 2 of 3 trustees are ready" in refused(ledger, e.Open("2026-03-01T09:00:00Z"))[1]


# ---- the manifest ----------------------------------------------------------------------------------------------------

Change = Callable[[Ledger, e.Manifest], e.Manifest]


def told(change: Change) -> tuple[Check, str] | None:
    """What is said of a manifest; None where it is taken."""
    ledger = begun()
    made = change(ledger, announced(ledger))
    try:
        ledger.append(made)
    except CheckError as error:
        return error.check, error.detail
    return None


def whole(**fields: Any) -> Change:
    return lambda _, manifest: replace(manifest, **fields)


def first(**fields: Any) -> Change:
    """The first contest is another."""
    return lambda _, manifest: replace(
        manifest, contests=(replace(manifest.contests[0], **fields), *manifest.contests[1:])
    )


def second(**fields: Any) -> Change:
    return lambda _, manifest: replace(
        manifest, contests=(manifest.contests[0], replace(manifest.contests[1], **fields))
    )


def people(many: int, *reopen: int) -> tuple[e.Candidate, ...]:
    return tuple(e.Candidate(f"p{i}", "P", reopen=i in reopen) for i in range(many))


def bound(*names: str, least: int = 0, most: int = 1, seated: int = 0) -> tuple[e.Constraint, ...]:
    return (e.Constraint("a", "b", least, most, names, seated),)


def re_open(_: Ledger, manifest: e.Manifest, **fields: Any) -> e.Manifest:
    """The first contest has "re", which re-opens nominations; the second comes after it."""
    one = replace(
        contest("chair", "ab", 2),
        candidates=(e.Candidate("a", "a", reopen=False), e.Candidate("re", "re", reopen=True)),
    )
    return replace(manifest, contests=(one, replace(manifest.contests[1], after=("chair",), **fields)))


def with_board(**fields: Any) -> Change:
    return lambda _, manifest: replace(manifest, board=replace(manifest.board, **fields))


def witness(number: int, name: str = "", kind: int = checkpoint.WITNESS) -> str:
    return str(checkpoint.VerifierKey(name or f"w{number}", kind, key(number)))


def log_key(made: bytes, kind: int = checkpoint.LOG, name: str = ORIGIN) -> str:
    return str(checkpoint.VerifierKey(name, kind, made))


def listing(
    *styles: tuple[str, ...], size: int = 2, roll: int = 5, change: Callable[[bytes], bytes] = bytes, **fields: Any
) -> Change:
    """Lists of `size` credentials each, signed anew after a change of their bytes or fields."""

    def change_it(ledger: Ledger, manifest: e.Manifest) -> e.Manifest:
        publics = [one.public for one in voters(manifest.ceremony)]
        made = []
        for at, contests in enumerate(styles or (("chair", "board"),)):
            root = making.roll([Voter(f"m{i}", "A", bytes(16)) for i in range(roll)])
            mine = publics[size * at : size * (at + 1)]
            one, blob = making.credentials("small", manifest.ceremony, list(contests), mine, root, REGISTRAR)
            blob = change(blob)
            ledger.put(blob)
            one = replace(one, **{"sha256": sha256(blob).digest(), **fields})
            signature_ = signature.sign(REGISTRAR, e.credentials_bytes("small", manifest.ceremony, one))
            made.append(replace(one, signature=signature_))
        return replace(manifest, credentials=tuple(made))

    return change_it


def repeated(ledger: Ledger, manifest: e.Manifest) -> e.Manifest:
    """One credential on two lists."""
    publics = [one.public for one in voters(manifest.ceremony)]
    root = making.roll([Voter("m", "A", bytes(16))] * 3)
    made = []
    for names, mine in ((["chair"], publics[:2]), (["board"], publics[1:])):
        one, blob = making.credentials("small", manifest.ceremony, names, mine, root, REGISTRAR)
        ledger.put(blob)
        made.append(one)
    return replace(manifest, credentials=tuple(made))


@pytest.mark.parametrize(
    "change",
    [
        first(seats=1000),
        first(max_ranks=1),
        first(candidates=people(1000), max_ranks=1),
        first(candidates=people(3, 2)),
        second(after=("chair",)),
        second(constraints=bound("c", least=1)),
        second(constraints=bound("c", "d", seated=1)),
        second(after=("chair",), constraints=bound("a", "c")),
        lambda *given: re_open(*given, constraints=bound("a", "c")),
        with_board(witnesses=(witness(60),), quorum=1),
        with_board(witnesses=(witness(60), witness(61)), quorum=2),
        listing(),
        listing(roll=2),
        listing(("chair",), ("board",)),
        listing(("chair",), ("chair", "board")),
    ],
    ids=map(str, count(1)),
)
def test_a_manifest_that_may_stand(change: Change) -> None:
    assert told(change) is None


NOBODY = "it names somebody who does not stand here"
MANIFEST, CODEC = Check.MANIFEST, Check.CODEC


@pytest.mark.parametrize(
    ("change", "check", "says"),
    [
        (whole(version=2), MANIFEST, "version 2"),
        (whole(version=0), MANIFEST, "version 0"),
        (whole(ceremony=bytes(64)), MANIFEST, "another ceremony"),
        (whole(public_key=group.G), MANIFEST, "its public key is not"),
        (whole(closes="2026-03-01T09:00:00Z"), MANIFEST, "close before it opens"),
        (whole(contests=()), MANIFEST, "there is no contest"),
        (first(id="board"), MANIFEST, "two contests have the id board"),
        (first(candidates=people(1001), max_ranks=1), MANIFEST, "more than 1000 candidates"),
        (first(candidates=people(2) + people(1)), MANIFEST, "two candidates have one id"),
        (first(max_ranks=0), CODEC, "0 preferences of 2"),
        (first(max_ranks=3), CODEC, "3 preferences of 2"),
        (first(candidates=people(100), max_ranks=100), CODEC, "too many possible rankings"),
        (first(seats=0), MANIFEST, "0 seats"),
        (first(seats=1001), MANIFEST, "1001 seats"),
        (first(min_ballots=1), MANIFEST, "fewer than two ballots"),
        (first(candidates=people(3, 1, 2)), MANIFEST, "more than one candidate is re-open"),
        (first(rule={"id": "dice"}), MANIFEST, "is not offered"),
        (first(rule={"id": "irv", "x": 1}), MANIFEST, "has no such parameters"),
        (second(after=("chair", "chair")), MANIFEST, "stands twice in after"),
        (second(after=("board",)), MANIFEST, "not earlier in the list"),
        (first(after=("board",)), MANIFEST, "not earlier in the list"),
        (second(constraints=bound("c", least=2)), MANIFEST, "do not fit"),
        (second(constraints=bound("c", least=-1)), MANIFEST, "do not fit"),
        (second(constraints=bound("c", seated=-1)), MANIFEST, "fewer than no members"),
        (second(constraints=bound("c", "c")), MANIFEST, "names a candidate twice"),
        (second(constraints=bound("a", "c")), MANIFEST, NOBODY),
        (second(constraints=bound("x")), MANIFEST, NOBODY),
        (lambda *given: re_open(*given, constraints=bound("re")), MANIFEST, "stands in a constraint"),
        (lambda *given: re_open(*given, candidates=(e.Candidate("re", "", reopen=False), *people(2))), MANIFEST,
         "stands in two contests"),
        (with_board(key="x"), MANIFEST, "board: "),
        (with_board(key=log_key(signature.public_key(LOG), checkpoint.WITNESS)), MANIFEST, "of type 4, not 1"),
        (with_board(key=log_key(signature.public_key(LOG), name="other")), MANIFEST, "the origin is not the name"),
        (with_board(key=log_key(signature.public_key(REGISTRAR))), MANIFEST, "is a key of the ceremony"),
        (with_board(key=log_key(signature.public_key(SEEDS[3]))), MANIFEST, "is a key of the ceremony"),
        (with_board(key=log_key(ceremony.box_key(BOXES[3]))), MANIFEST, "is a key of the ceremony"),  # a good key, too
        (with_board(witnesses=(witness(60, kind=1),), quorum=1), MANIFEST, "of type 1, not 4"),
        (with_board(witnesses=(witness(60, ORIGIN),), quorum=1), MANIFEST, "two keys have one name"),
        (with_board(witnesses=(witness(60, "w"), witness(61, "w")), quorum=1), MANIFEST, "two keys have one name"),
        (with_board(witnesses=(witness(60, "w"), witness(60, "v")), quorum=1), MANIFEST, "two keys are the same"),
        (with_board(witnesses=(str(checkpoint.VerifierKey("w", 4, signature.public_key(LOG))),), quorum=1), MANIFEST,
         "two keys are the same"),
        (with_board(witnesses=(str(checkpoint.VerifierKey("w", 4, signature.public_key(SEEDS[1]))),), quorum=1), MANIFEST,
         "is a key of the ceremony"),
        (with_board(quorum=1), MANIFEST, "a quorum of 1"),
        (with_board(quorum=-1), MANIFEST, "a quorum of -1"),
        (with_board(witnesses=(witness(60),), quorum=0), MANIFEST, "a quorum of 0"),
        (with_board(witnesses=(witness(60),), quorum=2), MANIFEST, "a quorum of 2"),
        (whole(credentials=()), MANIFEST, "there is no list"),
        (listing(count=3), MANIFEST, "another size"),
        (listing(size=2, count=1), MANIFEST, "another size"),
        (listing(count=0, size=2), MANIFEST, "a list is empty"),
        (listing(roll=1), MANIFEST, "more credentials than voters"),
        (listing(()), MANIFEST, "for no contest"),
        (listing(("board", "chair")), MANIFEST, "unknown or out of order"),
        (listing(("chair", "x")), MANIFEST, "unknown or out of order"),
        (listing(("chair", "chair", "board")), MANIFEST, "unknown or out of order"),
        (listing(("chair", "board"), ("chair", "board")), MANIFEST, "two lists are of one style"),
        (listing(("chair",)), MANIFEST, "nobody may vote"),
        (repeated, MANIFEST, "stands on two lists"),
        (listing(change=lambda blob: blob[32:] + blob[:32]), MANIFEST, "is not sorted"),
        (listing(change=lambda blob: blob[:32] * 2), MANIFEST, "is not sorted"),
        (listing(change=lambda blob: bytes(32) + blob[:32]), MANIFEST, "has the identity"),
        (listing(change=lambda blob: blob[:32] + b"\xff" * 32), MANIFEST, "number 2 is no element"),
        (listing(change=lambda blob: b"\xff" * 32 + blob[:32]), MANIFEST, "number 1 is no element"),
    ],
    ids=map(str, count(1)),
)  # fmt: skip
def test_a_manifest_that_may_not_stand(change: Change, check: Check, says: str) -> None:
    found = told(change)

    assert found is not None
    assert (found[0], says in found[1]) == (check, True), found


def test_the_registrars_signature_is_over_this_ceremony_and_election() -> None:
    for name in ("small", "other"):
        for change in (0, 1):
            ledger = begun()
            made = announced(ledger)
            one = made.credentials[0]
            cer = bytes([made.ceremony[0] ^ change]) + made.ceremony[1:]
            made_by = signature.sign(REGISTRAR, e.credentials_bytes(name, cer, one))
            signed_so = replace(made, credentials=(replace(one, signature=made_by),))
            if name == "small" and not change:
                ledger.append(signed_so)
            else:
                assert "credentials of the registrar" in refused(ledger, signed_so)[1]


def test_a_credential_is_found_on_its_list_alone() -> None:
    ledger, _ = is_announced()
    manifest = ledger.judge.manifest
    assert manifest is not None
    listed = [one.public for one in voters(manifest.ceremony)]
    (style,) = ledger.judge.styles
    assert all(one in style for one in listed)
    for other in (bytes(32), b"\xff" * 32, b"", group.G, *(bytes(one)[:-1] + b"\x7f" for one in listed)):
        assert bytes(other) not in style
