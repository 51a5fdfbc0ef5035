"""Guarded and doomed: the published examples, and every way tried out."""

from hashlib import sha256
from itertools import chain, product
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.count import rules
from governance.count.ballots import profile
from governance.count.constraints import Constraint, Group, Limits
from governance.count.ways import Ways
from governance.errors import MalformedError, RuleError
from tests.count import cases
from tests.count.polls import MOST_OFTEN, OFTEN

VECTORS = cases.load("constraints/vectors.json")["vectors"] if cases.CASES.is_dir() else []


@cases.needs_cases
def test_no_vector_is_missing() -> None:
    assert len(VECTORS) == 7


def members(vector: Any) -> dict[str, list[int]]:
    """Candidates of each cell: those elected first, then those continuing."""
    found: dict[str, list[int]] = {}
    for name, cell in vector["cells"].items():
        start = sum(map(len, found.values()))
        found[name] = list(range(start, start + cell["elected"] + cell["continuing"]))
    return found


@cases.needs_cases
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_published_example_is_met(vector: Any) -> None:
    cells = members(vector)
    groups = [
        Group(frozenset(chain.from_iterable(cells[name] for name in limit["cells"])), limit["min"], limit["max"])
        for limit in vector["constraints"]
    ]
    elected = [one for name, cell in vector["cells"].items() for one in cells[name][: cell["elected"]]]

    limits = Limits(chain.from_iterable(cells.values()), vector["seats"], groups)
    for candidate in elected:
        limits.elect(candidate)

    assert limits.feasible is vector["feasible"]
    for kind, found in (("guarded", limits.guarded), ("doomed", limits.doomed)):
        named = vector["expected"][kind] if vector["expected"] else []
        assert found == sorted(one for name in named for one in cells[name] if one not in elected)


@cases.needs_cases
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_the_ways_are_those_listed(vector: Any) -> None:
    """Each number in turn for each cell: there is a way with it exactly if a listed row has it."""
    names = list(vector["cells"])
    bounds = [(cell["elected"], cell["elected"] + cell["continuing"]) for cell in vector["cells"].values()]
    rows = [
        ([names.index(name) for name in limit["cells"]], (limit["min"], limit["max"]))
        for limit in vector["constraints"]
    ]
    ways = Ways(bounds, [*rows, (range(len(names)), (vector["seats"], vector["seats"]))])

    for cell, name in enumerate(names):
        listed = {row[name] for row in vector["feasible_rows"]}
        found = {x for x in range(bounds[cell][0], bounds[cell][1] + 1) if ways.find_within({cell: (x, x)}) is not None}
        assert found == listed


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[list[int], tuple[int, int]]]]:
    """Cells and rows of `Ways`, some of them odd: empty rows, rows below zero, cells without choice."""
    chance = draw(st.randoms(use_true_random=True))
    cells = [(low := chance.randint(0, 2), low + chance.randint(0, 3)) for _ in range(chance.randint(1, 5))]
    meant = [chance.randint(low, high) for low, high in cells]
    rows = []
    for _ in range(chance.randint(0, 6)):
        row = chance.sample(range(len(cells)), chance.randint(0, len(cells)))
        at = sum(meant[cell] for cell in row) + chance.choice([0, 0, 0, 0, 0, 1, -1])
        rows.append((row, (at - chance.choice([0, 0, 1, 5]), at + chance.choice([0, 0, 1, 5]))))
    return cells, rows


def tried(cells: list[tuple[int, int]], rows: list[tuple[list[int], tuple[int, int]]]) -> list[tuple[int, ...]]:
    """All ways, one after the other."""
    every = product(*(range(low, high + 1) for low, high in cells))
    return [way for way in every if all(low <= sum(way[cell] for cell in row) <= high for row, (low, high) in rows)]


@MOST_OFTEN
@given(problem=problems(), data=st.data())
def test_a_way_is_found_exactly_if_there_is_one(
    problem: tuple[list[tuple[int, int]], list[tuple[list[int], tuple[int, int]]]], data: st.DataObject
) -> None:
    cells, rows = problem
    expected = tried(cells, rows)
    ways = Ways(cells, rows)

    found = ways.find()

    assert found in expected or (found is None and not expected)
    for cell, (low, high) in enumerate(cells):
        for x in range(low, high + 1):
            with_x = [way for way in expected if way[cell] == x]
            found = ways.find_within({cell: (x, x)})
            assert found in with_x or (found is None and not with_x)
    cell = data.draw(st.integers(0, len(cells) - 1))
    low = data.draw(st.integers(*cells[cell]))
    ways.narrow(cell, (low, cells[cell][1]))
    found = ways.find()
    left = [way for way in expected if way[cell] >= low]
    assert found in left or (found is None and not left)


