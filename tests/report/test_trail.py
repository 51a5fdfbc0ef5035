"""What a browser is given to follow a ranking: the same stops come of it as the rules themselves tell."""

import json
from pathlib import Path
from random import Random  # noqa: TID251  examples are no secrets
from typing import Any

from governance.count import follow
from governance.count.ballots import Profile
from governance.report import trail

VECTORS = Path(__file__).parents[1] / "vectors" / "travels.json"


def travels() -> list[dict[str, Any]]:
    """Some rankings through some counts; `tests/js/travel.test.js` takes the same from the file."""
    chance = Random(20260301)  # noqa: S311  examples are no secrets
    found = []
    for rule in trail.RULES * 4:
        everybody = range(6)
        papers = [(chance.randint(1, 9), tuple(chance.sample(everybody, chance.randint(0, 6)))) for _ in range(14)]
        counted = follow.counted(
            rule,
            Profile(tuple("ABCDEF"), papers),
            seats=1 if rule == "irv" else chance.randint(1, 4),
            order=chance.sample(everybody, 6),
            withdrawn=chance.sample(everybody, chance.randint(0, 1)),
        )
        for _ in range(3):
            ranking = tuple(chance.sample(everybody, chance.randint(0, 6)))
            found.append(
                {
                    "trail": trail.data(counted.count, "ABCDEF"),
                    "ranking": list(ranking),
                    "stops": [
                        [stop.holder, [[one, str(units)] for one, units in stop.shares], str(stop.lost)]
                        for stop in counted.follow(ranking)
                    ],
                }
            )
    return found


def test_the_browsers_vectors_are_what_the_rules_tell() -> None:
    assert json.loads(VECTORS.read_text("utf-8")) == travels()


def test_only_where_the_sheets_say_it_all_is_there_a_trail() -> None:
    profile = Profile(("A", "B"), [(3, (0, 1))])

    for rule in ("meek-prf", "ers97"):
        count = follow.counted(rule, profile, seats=1, order=[0, 1]).count
        assert trail.data(count, "AB") is None
