"""Section 15: take a good record, change one thing (signed again where that takes keys), and the named check fails."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import canonical, group, ranking
from governance.verifier.checks import Report, verify
from governance.verifier.transcript import ORDER
from tests.verifier.prover import Maker, Plan, contest, point, sign, verifier_key, zipped

PLAN = Plan()
SCRAP = "ff" * 32
BASE = group.encode(group.BASE)


def report_of(data: bytes, tmp_path: Path, earlier: tuple[bytes, ...] = ()) -> Report:
    path = tmp_path / "r.zip"
    path.write_bytes(data)
    return verify(path, earlier, lambda _: None)


def verdict(data: bytes, tmp_path: Path, earlier: tuple[bytes, ...] = ()) -> str:
    report = report_of(data, tmp_path, earlier)
    bad = [check for check in report.checks if not check.ok]
    assert all("could not finish" not in check.detail for check in bad), bad
    return f"{bad[0].section} {bad[0].name}" if bad else "ok"


def on(name: str, change: Callable[[Any], Any], which: int = 0) -> Callable[[str, Any], Any]:
    """Make a hook that changes the value of the which-th call of that name."""
    calls = [0]

    def hook(called: str, value: Any) -> Any:
        if called != name:
            return value
        calls[0] += 1
        return change(value) if calls[0] == which + 1 else value

    return hook


def put(*path: Any, to: Any) -> Callable[[Any], Any]:
    """Make a change of one place in an entry."""

    def change(value: Any) -> Any:
        value = json.loads(json.dumps(value))
        inner = value
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to(inner[path[-1]]) if callable(to) else to
        return value

    return change


def plus_q(digits: str) -> str:
    return (int.from_bytes(bytes.fromhex(digits), "little") + ORDER).to_bytes(32, "little").hex()


def bump(digits: str) -> str:
    return ((int.from_bytes(bytes.fromhex(digits), "little") + 1) % ORDER).to_bytes(32, "little").hex()


def flip(digits: str) -> str:
    return ("1" if digits[0] == "0" else "0") + digits[1:]


def piece(place: int, to: bytes) -> Callable[[bytes], bytes]:
    return lambda blob: blob[: 32 * place] + to + blob[32 * place + 32 :]


def swap(i: int, j: int, size: int) -> Callable[[bytes], bytes]:
    def change(blob: bytes) -> bytes:
        parts = [blob[at : at + size] for at in range(0, len(blob), size)]
        parts[i], parts[j] = parts[j], parts[i]
        return b"".join(parts)

    return change


def compensate(blob: bytes) -> bytes:
    """D_0 + G, D_1 - G."""
    one, two = point(blob[:32]), point(blob[32:64])
    return group.encode(group.add(one, group.BASE)) + group.encode(group.add(two, group.negate(group.BASE))) + blob[64:]


def moved(kind: str, to: str, which: int = 0) -> Callable[[str, Any], Any]:
    """Move the which-th entry of a kind to just before the first of another."""

    def change(entries: list[bytes]) -> list[bytes]:
        of = [raw for raw in entries if json.loads(raw)["kind"] == kind][which]
        rest = [raw for raw in entries if raw is not of]
        at = next(i for i, raw in enumerate(rest) if json.loads(raw)["kind"] == to)
        return [*rest[:at], of, *rest[at:]]

    return on("entries", change)


def without(kind: str, which: int = 0) -> Callable[[str, Any], Any]:
    def change(entries: list[bytes]) -> list[bytes]:
        of = [raw for raw in entries if json.loads(raw)["kind"] == kind][which]
        return [raw for raw in entries if raw is not of]

    return on("entries", change)


def twice(kind: str, which: int = 0) -> Callable[[str, Any], Any]:
    def change(entries: list[bytes]) -> list[bytes]:
        of = [raw for raw in entries if json.loads(raw)["kind"] == kind][which]
        at = entries.index(of)
        return [*entries[: at + 1], of, *entries[at + 1 :]]

    return on("entries", change)


def with_unsigned(**fields: Any) -> Callable[[Any], Any]:
    return lambda value: value | fields


SEALED_TWICE = replace(PLAN, votes=[*PLAN.votes, (0, {"board": (2,)})])
ONE_TIME = replace(SEALED_TWICE, revotes=False)
INVALID = replace(PLAN, votes=[*PLAN.votes[:3], (3, {"board": BASE})])
WITNESSED = replace(PLAN, witnesses=2, quorum=2)
FEW = replace(PLAN, contests=[contest("board", "a", "b", "c", min_ballots=9)])
SEATS = replace(PLAN, contests=[contest("board", "a", "b", "c", seats=2)])
TWO = replace(
    PLAN,
    contests=[contest("board", "a", "b", "re", reopen="re"), contest("audit", "a", "x", "y", after=["board"])],
    styles=[("board", "audit")] * 3 + [("board",)],
    votes=[
        (0, {"board": (0,), "audit": (0, 1)}),
        (1, {"board": (0, 1), "audit": (0, 1)}),
        (2, {"board": (2,), "audit": (2,)}),
        (3, {"board": ()}),
    ],
)
WOMEN = replace(
    PLAN,
    contests=[
        contest(
            "board",
            "a",
            "b",
            "c",
            seats=2,
            constraints=[{"attribute": "g", "value": "w", "min": 1, "max": 2, "candidates": ["c"], "seated": 0}],
        )
    ],
)

GOOD = {
    "plain": PLAN,
    "re-vote": SEALED_TWICE,
    "invalid": INVALID,
    "witnessed": WITNESSED,
    "void": FEW,
    "two": TWO,
    "women": WOMEN,
    "withdrawn": replace(PLAN, withdraw=[("board", "a")]),
    "cancelled": replace(PLAN, cancel=True),
    "3 of 3": replace(PLAN, threshold=3, mixers=(3, 1, 2), decrypters=(2, 3, 1)),
    "all decrypt, 1 and 3 first": replace(PLAN, decrypters=(1, 3, 2)),
    "4 of 5, three mixers more": replace(
        PLAN, trustees=5, threshold=4, mixers=(5, 4, 3, 2, 1), decrypters=(5, 1, 4, 2)
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str, tmp_path: Path) -> None:
    plan = GOOD[name]
    report = report_of(Maker(plan).make().zip(), tmp_path)
    assert report.ok, report.checks
    assert report.cancelled == plan.cancel
    assert len(report.root) == 64
    if name == "void":
        assert report.contests["board"].elected == ()
    if name == "invalid":
        assert report.contests["board"].invalid == 1
    if name == "two":
        assert report.contests["audit"].elected == ("x",)
    if name == "women":
        assert "c" in report.contests["board"].elected


Case = tuple[str, Plan, Callable[[str, Any], Any], str]
CASES: list[Case] = [
    # Row 2 and the table 1.1.
    ("q added to a response", PLAN, on("ballot", put("proof", "responses", 0, to=plus_q)), "1 form"),
    ("a bad encoding in a ballot", PLAN, on("ballot", put("contests", 0, "a", to=SCRAP)), "1 form"),
    ("an unknown field", PLAN, on("open", with_unsigned(more=1)), "1 form"),
    ("an unknown kind", PLAN, on("open", with_unsigned(kind="opened")), "1 form"),
    ("a time that is none", PLAN, on("open", with_unsigned(at="2026-02-30T09:00:00Z")), "1 form"),
    ("a boolean for an integer", PLAN, on("close", with_unsigned(ballots=True)), "1 form"),
    # Row 3 and 4.
    ("another election", PLAN, on("ballot", with_unsigned(election="other")), "8 ballot"),
    ("a credential not listed", PLAN, on("ballot", with_unsigned(credential=BASE.hex())), "8 ballot"),
    ("previous of nothing", PLAN, on("ballot", with_unsigned(previous="11" * 32)), "8 ballot"),
    ("previous left out", SEALED_TWICE, on("ballot", with_unsigned(previous="00" * 32), 4), "8 ballot"),
    ("a second ballot where one is allowed", ONE_TIME, lambda _, value: value, "8 ballot"),
    ("a changed response", PLAN, on("ballot", put("proof", "responses", 1, to=bump), 2), "8 ballot"),
    ("a changed commitment", PLAN, on("ballot", put("proof", "commitments", 0, to=BASE.hex())), "8 ballot"),
    (
        "a commitment too many",
        PLAN,
        on("ballot", put("proof", "commitments", to=lambda c: [*c, BASE.hex()])),
        "8 ballot",
    ),
    ("a response too few", PLAN, on("ballot", put("proof", "responses", to=lambda z: z[:1])), "8 ballot"),
    ("an A that is the identity", PLAN, on("ballot", put("contests", 0, "a", to="00" * 32)), "8 ballot"),
    ("another B", PLAN, on("ballot", put("contests", 0, "b", to=BASE.hex())), "8 ballot"),
    ("a contest too many", PLAN, on("ballot", put("contests", to=lambda c: [*c, c[0] | {"id": "x"}])), "8 ballot"),
    ("no contest", PLAN, on("ballot", put("contests", to=[])), "8 ballot"),
    ("the last ballot copied", PLAN, twice("ballot", 3), "8 ballot"),
    ("a ballot before open", PLAN, moved("ballot", "open"), "8 ballot"),
    ("a ballot after close", PLAN, moved("shuffle", "close"), "9 shuffle"),
    ("a ballot dropped", PLAN, without("ballot"), "1 form"),
    ("list_0 in another order", PLAN, on("list_0", swap(0, 1, 64)), "9 mix input"),
    ("a ballot dropped from list_0", PLAN, on("list_0", lambda blob: blob[64:]), "9 mix input"),
    ("the superseded ballot mixed", SEALED_TWICE, on("list_0", lambda blob: blob[-64:] + blob[:-64]), "9 mix input"),
    # Row 5.
    ("two outputs swapped", PLAN, on("output", swap(0, 1, 64)), "9 shuffle"),
    ("an output doubled", PLAN, on("output", lambda blob: blob[:64] + blob[:64] + blob[128:]), "9 shuffle"),
    ("an output dropped", PLAN, on("output", lambda blob: blob[64:]), "9 shuffle"),
    ("an A is the identity", PLAN, on("output", piece(0, bytes(32))), "9 shuffle"),
    ("an output that does not decode", PLAN, on("output", piece(1, b"\xff" * 32)), "9 shuffle"),
    ("a proof that does not decode", PLAN, on("proof", piece(0, b"\xff" * 32)), "9 shuffle"),
    ("a scalar that is q", PLAN, on("proof", piece(20, ORDER.to_bytes(32, "little"))), "9 shuffle"),
    ("a short proof", PLAN, on("proof", lambda blob: blob[32:]), "9 shuffle"),
    ("a signature of another", PLAN, on("shuffle signed", put("signature", to=flip)), "9 shuffle"),
    ("mixer 2 first", PLAN, on("shuffle", with_unsigned(mixer=2)), "9 shuffle"),
    ("mixer -1", PLAN, on("shuffle", with_unsigned(mixer=-1)), "9 shuffle"),
    ("trustee 9", PLAN, on("shuffle", with_unsigned(trustee=9)), "9 shuffle"),
    ("one trustee mixes twice", replace(PLAN, mixers=(1, 1)), lambda _, value: value, "9 shuffle"),
    ("one mixer", replace(PLAN, mixers=(1,)), lambda _, value: value, "9 shuffle"),
    ("two mixers for 3 of 3", replace(PLAN, threshold=3, decrypters=(1, 2, 3)), lambda _, value: value, "9 shuffle"),
    ("an unknown contest is mixed", PLAN, on("shuffle", with_unsigned(contest="x")), "9 shuffle"),
    ("the input of mixer 2", PLAN, on("shuffle", lambda value: value | {"input": value["output"]}, 1), "9 mix input"),
    (
        "compensating t3 and t4a",
        PLAN,
        on("t", lambda ts: [*ts[:2], group.add(ts[2], group.BASE), group.add(ts[3], group.negate(group.BASE)), ts[4]]),
        "9 shuffle",
    ),
    # Row 6 and 7.
    ("compensating factors", PLAN, on("factors", compensate), "10 decrypt"),
    ("a proof without the digests", PLAN, on("digests", lambda _: b""), "10 decrypt"),
    ("an identity factor", PLAN, on("factors", piece(1, bytes(32))), "10 decrypt"),
    ("a factor that does not decode", PLAN, on("factors", piece(1, b"\xff" * 32)), "10 decrypt"),
    ("factors of another trustee", PLAN, on("decrypt", with_unsigned(trustee=3)), "10 decrypt"),
    ("too few factors", PLAN, on("factors", lambda blob: blob[32:]), "10 decrypt"),
    ("no proof", PLAN, on("decrypt", with_unsigned(proofs=[])), "10 decrypt"),
    ("a changed c", PLAN, on("decrypt", put("proofs", 0, "c", to=bump)), "10 decrypt"),
    ("a changed s", PLAN, on("decrypt", put("proofs", 0, "s", to=bump)), "10 decrypt"),
    ("a bad signature", PLAN, on("decrypt signed", put("signature", to=flip)), "10 decrypt"),
    ("one decrypts twice", PLAN, twice("decrypt"), "10 decrypt"),
    ("one decrypts", PLAN, without("decrypt"), "10 decrypt"),
    ("a decryption after the result", PLAN, moved("result", "decrypt"), "10 decrypt"),
    ("another list", PLAN, on("decrypt", lambda value: value | {"input": value["factors"]}), "10 decrypt"),
    ("a third, bad decryption", replace(PLAN, decrypters=(1, 2, 3)), on("factors", swap(0, 1, 32), 2), "10 decrypt"),
    # Row 8: ceremony.
    ("a threshold of half", replace(PLAN, threshold=1), lambda _, value: value, "6 ceremony"),
    ("a threshold above n", PLAN, on("ceremony", with_unsigned(threshold=4)), "6 ceremony"),
    ("index 0", PLAN, on("ceremony", put("trustees", 0, "index", to=0)), "6 ceremony"),
    (
        "one box key twice",
        PLAN,
        on("ceremony", put("trustees", 0, "box", to=hashlib.sha256(b"test/box2").hexdigest())),
        "6 ceremony",
    ),
    ("a box key of small order", PLAN, on("ceremony", put("trustees", 0, "box", to="00" * 31 + "80")), "6 ceremony"),
    (
        "a box key of small order, not reduced",
        PLAN,
        on("ceremony", put("trustees", 0, "box", to="ee" + "ff" * 31)),
        "6 ceremony",
    ),
    (
        "an identity of small order",
        PLAN,
        on("ceremony", put("registrar", "identity", to="01" + "00" * 31)),
        "6 ceremony",
    ),
    ("a commit that does not match", PLAN, on("trustee-commit", put("commit", to=flip)), "6 ceremony"),
    ("a commit's signature", PLAN, on("trustee-commit signed", put("signature", to=flip)), "6 ceremony"),
    ("a key's proof", PLAN, on("trustee-key", put("proof", "response", to=bump)), "6 ceremony"),
    (
        "a commitment too many in a key",
        PLAN,
        on("trustee-key", put("commitments", to=lambda c: [*c, BASE.hex()])),
        "6 ceremony",
    ),
    ("an identity commitment", PLAN, on("trustee-key", put("commitments", 1, to="00" * 32)), "6 ceremony"),
    ("other keys confirmed", PLAN, on("trustee-confirm", put("keys", to=flip)), "6 ceremony"),
    ("a confirm index repeated", PLAN, on("trustee-confirm", with_unsigned(index=1), 1), "6 ceremony"),
    ("a key before the last commit", PLAN, moved("trustee-key", "trustee-commit"), "6 ceremony"),
    ("no confirm of one", PLAN, without("trustee-confirm"), "6 ceremony"),
    ("ready twice", PLAN, twice("trustee-ready"), "6 ceremony"),
    ("not ready", PLAN, without("trustee-ready"), "6 ceremony"),
    ("ready for another manifest", PLAN, on("trustee-ready", put("manifest", to=flip)), "6 ceremony"),
    ("ready without the secret", PLAN, on("trustee-ready", put("proof", "response", to=bump)), "6 ceremony"),
    # Row 8: manifest.
    ("version 2", PLAN, on("manifest", with_unsigned(version=2)), "7 manifest"),
    ("another public key", PLAN, on("manifest", with_unsigned(public_key=BASE.hex())), "7 manifest"),
    ("another ceremony", PLAN, on("manifest", put("ceremony", to=flip)), "7 manifest"),
    ("another election's manifest", PLAN, on("manifest", with_unsigned(election="other")), "7 manifest"),
    ("closes before it opens", PLAN, on("manifest", with_unsigned(closes="2026-03-01T09:00:00Z")), "7 manifest"),
    ("no seats", PLAN, on("manifest", put("contests", 0, "seats", to=0)), "7 manifest"),
    ("a limit of none", PLAN, on("manifest", put("contests", 0, "max_ranks", to=0)), "4 manifest"),
    ("a limit above n", PLAN, on("manifest", put("contests", 0, "max_ranks", to=4)), "4 manifest"),
    ("one ballot is enough", PLAN, on("manifest", put("contests", 0, "min_ballots", to=1)), "7 manifest"),
    ("a rule not offered", PLAN, on("manifest", put("contests", 0, "rule", "id", to="meek-nz")), "7 manifest"),
    ("irv for two seats", SEATS, on("manifest", put("contests", 0, "rule", "id", to="irv")), "7 manifest"),
    ("counted by another rule", PLAN, on("manifest", put("contests", 0, "rule", "id", to="irv")), "11 count"),
    ("a parameter", PLAN, on("manifest", put("contests", 0, "rule", to={"id": "scottish-stv", "x": 1})), "7 manifest"),
    ("after itself", PLAN, on("manifest", put("contests", 0, "after", to=["board"])), "7 manifest"),
    ("the registrar's signature", PLAN, on("manifest", put("credentials", 0, "signature", to=flip)), "7 manifest"),
    ("signed for another ceremony", PLAN, on("credentials signed", with_unsigned(ceremony="00" * 64)), "7 manifest"),
    ("signed for another roll", PLAN, on("credentials signed", put("roll", "count", to=5)), "7 manifest"),
    ("more credentials than voters", PLAN, on("credentials", put("roll", "count", to=3)), "7 manifest"),
    ("a count that is not the size", PLAN, on("credentials", with_unsigned(count=3)), "7 manifest"),
    ("credentials not sorted", PLAN, on("credentials blob", swap(0, 1, 32)), "7 manifest"),
    ("a credential twice", PLAN, on("credentials blob", lambda blob: blob[:32] + blob), "7 manifest"),
    ("an identity credential", PLAN, on("credentials blob", lambda blob: bytes(32) + blob[32:]), "7 manifest"),
    (
        "a credential that does not decode",
        PLAN,
        on("credentials blob", lambda blob: blob[:-32] + b"\xff" * 32),
        "7 manifest",
    ),
    ("quorum 0 with witnesses", WITNESSED, on("manifest", put("board", "quorum", to=0)), "7 manifest"),
    ("quorum above the witnesses", WITNESSED, on("manifest", put("board", "quorum", to=3)), "7 manifest"),
    ("another origin", PLAN, on("manifest", put("board", "origin", to="x")), "7 manifest"),
    (
        "one witness twice",
        WITNESSED,
        on("manifest", put("board", "witnesses", to=lambda w: [w[0], w[0]])),
        "7 manifest",
    ),
    (
        "a re-open id in two contests",
        TWO,
        on("manifest", put("contests", 1, "candidates", 1, "id", to="re")),
        "7 manifest",
    ),
    (
        "a constraint on re-open",
        TWO,
        on(
            "manifest",
            put(
                "contests",
                0,
                "constraints",
                to=[{"attribute": "a", "value": "b", "min": 0, "max": 1, "candidates": ["re"], "seated": 0}],
            ),
        ),
        "7 manifest",
    ),
    # Row 9 and 10.
    ("a paper dropped", PLAN, on("result blob", put("papers", to=lambda p: p[1:])), "11 result"),
    ("a blank more", PLAN, on("result blob", put("blank", to=2)), "11 result"),
    ("an invalid repaired", INVALID, on("result blob", put("invalid", to=0)), "11 result"),
    ("another quota", PLAN, on("count blob", put("quota", to="9.00000")), "11 count"),
    ("another tally", PLAN, on("count blob", put("stages", 0, "tallies", "a", to="9.00000")), "11 count"),
    ("the winner swapped", PLAN, on("count", put("elected", to=["c"])), "11 count"),
    ("another rule counted", PLAN, on("count", with_unsigned(rule="irv")), "11 count"),
    ("a withdrawal unknown", replace(PLAN, withdraw=[("board", "z")]), lambda _, value: value, "11 count"),
    ("a withdrawal twice", replace(PLAN, withdraw=[("board", "a")] * 2), lambda _, value: value, "11 count"),
    ("a withdrawal of re-open", replace(TWO, withdraw=[("board", "re")]), lambda _, value: value, "11 count"),
    # Row 11 and order.
    ("closed too early", PLAN, on("close", with_unsigned(at="2026-03-08T17:59:59Z")), "9 close"),
    ("opened too early", PLAN, on("open", with_unsigned(at="2026-03-01T08:59:59Z")), "9 close"),
    ("another number of ballots", PLAN, on("close", with_unsigned(ballots=3)), "9 close"),
    ("void with another number", FEW, on("void", with_unsigned(ballots=3)), "9 close"),
    ("void twice", FEW, twice("void"), "9 close"),
    ("no void", FEW, without("void"), "13 order"),
    ("no count", PLAN, without("count"), "13 order"),
    ("two counts", PLAN, twice("count"), "13 order"),
    ("two results", PLAN, twice("result"), "13 order"),
    ("a count before its result", PLAN, moved("count", "result"), "13 order"),
    ("counted before its after contest", TWO, moved("count", "result", 1), "13 order"),
    ("two manifests", PLAN, twice("manifest"), "13 order"),
    ("two ceremonies", PLAN, twice("ceremony"), "13 order"),
    ("no manifest", PLAN, without("manifest"), "6 ceremony"),
    ("two openings", PLAN, twice("open"), "13 order"),
    ("two closes", PLAN, twice("close"), "13 order"),
    ("no close", PLAN, without("close"), "9 shuffle"),
    ("cancelled twice", replace(PLAN, cancel=True), twice("cancel"), "13 order"),
    ("a withdrawal after close", replace(PLAN, withdraw=[("board", "a")]), moved("withdraw", "shuffle"), "13 order"),
    # The checkpoint.
    ("another size", PLAN, on("checkpoint text", lambda t: t.replace("\n", "\n1", 1)), "13 board"),
    ("another origin signed", PLAN, on("checkpoint text", lambda t: "x" + t), "13 board"),
    ("an extension line", PLAN, on("checkpoint text", lambda t: t + "more\n"), "13 board"),
    (
        "another root",
        PLAN,
        on("checkpoint text", lambda t: "\n".join([*t.split("\n")[:2], "A" * 43 + "=", ""])),
        "13 board",
    ),
    ("unsigned", PLAN, on("lines", lambda lines: lines[1:]), "13 board"),
    ("no quorum", WITNESSED, on("lines", lambda lines: lines[:2]), "13 board"),
    ("one cosignature twice", WITNESSED, on("lines", lambda lines: [lines[0], lines[1], lines[1]]), "13 board"),
    (
        "a second, bad line of the log",
        PLAN,
        on("lines", lambda lines: [*lines, lines[0][:-10] + "AAAAAAA==\n"]),
        "13 board",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[3]}: {case[0]}".replace(" ", "_") for case in CASES])
def test_refused(case: Case, tmp_path: Path) -> None:
    _, plan, hook, wanted = case
    assert verdict(Maker(plan, hook).make().zip(), tmp_path) == wanted


def test_number_of_cases() -> None:
    assert len(CASES) >= 130


def test_a_vote_is_not_repaired() -> None:
    assert ranking.code_of(BASE) is None or ranking.ranking_of(ranking.code_of(BASE) or 0, 3, 3) is None


def test_every_part_of_a_shuffle_proof(tmp_path: Path) -> None:
    """Row 5: every other field of the proof by itself, signed again (test_vectors.py has each, unsigned)."""
    count = len(PLAN.votes)
    for place in range(0, 5 * count + 9, 3):
        to = BASE if place < 3 * count + 5 else (12345).to_bytes(32, "little")
        hook = on("proof", piece(place, to), place // 3 % 2)
        assert verdict(Maker(PLAN, hook).make().zip(), tmp_path) == "9 shuffle", place


def test_earlier_checkpoints(tmp_path: Path) -> None:
    maker = Maker(PLAN).make()
    data = maker.zip()
    older = maker.checkpoint(maker.entries[:7])
    assert verdict(data, tmp_path, (older, maker.checkpoint([]), maker.checkpoint(maker.entries))) == "ok"
    other = maker.checkpoint([*maker.entries[:6], b"{}"])
    assert verdict(data, tmp_path, (older, other)) == "13 board"
    assert verdict(data, tmp_path, (maker.checkpoint([*maker.entries, b"{}"]),)) == "13 board"
    text = older.decode().split("\n\n")[0] + "\n"
    forged = Maker.line(verifier_key(maker.origin, 1, bytes(32)), sign(bytes(32), text.encode()))
    assert verdict(data, tmp_path, ((text + "\n" + forged).encode(),)) == "13 board"
    assert verdict(data, tmp_path, (text.encode(),)) == "13 board"


def test_every_byte_of_entries_counts(tmp_path: Path) -> None:
    """Row 1, without signing again: a sample of bytes of each file."""
    files = Maker(PLAN).make().files()
    for name, data in files.items():
        for at in range(0, len(data), max(1, len(data) // 8)):
            changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
            assert verdict(zipped(files | {name: changed}), tmp_path) != "ok", (name, at)


def test_notices_may_stand_anywhere(tmp_path: Path) -> None:
    notice = canonical.write({"kind": "notice", "at": "2026-01-01T00:00:00Z", "subject": "", "body": "\u00e9"})
    hook = on("entries", lambda entries: [notice, *(each for raw in entries for each in (raw, notice))])
    assert verdict(Maker(PLAN, hook).make().zip(), tmp_path) == "ok"
