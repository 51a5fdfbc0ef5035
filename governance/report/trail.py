"""What a browser needs to follow a ranking through a count by itself, so that nobody's ranking is ever sent (docs/counting.md 8.6).

It is in the sheets alone where a law moves every paper of a giver by the giver's tally and surplus. Under Meek's rule and ERS97
it is not: there `governance count --follow` does it, on the reader's own computer.
"""

from collections.abc import Sequence
from typing import Any

from governance.count.progress import SURPLUS
from governance.count.report import Count, Stage

RULES = ("scottish-stv", "wigm-prf", "wigm-prf-batch", "irv")


def data(count: Count, names: Sequence[str]) -> dict[str, Any] | None:
    """Of a count, as JSON; candidates are indices, votes whole units as decimal strings. None under another rule."""
    if count.rule not in RULES:
        return None
    befores = (None, *count.stages)
    return {
        "rule": count.rule,
        "places": count.places,
        "names": list(names),
        "withdrawn": list(count.withdrawn),
        "stages": [_stage(before, stage) for before, stage in zip(befores, count.stages, strict=False)],
    }


def _stage(before: Stage | None, stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = {
        "action": stage.action,
        "moving": list(stage.candidates),
        "elected": list(stage.elected),
        "excluded": list(stage.excluded),
    }
    if before is not None and stage.action == SURPLUS:
        (giver,) = stage.candidates
        found["tally"] = str(before.tallies[giver])
        found["surplus"] = str(before.tallies[giver] - before.quota)
    return found
