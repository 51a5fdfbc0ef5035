"""What a browser is given to follow a ranking: the same stops come of it as the rules themselves tell."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TID251  examples are no secrets
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import follow, rules
from governance.count.ballots import Profile
from governance.count.follow import Stop
from governance.report import trail
from tests.count.naive import Poll
from tests.count.polls import TIMES, a_poll, followed, polls

VECTORS = Path(__file__).parents[1] / "vectors" / "travels.json"
"""To write it anew after a change of form: `python -m tests.report.test_trail`."""


SEEDS = {
    "scottish-stv": (1, 2, 3, 104),
    "meek-prf": (1, 2, 3, 4, 98),
    "wigm-prf": (1, 2, 3, 76, 98),
    "wigm-prf-batch": (1, 2, 3, 98),
    "ers97": (1, 2, 3, 234, 491, 1601),
    "irv": (1, 2, 3, 4),
}
"""Of each rule some counts, chosen so that every small change of travel.js shows in one of them."""


def travels() -> list[dict[str, Any]]:
    """Some rankings through some counts; `tests/js/travel.test.js` takes the same from the file."""
    return [_travelled(rule, seed) for rule in rules.RULES for seed in SEEDS[rule]]


def _travelled(rule: str, seed: int) -> dict[str, Any]:
    chance = Random(seed)  # noqa: S311  examples are no secrets
    counted = _divided(chance, rule) if seed % 2 else _odd(chance, rule)
    everybody = range(len(counted.count.candidates))
    rankings = [
        chance.sample(everybody, min(len(everybody), chance.choice([0, 1, 2, 2, 3, 3, 5, 9]))) for _ in range(8)
    ]
    return {
        "trail": _data(counted),
        "travels": [[ranking, [*map(_plain, counted.follow(tuple(ranking)))]] for ranking in rankings],
    }


def _odd(chance: Random, rule: str) -> follow.Trail:
    """Withdrawals, ties, constraints; not over at once."""
    while True:
        poll = replace(a_poll(chance, constrained=True, reopens=True), rule=rule)
        counted = followed(replace(poll, seats=1) if rule == "irv" else poll)
        if len(counted.count.stages) >= 4:
            return counted


def _divided(chance: Random, rule: str) -> follow.Trail:
    """Many places and uneven papers, so that votes are divided again and again."""
    everybody = range(9)
    papers = [
        (int(60 / chance.randint(1, 30)), tuple(chance.sample(everybody, chance.randint(1, 9)))) for _ in range(40)
    ]
    return followed(Poll(9, 1 if rule == "irv" else 4, papers, [*everybody], rule=rule))


def _data(counted: follow.Trail) -> Any:
    """As a page has it."""
    return json.loads(json.dumps(trail.data(counted.count, counted.count.candidates, counted)))


def _plain(stop: Stop) -> list[Any]:
    return [stop.holder, [[one, str(units)] for one, units in stop.shares], str(stop.lost)]


def walked(given: Any, ranking: Sequence[int]) -> list[Stop]:
    """The stops that follow from the data alone, walked by steps that are written from docs/counting.md 8.6 and 10.1."""
    standing = {*range(len(given["names"]))} - {*given["withdrawn"]}
    if not standing.intersection(ranking):
        return []
    walk = _keeps if given["rule"] == "meek-prf" else _moves
    return [
        Stop(number, holder, tuple(one for one in shares.items() if one[1]), lost)
        for number, (holder, shares, lost) in enumerate(walk(given, ranking, standing), 1)
    ]


Place = tuple[int | None, dict[int, int], int]


def _keeps(given: Any, ranking: Sequence[int], hopeful: set[int]) -> Iterator[Place]:
    elected: list[int] = []
    holder: int | None = None
    shares: dict[int, int] = {}
    left = 0
    for stage in given["stages"]:
        hopeful -= {*stage.get("excluded", ())}
        if "keeps" in stage:
            parts = {**dict.fromkeys(hopeful, 10**9), **dict(zip(elected, stage["keeps"], strict=True))}
            left, shares = 10**9, {}
            for one in ranking:
                shares[one] = -(-left * parts.get(one, 0) // 10**9)
                left -= shares[one]
            holder = next((one for one in ranking if one in hopeful and shares[one]), None)
        yield holder, shares, left
        elected += stage.get("elected", ())
        hopeful -= {*elected}


def _moves(given: Any, ranking: Sequence[int], hopeful: set[int]) -> Iterator[Place]:
    vote = 10 ** given["places"]
    ahead = [*ranking]
    value, since, lost = vote, 1, 0
    while ahead[0] not in hopeful:
        del ahead[0]
    holder: int | None = ahead[0]
    shares = {ahead[0]: vote}
    for number, stage in enumerate(given["stages"], 1):
        hopeful -= {*stage.get("excluded", ())}
        rest = [one for one in ahead if one in hopeful and one != holder]
        new: int | None = None
        if holder in stage.get("moving", ()):
            if "since" in stage:
                inside = (since, value) == (stage["since"], stage["before"])
                new = stage["value"] if rest and inside else None
            elif "tally" not in stage:
                new = value if value >= stage.get("least", 0) else None
            elif given["rule"] == "scottish-stv":
                new = int(stage["surplus"]) * value // int(stage["tally"])
            else:
                new = value * int(stage["surplus"]) // vote * vote // int(stage["tally"])
        if holder is not None and new is not None:
            shares[holder] = value - new
            value, since, ahead = new, number, rest
            holder = rest[0] if rest else None
            if holder is None:
                lost = new
            else:
                shares[holder] = new
        yield holder, dict(shares), lost
        hopeful -= {*stage.get("elected", ())}


@pytest.mark.parametrize("rule", rules.RULES)
@settings(max_examples=150 * TIMES, deadline=None)
@given(data=st.data())
def test_the_data_suffices_to_walk_any_ranking(rule: str, data: st.DataObject) -> None:
    counted = followed(data.draw(polls(rule=rule)))
    carried = _data(counted)
    everybody = range(len(carried["names"]))

    for _ in range(4):
        ranking = data.draw(st.lists(st.sampled_from(everybody), unique=True))

        assert walked(carried, ranking) == [*counted.follow(tuple(ranking))]


def test_the_browsers_vectors_are_what_the_rules_tell() -> None:
    assert json.loads(VECTORS.read_text("utf-8")) == travels()


def test_where_the_sheets_do_not_say_it_all_there_is_no_trail_without_the_papers() -> None:
    profile = Profile(("A", "B"), [(3, (0, 1))])

    for rule in rules.RULES:
        counted = follow.counted(rule, profile, seats=1, order=[0, 1])
        assert trail.data(counted.count, "AB", counted) is not None
        assert (trail.data(counted.count, "AB") is None) is (rule in {"meek-prf", "ers97"})


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(travels(), separators=(",", ":")) + "\n", "utf-8")