def test_branching_finds_whole_numbers_where_the_fractions_are_not() -> None:
    """Three cells, each pair of which holds exactly one: halves would do, whole numbers do not."""
    pairs = [([0, 1], (1, 1)), ([1, 2], (1, 1)), ([0, 2], (1, 1))]

    assert Ways([(0, 1)] * 3, pairs).find() is None
    assert Ways([(0, 2)] * 3, [(row, (2, 2)) for row, _ in pairs]).find() == (1, 1, 1)


@OFTEN
@given(seed=st.randoms(use_true_random=True))
def test_limits_stay_right_while_candidates_come_and_go(seed: Any) -> None:
    """Against cells counted out by hand, up to the last place, with many candidates alike."""
    kinds = seed.randint(1, 4)
    kind = [seed.randrange(kinds) for _ in range(seed.randint(1, 12))]
    seats = seed.randint(1, len(kind))
    board = seed.sample(range(len(kind)), seats)
    groups = []
    for _ in range(seed.randint(1, 3)):
        named = {k for k in range(kinds) if seed.random() < 0.5}
        have = sum(kind[one] in named for one in board)
        low, high = have - seed.choice([0, 1, 9]), have + seed.choice([0, 1, 9])
        groups.append(Group(frozenset(one for one, k in enumerate(kind) if k in named), low, high))
    limits = Limits(range(len(kind)), seats, groups)
    elected: list[int] = []
    continuing = [*range(len(kind))]
    while True:
        guarded, doomed = counted_out(kind, elected, continuing, seats, groups)
        assert limits.feasible
        assert limits.guarded == guarded
        assert limits.doomed == doomed
        may_elect = [one for one in continuing if one not in doomed]
        may_go = [one for one in continuing if one not in guarded]
        if len(elected) == seats:
            break
        if may_go and seed.random() < 0.6:
            limits.exclude(gone := seed.choice(may_go))
        else:
            limits.elect(gone := seed.choice(may_elect))
            elected.append(gone)
        continuing.remove(gone)


def counted_out(
    kind: list[int], elected: list[int], continuing: list[int], seats: int, groups: list[Group]
) -> tuple[list[int], list[int]]:
    """Guarded and doomed from all numbers of each kind that may yet be elected."""
    free = {k: [one for one in continuing if kind[one] == k] for k in set(kind)}
    sizes = {k: len(alike) for k, alike in free.items()}
    assert prod(size + 1 for size in sizes.values()) < 10**5
    ways = []
    for numbers in product(*(range(size + 1) for size in sizes.values())):
        chosen = {*elected, *chain.from_iterable(alike[:n] for n, alike in zip(numbers, free.values(), strict=True))}
        if len(chosen) == seats and all(group.low <= len(group.members & chosen) <= group.high for group in groups):
            ways.append(dict(zip(sizes, numbers, strict=True)))
    assert ways
    return (
        [one for one in continuing if all(way[kind[one]] == sizes[kind[one]] for way in ways)],
        [one for one in continuing if all(way[kind[one]] == 0 for way in ways)],
    )


def test_without_constraints_nobody_is_guarded_or_doomed() -> None:
    limits = Limits(range(2), 2, [])

    limits.elect(0)

    assert limits.feasible
    assert limits.guarded == limits.doomed == []


def test_seated_members_take_places() -> None:
    constraint = Constraint("region", "north", 0, 2, ("a", "b", "x"), 1)

    after = constraint.after(["x", "y"])

    assert after.seated == 2
    assert after.group(["a", "b", "c"]) == Group(frozenset({0, 1}), -2, 0)


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        pytest.param(Constraint("region", "north", 2, 1, ("a",)), "minimum above its maximum", id="minimum"),
        pytest.param(Constraint("region", "north", 0, 1, ("a", "a")), "twice", id="twice"),
    ],
)
def test_a_constraint_that_contradicts_itself_is_refused(constraint: Constraint, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        constraint.group(["a", "b"])


def test_constraints_that_nobody_can_decide_in_time_are_refused() -> None:
    """A market split problem: exact numbers for 20 random halves of 60 candidates."""
    bits = [hash_of(number) for number in range(20)]
    ids = [f"c{i}" for i in range(60)]
    constraints = []
    for number, mask in enumerate(bits):
        members = tuple(name for i, name in enumerate(ids) if mask >> i & 1)
        half = len(members) // 2
        constraints.append(Constraint(f"a{number}", "yes", half, half, members))

    with pytest.raises(RuleError, match="entangled"):
        rules.count("scottish-stv", profile(ids, []), seats=30, order=ids, constraints=constraints)


def hash_of(number: int) -> int:
    return int.from_bytes(sha256(bytes([number])).digest()[:8], "big")
