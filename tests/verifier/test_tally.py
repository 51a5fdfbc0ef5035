"""Sections 9 to 11 on one contest by itself: each field of an entry wrong alone, signed again where that takes a key."""

import itertools
import json
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import canonical, ceremony, group, manifest, proofs, shuffle, stages, tally
from governance.verifier.failure import CheckFailedError
from governance.verifier.form import Entry
from governance.verifier.record import Record
from governance.verifier.shuffle import Generators
from governance.verifier.tally import Context, Outcome, Tally, lagrange
from tests.verifier.prover import Hook, Maker, Plan, contest, keep, sign
from tests.verifier.test_tampering import on, piece, verdict

Value = dict[str, Any]
Change = Callable[[Value], Value]
GENERATORS = Generators()


class Made:
    """A record, and its one contest from the close on."""

    def __init__(self, plan: Plan, folder: Path, hook: Hook = keep) -> None:
        self.played: dict[tuple[str, int], Tally] = {}
        self.maker = Maker(plan, hook).make()
        path = folder / "r.zip"
        path.write_bytes(self.maker.zip())
        self.record = Record(path, lambda _: None)
        entries = self.record.entries
        at = next(at for at, entry in enumerate(entries) if isinstance(entry, Entry) and entry.kind == "manifest")
        announced = entries[at]
        assert isinstance(announced, Entry)
        opened = ceremony.check(entries[:at])
        agreed = manifest.check(announced, opened, self.record.pieces, frozenset())
        self.context = Context(self.record, opened, agreed, GENERATORS)
        self.entries = [json.loads(raw) for raw in self.maker.entries]
        self.entries = [value for value in self.entries if value["kind"] in {*KINDS, "void"}]

    def of(self, kind: str, which: int = 0) -> Value:
        found: Value = [value for value in self.entries if value["kind"] == kind][which]
        return found

    def outcome(self) -> Outcome:
        return Outcome(9, 1, 2, tuple(self.maker.elected["board"]))

    def tally(self) -> Tally:
        (described,) = self.context.manifest.contests.values()
        first = shuffle.decode_list(self.maker.lists["board"])
        assert isinstance(first, shuffle.CiphertextList)
        return Tally(self.context, described, first)

    def take(self, on: Tally, value: Value, by: int = 0) -> None:
        """Judge an entry, signed by its trustee or by another."""
        value = {name: item for name, item in value.items() if name != "signature"}
        if value["kind"] in {"shuffle", "decrypt"}:
            seed = self.maker.identity_seeds.get(by or value["trustee"], bytes(32))
            value["signature"] = sign(seed, canonical.write(value)).hex()
        entry = Entry(0, value["kind"], canonical.write(value))
        if value["kind"] == "count":
            on.count(entry, frozenset(), frozenset())
        else:
            getattr(on, value["kind"])(entry)

    def play(self, kind: str, which: int = 0) -> Tally:
        """Judge all entries before the which-th of a kind."""
        on = self.tally()
        for value in itertools.takewhile(lambda value: value != self.of(kind, which), self.entries):
            self.take(on, value)
        return on

    def until(self, kind: str, which: int = 0) -> Tally:
        """The same, played once and then copied."""
        if (kind, which) not in self.played:
            self.played[kind, which] = self.play(kind, which)
        found = copy(self.played[kind, which])
        for name in Tally.__slots__:
            setattr(found, name, copy(getattr(found, name)))
        return found

    def refusal(self, on: Tally, value: Value, by: int = 0) -> tuple[str, str]:
        with pytest.raises(CheckFailedError) as caught:
            self.take(on, value, by)
        return caught.value.name, caught.value.detail


