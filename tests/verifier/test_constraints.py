"""Constraints (counting.md 6 and 8.1): hard ones within bounded work, and what a count makes of them."""

import itertools
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.verifier import constraints as module
from governance.verifier.constraints import Bound, Judge, TooHardError, Watch
from governance.verifier.count import Terms, count
from tests.verifier.prover import Maker, Plan

Named = tuple[Bound, frozenset[str]]


def everybody(size: int) -> tuple[str, ...]:
    return tuple(f"c{number:02}" for number in range(size))


def papers(names: tuple[str, ...], seed: str, number: int = 300) -> list[tuple[int, tuple[str, ...]]]:
    chance = Maker(Plan(seed=seed))
    return [(1, tuple(sorted(names, key=lambda _: chance.random())[:12])) for _ in range(number)]


def board_of_regions(names: tuple[str, ...], seed: str) -> tuple[Named, ...]:
    """30 countries of at most one, 5 regions of one or two, three more attributes."""
    chance = Maker(Plan(seed=seed))
    made = [(Bound(0, 1), frozenset(names[place::30])) for place in range(30)]
    made += [(Bound(1, 2), frozenset(names[place::5])) for place in range(5)]
    for percent, least, most in ((35, 3, 7), (20, 1, 3), (40, 2, 4)):
        made.append((Bound(least, most), frozenset(name for name in names if chance.random() % 100 < percent)))
    return tuple(made)


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_many_real_constraints_are_quick(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million looks at a constraint take some tenths of a second."""
    monkeypatch.setattr(module, "MAX_WORK", 1_000_000)
    names = everybody(60)
    constraints = board_of_regions(names, seed)
    counted: Any = count(papers(names, seed), Terms(7, names, names, constraints=constraints), "scottish-stv")
    elected = set(counted["elected"])
    assert len(elected) == 7
    for bound, members in constraints:
        assert bound.least <= len(members & elected) <= bound.most


def halves(names: tuple[str, ...]) -> list[Named]:
    chance = Maker(Plan(seed="halves"))
    return [
        (Bound(10, 10), frozenset(sorted(names, key=lambda _: chance.random())[: len(names) // 2])) for _ in range(20)
    ]


def test_hostile_constraints_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WORK", 500_000)
    names = everybody(60)
    with pytest.raises(TooHardError):
        count(papers(names, "x", 10), Terms(20, names, names, constraints=tuple(halves(names))), "scottish-stv")


@pytest.mark.long
def test_hostile_constraints_are_given_up_in_time() -> None:
    names = everybody(60)
    start = time.process_time()
    with pytest.raises(TooHardError):
        count(papers(names, "x", 10), Terms(20, names, names, constraints=tuple(halves(names))), "scottish-stv")
    assert time.process_time() - start < 12


def brute(standing: dict[str, bool], constraints: list[Named], fill: int) -> tuple[set[str], set[str]] | None:
    """Guarded and doomed by looking at every set of candidates."""
    elected = {name for name, is_elected in standing.items() if is_elected}
    possible = [
        set(chosen)
        for chosen in itertools.combinations(standing, fill)
        if elected <= set(chosen)
        and all(bound.least <= len(members.intersection(chosen)) <= bound.most for bound, members in constraints)
    ]
    if not possible:
        return None
    free = standing.keys() - elected
    return set.intersection(*possible) & free, free - set[str]().union(*possible)


Drawn = tuple[int, int, list[tuple[int, int, set[int]]], list[tuple[bool, int]]]
"""Candidates, seats; each constraint's least, how many more, its members; steps: whether somebody is elected, and whom."""


def judged_as_by_brute_force(drawn: Drawn) -> None:
    """Elect and exclude at will, as a count may: never a doomed one elected, never a guarded one excluded."""
    size, seats, rows, steps = drawn
    names = everybody(size)
    constraints = [
        (Bound(least, least + more), frozenset(names[place] for place in members)) for least, more, members in rows
    ]
    standing = dict.fromkeys(names, False)
    watch = Watch(constraints, names, seats)
    found = watch.judge(standing)
    wanted = brute(standing, constraints, min(seats, size))
    if wanted is None:
        assert found == (set(), set())
        assert watch.judge(standing) == (set(), set())
        assert watch.can_spare(standing, set(names))
        return
    assert found == wanted
    for elects, place in steps:
        open_names = [name for name in standing if not standing[name]]
        # Members of a cell are alike: of some guarded only all are.
        may = [name for name in open_names if name not in found[1 if elects else 0]]
        if not may or sum(standing.values()) == seats or (not elects and len(standing) <= seats):
            continue
        name = may[place % len(may)]
        if elects:
            standing[name] = True
        else:
            del standing[name]
        spared = {name for name in standing if not standing[name] and place >> int(name[1:]) & 1}
        if len(standing) - len(spared) >= min(seats, size):
            left = {other: is_elected for other, is_elected in standing.items() if other not in spared}
            assert watch.can_spare(standing, spared) == (brute(left, constraints, min(seats, size)) is not None)
        found = watch.judge(standing)
        wanted = brute(standing, constraints, min(seats, size))
        assert wanted is not None
        assert found == wanted


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 7).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.integers(1, 5),
            st.lists(
                st.tuples(st.integers(-1, 3), st.integers(0, 3), st.sets(st.integers(0, size - 1))),
                min_size=1,
                max_size=6,
            ),
            st.lists(st.tuples(st.booleans(), st.integers(0, 127)), max_size=8),
        )
    )
)
def test_state_after_state_against_brute_force(
    drawn: Drawn,
) -> None:
    judged_as_by_brute_force(drawn)


