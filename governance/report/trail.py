"""What a browser needs to follow a ranking through a count by itself, so that nobody's ranking is ever sent (docs/counting.md 8.6).

It is in the sheets alone where a law moves every paper of a giver by the giver's tally and surplus. Under Meek's rule and
ERS97 it is not: there the papers are counted anew, and the rule tells.
"""

from collections.abc import Sequence
from typing import Any

from governance.count import ers97, meek
from governance.count.follow import Trail
from governance.count.progress import SURPLUS
from governance.count.report import Count, Stage

IN_THE_SHEETS = ("scottish-stv", "wigm-prf", "wigm-prf-batch", "irv")
"""The rules whose sheets say it all."""


def data(count: Count, names: Sequence[str], told: Trail | None = None) -> dict[str, Any] | None:
    """Of a count, as JSON; candidates are indices. Votes are in whole units: those of a sheet as decimal strings.

    Args:
        count: What happened.
        names: Of the candidates.
        told: The same count, made anew; only asked where the sheets do not say it all. Without it, None there.
    """
    if count.rule in IN_THE_SHEETS:
        befores = (None, *count.stages)
        stages = [_by_sheet(before, stage) for before, stage in zip(befores, count.stages, strict=False)]
    elif told is None:
        return None
    else:
        stages = [_as_told(told, stage) for stage in told.count.stages]
    return {
        "rule": count.rule,
        "places": count.places,
        "names": list(names),
        "withdrawn": list(count.withdrawn),
        "stages": stages,
    }


def _by_sheet(before: Stage | None, stage: Stage) -> dict[str, Any]:
    found = _who(stage)
    if before is not None and stage.action == SURPLUS:
        (giver,) = stage.candidates
        found["tally"] = str(before.tallies[giver])
        found["surplus"] = str(before.tallies[giver] - before.quota)
    return found


def _as_told(told: Trail, stage: Stage) -> dict[str, Any]:
    found = _who(stage)
    shares, passes_on = told.shares.get(stage.number), told.moves.get(stage.number)
    if isinstance(shares, meek.Shares):
        # Only who was elected earlier keeps a part: in order of election.
        before = (one for earlier in told.count.stages[: stage.number - 1] for one in earlier.elected)
        found["keeps"] = [shares.keep[one] for one in before]
        found.pop("moving", None)
    elif isinstance(passes_on, ers97.Surplus):
        found |= {"value": passes_on.value, "since": passes_on.since, "before": passes_on.before}
    elif isinstance(passes_on, ers97.Out):
        found |= _said(least=passes_on.least)
    return found


def _who(stage: Stage) -> dict[str, Any]:
    return _said(moving=list(stage.candidates), elected=list(stage.elected), excluded=list(stage.excluded))


def _said(**fields: Any) -> dict[str, Any]:
    """What is neither empty nor 0: a page carries this for every stage."""
    return {name: value for name, value in fields.items() if value}