KINDS = ("shuffle", "decrypt", "result", "count")
BOARD = contest("board", *"abcdef", max_ranks=3)
CHOICES: list[tuple[int, ...] | bytes] = [(), bytes(32), bytes(32), (0, 1, 2), (1,), (2,), (3,), (4,), (5,)]
PLAN = Plan(
    contests=[BOARD],
    styles=[("board",)] * len(CHOICES),
    votes=[(voter, {"board": choice}) for voter, choice in enumerate(CHOICES)],
)
"""Nine ballots: one blank, two that are no ranking, one for each candidate, so that lots decide."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    one = Made(replace(PLAN, decrypters=(3, 1)), tmp_path_factory.mktemp("made"))
    with one.record:
        yield one


@pytest.fixture(scope="module")
def void(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    one = Made(replace(PLAN, contests=[BOARD | {"min_ballots": 10}]), tmp_path_factory.mktemp("void"))
    with one.record:
        yield one


def test_what_is_played_holds(made: Made) -> None:
    on = made.until("count")
    assert (on.ballots, on.is_void, on.outcome) == (9, False, None)
    made.take(on, made.of("count"))
    assert made.entries[-1] == made.of("count")
    assert on.outcome == made.outcome()
    assert made.of("count")["rule"] == "scottish-stv"


@pytest.mark.parametrize("trustees", [*itertools.combinations(range(1, 6), 3), (5, 1, 4, 2), (9, 2), (1, 2)])
def test_lagrange_gives_the_value_at_nought(trustees: tuple[int, ...]) -> None:
    numerators, denominator = lagrange(trustees)
    assert denominator > 0
    for degree in range(len(trustees)):
        found = sum(each * (7 + at**degree) for each, at in zip(numerators, trustees, strict=True))
        assert found == denominator * (7 + (degree == 0))


def put(field: str, to: Any) -> Change:
    return lambda value: {**value, field: to(value[field]) if callable(to) else to}


def larger(by: int) -> Callable[[Value], Value]:
    return lambda reference: {**reference, "size": reference["size"] + by}


def same(value: Value) -> Value:
    return value


def of(field: str, other: str) -> Change:
    return lambda value: {**value, field: value[other]}


CASES: list[tuple[str, int, Change, int, str, str]] = [
    ("shuffle", 0, put("mixer", 2), 0, "shuffle", "mixer 2 stands where 1 must"),
    ("shuffle", 0, put("mixer", 0), 0, "shuffle", "mixer 0 stands where 1 must"),
    ("shuffle", 1, put("mixer", 1), 0, "shuffle", "mixer 1 stands where 2 must"),
    ("shuffle", 1, put("mixer", 3), 0, "shuffle", "mixer 3 stands where 2 must"),
    ("shuffle", 1, put("trustee", 1), 0, "shuffle", "twice by one"),
    ("shuffle", 0, put("trustee", 4), 0, "shuffle", "an unknown trustee"),
    ("shuffle", 0, put("trustee", 0), 0, "shuffle", "an unknown trustee"),
    ("shuffle", 0, same, 2, "shuffle", "signature of trustee 1 does not verify"),
    ("shuffle", 0, of("input", "output"), 0, "mix input", "is not the list before it"),
    ("shuffle", 0, put("input", larger(1)), 0, "mix input", "is not the list before it"),
    ("shuffle", 0, put("output", larger(64)), 0, "shuffle", "another length than its input"),
    ("shuffle", 0, put("output", larger(-64)), 0, "shuffle", "another length than its input"),
    ("shuffle", 0, put("proof", larger(32)), 0, "shuffle", "a wrong size"),
    ("shuffle", 0, put("proof", larger(-32)), 0, "shuffle", "a wrong size"),
    ("shuffle", 0, of("output", "input"), 0, "shuffle", "does not hold"),
    ("decrypt", 0, put("trustee", 4), 0, "decrypt", "an unknown trustee"),
    ("decrypt", 1, put("trustee", 3), 0, "decrypt", "twice by one"),
    ("decrypt", 0, same, 1, "decrypt", "the signature does not verify"),
    ("decrypt", 0, of("input", "factors"), 0, "decrypt", "not the last mixer's list"),
    ("decrypt", 0, put("input", larger(1)), 0, "decrypt", "not the last mixer's list"),
    ("decrypt", 0, put("factors", larger(32)), 0, "decrypt", "another number of factors"),
    ("decrypt", 0, put("factors", larger(-32)), 0, "decrypt", "another number of factors"),
    ("decrypt", 0, put("proofs", []), 0, "decrypt", "0 proofs, not 1"),
    ("decrypt", 0, put("proofs", lambda proofs: proofs * 2), 0, "decrypt", "2 proofs, not 1"),
    ("decrypt", 0, put("trustee", 1), 0, "decrypt", "the proof of run 0 does not hold"),
    ("result", 0, put("ballots", larger(1)), 0, "result", "is not what the decryption gives"),
    ("count", 0, put("rule", "irv"), 0, "count", "another rule"),
    ("count", 0, put("elected", ["x"]), 0, "count", "the count elects"),
    ("count", 0, put("elected", []), 0, "count", "the count elects"),
    ("count", 0, put("stages", larger(1)), 0, "count", "not what the papers give"),
    ("void", 0, put("ballots", 3), 0, "close", "another number of ballots"),
]


@pytest.mark.parametrize("case", CASES, ids=map(str, itertools.count(1)))
def test_one_field_that_is_wrong(made: Made, void: Made, case: tuple[str, int, Change, int, str, str]) -> None:
    kind, which, change, by, name, says = case
    one = void if kind == "void" else made
    value = change(one.of(kind, which))
    found, detail = one.refusal(one.until(kind, which), value, by)
    assert (found, says in detail) == (name, True), detail


@pytest.mark.parametrize(
    ("before", "which", "entry", "name", "says"),
    [
        ("shuffle", 0, "decrypt", "shuffle", "after 0 mixers; there must be 2"),
        ("shuffle", 1, "decrypt", "shuffle", "after 1 mixers; there must be 2"),
        ("decrypt", 0, "result", "decrypt", "after 0 decryptions"),
        ("decrypt", 1, "result", "decrypt", "after 1 decryptions"),
        ("result", 0, "count", "order", "before its result"),
        ("decrypt", 1, "shuffle", "shuffle", "mixed after a decryption"),
        ("count", 0, "shuffle", "shuffle", "mixed after a decryption"),
        ("count", 0, "decrypt", "decrypt", "decrypted after its result"),
        ("count", 0, "result", "order", "two results"),
    ],
)
def test_an_entry_too_early_or_too_late(made: Made, before: str, which: int, entry: str, name: str, says: str) -> None:
    value = made.of(entry)
    if entry == "shuffle":
        value = {**value, "mixer": 3, "trustee": 3}
    if entry == "decrypt":
        value = {**value, "trustee": 2}
    found, detail = made.refusal(made.until(before, which), value)
    assert (found, says in detail) == (name, True), detail


@pytest.mark.parametrize(
    ("place", "to", "says"),
    [(place, bytes(32), f"factor {place} is the identity") for place in (0, 3, 8)]
    + [(place, b"\xff" * 32, f"factor {place} does not decode") for place in (0, 8)],
    ids=map(str, itertools.count(1)),
)
def test_a_factor_that_is_none_is_found_at_any_place(place: int, to: bytes, says: str, tmp_path: Path) -> None:
    one = Made(PLAN, tmp_path, on("factors", piece(place, to)))
    with one.record:
        assert one.refusal(one.until("decrypt"), one.of("decrypt")) == ("decrypt", f"board, trustee 1: {says}")


def test_an_output_that_does_not_decode_is_refused(tmp_path: Path) -> None:
    one = Made(PLAN, tmp_path, on("output", piece(3, b"\xff" * 32)))
    with one.record:
        name, detail = one.refusal(one.until("shuffle"), one.of("shuffle"))
    assert (name, detail) == ("shuffle", "board, mixer 1: ciphertext 1 has a point that does not decode")


def on_factors(place: int) -> Hook:
    """One factor of the first trustee is another's."""
    return on("factors", piece(place, group.encode(group.BASE)))


