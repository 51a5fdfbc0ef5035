"""Sections 8, 9 and 13 under proofs that hold: the prover proves honestly whatever is wrong, so one check alone sees it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import canonical, group
from tests.verifier.prover import Hook, Maker, Plan, contest, keep
from tests.verifier.test_tampering import (
    FEW,
    ONE_TIME,
    PLAN,
    SEALED_TWICE,
    TWO,
    bump,
    moved,
    on,
    put,
    twice,
    verdict,
    without,
)

Ballots = Callable[[Maker], None]


def after_setup(plan: Plan, change: Ballots, hook: Hook) -> Maker:
    """A record whose maker is changed once the manifest stands."""
    maker = Maker(plan, hook)
    maker.ceremony()
    maker.manifest()
    change(maker)
    maker.poll()
    maker.tally()
    return maker


def both(*hooks: Hook) -> Hook:
    def hook(name: str, value: Any) -> Any:
        for each in hooks:
            value = each(name, value)
        return value

    return hook


def nothing(_: Maker) -> None:
    pass


def other_style(*styles: tuple[str, ...]) -> Ballots:
    """Voters seal for these contests instead of their own."""

    def change(maker: Maker) -> None:
        maker.plan = replace(maker.plan, styles=[*styles, *maker.plan.styles[len(styles) :]])

    return change


def drawing(*numbers: int) -> Ballots:
    """The first numbers that are drawn after the manifest, the r of the first ballot, are these."""

    def change(maker: Maker) -> None:
        drawn, first = maker.random, list(numbers)
        maker.random = lambda: first.pop(0) if first else drawn()  # type: ignore[method-assign]

    return change


no_secret = drawing(0)
"""A is the identity, and its logarithm is known."""


def no_b(maker: Maker) -> None:
    """The first ballot's r is 1 and its message -Y: B is the identity, which it may be."""
    drawing(1)(maker)
    message = group.encode(group.negate(maker.y))
    maker.plan = replace(maker.plan, votes=[(0, {"board": message}), *maker.plan.votes[1:]])


def a_result_for_the_void(maker: Maker) -> None:
    result = canonical.write({"blank": 0, "invalid": 0, "papers": []})
    maker.hook = on("void", lambda _: {"kind": "result", "contest": "board", "ballots": maker.ref(result)})


def after(which: int, to: bytes) -> Ballots:
    """The which-th ballot is sealed over another `previous`."""

    def change(maker: Maker) -> None:
        seal, calls = maker.seal, iter(range(99))

        def sealed(voter: int, rankings: dict[str, Any], previous: bytes) -> dict[str, Any]:
            return seal(voter, rankings, to if next(calls) == which else previous)

        maker.seal = sealed  # type: ignore[method-assign]

    return change


def unlisted(blob: bytes) -> bytes:
    """Voter 0's credential is on no list."""
    mine = Maker(PLAN).credentials[0]
    return b"".join(each for at in range(0, len(blob), 32) if (each := blob[at : at + 32]) != mine)


def after_close(entries: list[bytes]) -> list[bytes]:
    last = [raw for raw in entries if b'"kind":"ballot"' in raw][-1]
    rest = [raw for raw in entries if raw is not last]
    at = next(place for place, raw in enumerate(rest) if b'"kind":"close"' in raw)
    return [*rest[: at + 1], last, *rest[at + 1 :]]


def extensions(*closes: str) -> Hook:
    made = [
        canonical.write({"kind": "extend", "at": "2026-01-01T00:00:00Z", "closes": at, "reason": ""}) for at in closes
    ]

    def change(entries: list[bytes]) -> list[bytes]:
        at = next(place for place, raw in enumerate(entries) if b'"kind":"close"' in raw)
        return [*entries[:at], *made, *entries[at:]]

    return on("entries", change)


def late(second: int) -> str:
    return f"2026-03-08T18:00:0{second}Z"


def closing(at: str) -> Hook:
    return on("close", put("at", to=at))


def withdrawn(*pairs: tuple[str, str]) -> Plan:
    return replace(TWO, withdraw=list(pairs))


def bad_proof() -> Hook:
    return on("ballot", put("proof", "responses", 0, to=bump), 1)


def no_change() -> Hook:
    return keep


def again(kind: str, before: str) -> Hook:
    """The first entry of a kind stands a second time, before the first of another."""

    def change(entries: list[bytes]) -> list[bytes]:
        kinds = [json.loads(raw)["kind"] for raw in entries]
        at = kinds.index(before)
        return [*entries[:at], entries[kinds.index(kind)], *entries[at:]]

    return on("entries", change)


def first_count(entries: list[bytes]) -> bytes:
    return next(raw for raw in entries if json.loads(raw)["kind"] == "count")