@pytest.mark.parametrize("seed", range(4))
def test_states_of_denser_constraints_against_brute_force(seed: int) -> None:
    """Attributes of two to four values, each with a limit, and others across them: what a board has, in small."""
    chance = Maker(Plan(seed=f"denser {seed}"))

    def up_to(most: int) -> int:
        return chance.random() % (most + 1)

    for _ in range(1000):
        size = 3 + up_to(5)
        rows = []
        for _ in range(1 + up_to(6)):
            of_ten = (2, 3, 5, 7)[up_to(3)]
            rows.append((up_to(4) - 1, up_to(3), {place for place in range(size) if up_to(9) < of_ten}))
        if up_to(1):
            values = 2 + up_to(2)
            rows += [(up_to(1), up_to(1), set(range(size)[value::values])) for value in range(values)]
        steps = [(up_to(9) < 4, up_to(2**size - 1)) for _ in range(8)]
        judged_as_by_brute_force((size, 1 + up_to(5), rows, steps))


@pytest.mark.parametrize("seed", range(4))
def test_whoever_may_be_spared_against_brute_force(seed: int) -> None:
    """Every set of candidates, in the state that was judged and in one that came of it."""
    chance = Maker(Plan(seed=f"spared {seed}"))
    seen = set()
    for _ in range(25):
        size = 3 + chance.random() % 4
        seats = 1 + chance.random() % (size - 1)
        names = everybody(size)
        constraints = []
        for _ in range(1 + chance.random() % 4):
            least = chance.random() % 3
            members = frozenset(name for name in names if chance.random() % 5 < 3)
            constraints.append((Bound(least, least + chance.random() % 2), members))
        standing = dict.fromkeys(names, False)
        watch = Watch(constraints, names, seats)
        _, doomed = watch.judge(standing)
        if brute(standing, constraints, seats) is None:
            continue
        for _ in range(2):
            open_names = [name for name in names if not standing[name]]
            for number in range(1 << len(open_names)):
                leaving = {name for place, name in enumerate(open_names) if number >> place & 1}
                left = {name: is_elected for name, is_elected in standing.items() if name not in leaving}
                wanted = len(left) >= seats and brute(left, constraints, seats) is not None
                if len(left) >= seats:
                    assert watch.can_spare(standing, leaving) == wanted
                    seen.add(wanted)
            may = [name for name in names if name not in doomed]
            standing[may[chance.random() % len(may)]] = True
    assert seen == {True, False}


def test_who_was_elected_since_is_not_forgotten() -> None:
    """Either the first two or the last two: once the first is elected the second is needed, though the others would do."""
    names = everybody(4)
    one_of_two = [(Bound(1, 1), frozenset({names[place], names[other]})) for place in (0, 1) for other in (2, 3)]
    standing = dict.fromkeys(names, False)
    watch = Watch(one_of_two, names, 2)
    assert watch.judge(standing) == (set(), set())
    standing[names[0]] = True
    assert not watch.can_spare(standing, {names[1]})
    assert watch.can_spare(standing, {names[2], names[3]})
    assert watch.judge(standing) == ({names[1]}, {names[2], names[3]})


def test_large_cells_are_filled_at_once() -> None:
    """A thousand seats are no thousand steps."""
    names = tuple(str(number) for number in range(2000))
    women = frozenset(names[::2])
    watch = Watch([(Bound(400, 600), women), (Bound(0, 700), frozenset(names[::3]))], names, 1000)
    assert watch.judge(dict.fromkeys(names, False)) == (set(), set())
    assert Watch([(Bound(0, 0), women)], names, 1000).judge(dict.fromkeys(names, False)) == (
        set(names) - women,
        set(women),
    )


def test_many_families() -> None:
    """More overlapping attributes than are looked at together change nothing."""
    names = everybody(6)
    constraints = [(Bound(0, 1), frozenset(pair)) for pair in itertools.combinations(names[:5], 2)] * 2
    watch = Watch(constraints, names, 2)
    assert watch.judge(dict.fromkeys(names, False)) == ({names[5]}, set())


def test_a_bound_beyond_the_families_is_kept_too() -> None:
    """Two are needed of a pair by one bound, and one at most is allowed by another, the eighteenth."""
    names = everybody(4)
    pair = frozenset(names[:2])
    for most, wanted in ((2, (set(pair), set(names) - pair)), (1, (set(), set()))):
        watch = Watch([*([(Bound(0, 2), pair)] * 16), (Bound(2, 2), pair), (Bound(0, most), pair)], names, 2)
        assert watch.judge(dict.fromkeys(names, False)) == wanted


def test_no_cell_at_all() -> None:
    assert Judge([], [], 3).judge([]) == (frozenset(), frozenset())
    assert Judge([], [Bound(1, 1)], 3).judge([]) is None