def test_more_than_the_threshold_may_decrypt(tmp_path: Path) -> None:
    one = Made(replace(PLAN, decrypters=(1, 3, 2)), tmp_path)
    with one.record:
        on = one.until("count")
        one.take(on, one.of("count"))
        assert on.outcome == one.outcome()


def test_each_run_of_factors_has_its_own_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of 2 of 5 factors in place of 32,768: 2, 2 and 1."""
    monkeypatch.setattr(proofs, "RUN", 2)
    five = Plan(styles=[("board",)] * 5, votes=[(voter, {"board": (voter % 3,)}) for voter in range(5)])
    good = Made(five, tmp_path)
    with good.record:
        on = good.until("count")
        good.take(on, good.of("count"))
        assert on.outcome == Outcome(5, 0, 0, ("a",))
        made, on = good.of("decrypt"), good.until("decrypt")
        assert len(made["proofs"]) == 3
        for order, run in (((1, 0, 2), 0), ((0, 2, 1), 1), ((0, 1, 1), 2)):
            changed = {**made, "proofs": [made["proofs"][place] for place in order]}
            assert good.refusal(on, changed) == ("decrypt", f"board, trustee 1: the proof of run {run} does not hold")
        for some in (made["proofs"][:2], [*made["proofs"], made["proofs"][2]]):
            assert "proofs, not 3" in good.refusal(on, {**made, "proofs": some})[1]
    for place in (1, 2, 4):
        one = Made(five, tmp_path, on_factors(place))
        with one.record:
            refusal = one.refusal(one.until("decrypt"), one.of("decrypt"))
        assert refusal == ("decrypt", f"board, trustee 1: the proof of run {place // 2} does not hold")


def bound(attribute: str, members: str, least: int, most: int, seated: int = 0) -> Value:
    names = {"attribute": attribute, "value": "x", "candidates": list(members)}
    return {**names, "min": least, "max": most, "seated": seated}


def test_who_sits_and_who_was_elected_before_count_towards_the_bounds(tmp_path: Path) -> None:
    """a has the chair. b would be a second of two, c a second of one; e and d must come; g, the last of the others, too."""
    bounds = [
        bound("before, most", "ab", 0, 1),
        bound("seated, most", "c", 0, 1, 1),
        bound("seated, least", "d", 2, 9, 1),
        bound("before, least", "ae", 2, 9),
    ]
    contests = [contest("chair", *"ab"), contest("board", *"abcdefg", seats=3, constraints=bounds, after=["chair"])]
    choices = [(1,), (1,), (1,), (2,), (2,), (6,), (6,), (5,)]
    made = Maker(
        Plan(
            contests=contests,
            styles=[("chair", "board")] * len(choices),
            votes=[(voter, {"chair": (0,), "board": choice}) for voter, choice in enumerate(choices)],
        )
    ).make()
    assert made.elected["chair"] == ["a"]
    assert sorted(made.elected["board"]) == ["d", "e", "g"]
    assert verdict(made.zip(), tmp_path) == "ok"


def test_a_count_that_is_given_up_is_refused(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MAX_RESULT", -1)
    assert made.refusal(made.until("count"), made.of("count")) == (
        "count",
        "board: the count would be longer than 64 MiB",
    )


def test_nothing_is_counted_twice(made: Made) -> None:
    on = made.until("count")
    made.take(on, made.of("count"))
    assert made.refusal(on, made.of("count"))[0] == "order"


def test_void_is_a_contest_with_too_few_ballots_alone(made: Made, void: Made) -> None:
    on = void.until("void")
    assert (on.is_void, on.ballots) == (True, 9)
    void.take(on, void.of("void"))
    assert on.outcome == Outcome(9, 0, 0, ())
    name, detail = void.refusal(on, void.of("void"))
    assert (name, "declared void twice" in detail) == ("close", True)
    name, detail = made.refusal(made.tally(), void.of("void"))
    assert (name, "is declared void with 9 ballots" in detail) == ("close", True)


def test_exactly_as_many_ballots_as_it_takes(made: Made) -> None:
    (described,) = made.context.manifest.contests.values()
    first = shuffle.decode_list(made.maker.lists["board"])
    assert isinstance(first, shuffle.CiphertextList)
    for least, is_void in ((8, False), (9, False), (10, True)):
        assert Tally(made.context, replace(described, min_ballots=least), first).is_void == is_void


def test_what_is_left_for_later_is_hashed_when_its_place_is_reached(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tree` leaves blobs of more than 64 MiB: the list that the first mixer takes, and the result."""
    settled: list[str] = []
    monkeypatch.setattr(Record, "settle", lambda _, reference: settled.append(reference["sha256"]))
    made.play("count")
    wanted = [made.of("shuffle")["input"], made.of("shuffle", 1)["input"], made.of("result")["ballots"]]
    assert settled == [reference["sha256"] for reference in wanted]


def test_a_count_is_no_longer_than_a_record_may_hold(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    size = made.of("count")["stages"]["size"]
    for most, name in ((size, ""), (size - 1, "count")):
        monkeypatch.setattr(tally, "MAX_RESULT", most)
        on = made.until("count")
        if name:
            assert made.refusal(on, made.of("count"))[0] == name
        else:
            made.take(on, made.of("count"))