REOPENED = replace(PLAN, contests=[contest("board", "a", "b", "c", "re", reopen="re")], withdraw=[("board", "re")])
SHARED = [{"attribute": "g", "value": "w", "min": 0, "max": 1, "candidates": ["a", "x"], "seated": 0}]
"""Whoever board elects is counted in: with a there, x may not be elected here."""
BOUND = replace(TWO, contests=[TWO.contests[0], contest("audit", "a", "x", "y", after=["board"], constraints=SHARED)])
ALL_THREE: dict[str, Any] = {"one": (0,), "two": (1, 0), "three": (0, 1)}
THREE = replace(
    PLAN,
    contests=[contest("one", "a", "b"), contest("two", "c", "d"), contest("three", "e", "f")],
    styles=[("one", "two", "three")] * 2 + [("two", "three")] * 2,
    votes=[(0, ALL_THREE), (2, {"two": (), "three": (1,)}), (1, ALL_THREE), (3, {"two": (0,), "three": (1, 0)})],
)
CASES: list[tuple[str, Plan, Ballots, Callable[[], Hook], str]] = [
    ("three contests", THREE, nothing, no_change, "ok"),
    ("an A that is the identity in the second contest", TWO, drawing(7, 0), no_change, "8 ballot"),
    ("a B that is the identity", PLAN, no_b, no_change, "ok"),
    ("of another election", PLAN, nothing, lambda: on("ballot", put("election", to="other")), "8 ballot"),
    ("a commitment more", PLAN, nothing, lambda: both(
        on("secrets", lambda secrets: [*secrets, 5]), on("ballot", put("proof", "responses", to=lambda z: z[:-1]))),
     "8 ballot"),
    ("a response more", PLAN, nothing, lambda: on("ballot", put("proof", "responses", to=lambda z: [*z, "00" * 32])),
     "8 ballot"),
    ("a second where one is allowed", ONE_TIME, nothing, no_change, "8 ballot"),
    ("a ballot before the opening", PLAN, nothing, lambda: moved("ballot", "open"), "8 ballot"),
    ("another number of ballots", PLAN, nothing, lambda: on("close", put("ballots", to=3)), "9 close"),
    ("cancelled twice", replace(PLAN, cancel=True), nothing, lambda: on("entries", lambda entries: [
        *entries, *[canonical.write({"kind": "cancel", "at": late(0), "reason": ""})] * 2]), "13 order"),
    ("withdrawn twice", withdrawn(("board", "b"), ("board", "b")), nothing, no_change, "11 count"),
    ("a result of a void contest", FEW, a_result_for_the_void, no_change, "9 close"),
    ("an unknown contest is mixed", PLAN, nothing, lambda: on("shuffle", put("contest", to="x")), "9 shuffle"),
    ("mixed before the close", PLAN, nothing, lambda: moved("shuffle", "close"), "9 shuffle"),
    ("counted before whom it waits for", TWO, nothing, lambda: on("entries", lambda entries: [
        *(raw for raw in entries if raw != first_count(entries)), first_count(entries)]), "13 order"),
    ("whoever was elected before is counted in", BOUND, nothing, no_change, "ok"),
    ("contests in another order", TWO, other_style(("audit", "board")), no_change, "8 ballot"),
    ("a contest too few", TWO, other_style(("board",)), no_change, "8 ballot"),
    ("another contest", replace(TWO, votes=[*TWO.votes[:3], (3, {"audit": ()})]),
     other_style(*TWO.styles[:3], ("audit",)), no_change, "8 ballot"),
    ("an A that is the identity", PLAN, no_secret, no_change, "8 ballot"),
    ("a proof of one secret more", PLAN, nothing, lambda: on("secrets", lambda secrets: [*secrets, 5]), "8 ballot"),
    ("a proof of one secret fewer", PLAN, nothing, lambda: on("secrets", lambda secrets: secrets[:-1]), "8 ballot"),
    ("a credential that is not listed", PLAN, nothing, lambda: on("credentials blob", unlisted), "8 ballot"),
    ("previous of nothing", PLAN, after(0, b"\x11" * 32), no_change, "8 ballot"),
    ("no previous at the second", SEALED_TWICE, after(4, bytes(32)), no_change, "8 ballot"),
    ("another previous at the second", SEALED_TWICE, after(4, b"\x11" * 32), no_change, "8 ballot"),
    ("no previous where one ballot is allowed", ONE_TIME, after(4, bytes(32)), no_change, "8 ballot"),
    ("one of each where one is allowed", replace(PLAN, revotes=False), nothing, no_change, "ok"),
    ("three of one", replace(PLAN, votes=[*SEALED_TWICE.votes, (0, {"board": ()})]), nothing, no_change, "ok"),
    ("a ballot after the close", PLAN, nothing,
     lambda: both(on("close", put("ballots", to=3)), on("entries", after_close)), "8 ballot"),
    # What comes first is the verdict, though proofs wait for their batch.
    ("a bad proof, then a bad close", PLAN, nothing,
     lambda: both(bad_proof(), on("close", put("ballots", to=9))), "8 ballot"),
    ("a bad proof, then no end", PLAN, nothing,
     lambda: both(bad_proof(), on("entries", lambda e: e[:19])), "8 ballot"),
    ("a bad proof, then a cancel", PLAN, nothing,
     lambda: both(bad_proof(), on("entries", lambda e: [
         *e[:19], canonical.write({"kind": "cancel", "at": late(0), "reason": ""})])), "8 ballot"),
    ("ballots, then a cancel", PLAN, nothing, lambda: on("entries", lambda e: [
        *e[:19], canonical.write({"kind": "cancel", "at": late(0), "reason": ""})]), "ok"),
    # Times.
    ("two extensions", PLAN, nothing, lambda: both(closing(late(2)), extensions(late(1), late(2))), "ok"),
    ("one extension twice", PLAN, nothing, lambda: both(closing(late(2)), extensions(late(1), late(1))), "9 close"),
    ("put off less", PLAN, nothing, lambda: both(closing(late(2)), extensions(late(2), late(1))), "9 close"),
    ("closed before the last", PLAN, nothing, lambda: both(closing(late(1)), extensions(late(1), late(2))), "9 close"),
    # Withdrawals.
    ("two withdraw", withdrawn(("board", "b"), ("audit", "y")), nothing, no_change, "ok"),
    ("one withdraws from both", withdrawn(("board", "a"), ("audit", "a")), nothing, no_change, "ok"),
    ("from an unknown contest", withdrawn(("other", "a")), nothing, no_change, "11 count"),
    ("a candidate of the other contest", withdrawn(("board", "x")), nothing, no_change, "11 count"),
    ("while it is open", withdrawn(("board", "b")), nothing, lambda: moved("withdraw", "ballot"), "ok"),
    ("after the close", withdrawn(("board", "b")), nothing, lambda: moved("withdraw", "result"), "13 order"),
    ("re-open nominations withdraws", REOPENED, nothing, no_change, "11 count"),
    # What is not there yet, or of no contest.
    ("closed before it opens, and nobody votes", replace(PLAN, votes=[]), nothing, lambda: moved("close", "open"),
     "13 order"),
    ("opened twice", PLAN, nothing, lambda: twice("open"), "13 order"),
    ("closed twice", PLAN, nothing, lambda: twice("close"), "13 order"),
    ("extended before it opens", PLAN, nothing, lambda: both(closing(late(1)), extensions(late(1)), moved("extend", "open")),
     "13 order"),
    ("extended after the close", PLAN, nothing, lambda: both(extensions(late(1)), moved("close", "extend")), "13 order"),
    ("decrypted before the close", PLAN, nothing, lambda: moved("decrypt", "close"), "13 order"),
    ("a result before the close", PLAN, nothing, lambda: moved("result", "close"), "13 order"),
    ("a count before the close", PLAN, nothing, lambda: moved("count", "close"), "13 order"),
    ("an unknown contest is decrypted", PLAN, nothing, lambda: on("decrypt", put("contest", to="x")), "10 decrypt"),
    ("a result of an unknown contest", PLAN, nothing, lambda: on("result", put("contest", to="x")), "11 result"),
    ("a count of an unknown contest", PLAN, nothing, lambda: on("count", put("contest", to="x")), "11 count"),
    ("a contest is left out", TWO, nothing, lambda: on("entries", lambda entries: [
        raw for raw in entries if json.loads(raw).get("contest") != "audit"]), "13 order"),
    ("good ballots, then no end", PLAN, nothing, lambda: on("entries", lambda e: e[:19]), "13 order"),
    ("opened too early", PLAN, nothing, lambda: on("open", put("at", to="2026-03-01T08:59:59Z")), "9 close"),
    ("a trustee again after the manifest", PLAN, nothing, lambda: again("trustee-confirm", "open"), "6 ceremony"),
    ("a trustee again after the opening", PLAN, nothing, lambda: again("trustee-confirm", "ballot"), "13 order"),
    ("the ceremony again after the manifest", PLAN, nothing, lambda: again("ceremony", "open"), "13 order"),
    ("ready again after the opening", PLAN, nothing, lambda: again("trustee-ready", "ballot"), "13 order"),
    ("void", FEW, nothing, no_change, "ok"),
    ("void of another number", FEW, nothing, lambda: on("void", put("ballots", to=3)), "9 close"),
    ("void twice", FEW, nothing, lambda: twice("void"), "9 close"),
    ("void and before the close", FEW, nothing, lambda: moved("void", "close"), "13 order"),
    ("void, of an unknown contest", FEW, nothing, lambda: on("void", put("contest", to="x")), "9 close"),
    ("one trustee is not ready", PLAN, nothing, lambda: without("trustee-ready", 2), "6 ceremony"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_one_thing_wrong(case: tuple[str, Plan, Ballots, Callable[[], Hook], str], tmp_path: Path) -> None:
    _, plan, change, hook, wanted = case
    assert verdict(after_setup(plan, change, hook()).zip(), tmp_path) == wanted


def test_a_re_voter_stands_where_the_last_ballot_stands(tmp_path: Path) -> None:
    """Any other order of list_0 is refused, that of the first ballots too."""
    assert verdict(Maker(SEALED_TWICE).make().zip(), tmp_path) == "ok"
    kept = on("list_0", lambda blob: blob[-64:] + blob[:-64])
    assert verdict(Maker(SEALED_TWICE, kept).make().zip(), tmp_path) == "9 mix input"
