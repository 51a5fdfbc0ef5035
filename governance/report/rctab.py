"""A count in the form of RCTab's summary, which RCVis and others draw (docs/counting.md 8.5)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from governance.count.progress import EXCLUSION, FINAL
from governance.count.report import Count, Stage
from governance.report.moves import NOBODY, between, shared

EXHAUSTED = "exhausted"


def write(title: str, count: Count, names: Sequence[str], *, ballots: int | None = None) -> bytes:
    """The summary as JSON.

    Args:
        title: Of the contest.
        count: What to write.
        names: Of the candidates, in the count's order, all different.
        ballots: All that were cast; the valid ones if that is not known.
    """
    rounds = _rounds(count)
    last = rounds[-1]
    total = count.valid if ballots is None else ballots
    found = {
        "config": {
            "contest": title,
            "date": "",
            "generatedBy": "governance",
            "jurisdiction": "",
            "office": "",
        },
        "jsonFormatVersion": "1",
        "results": [_round(count, names, at, rounds) for at in range(len(rounds))],
        "summary": {
            "finalThreshold": count.votes(last.quota),
            "numCandidates": len(names) - len(count.withdrawn),
            "numWinners": count.seats,
            "totalNumBallots": str(total),
            "undervotes": total - count.valid,
        },
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _rounds(count: Count) -> list[Stage]:
    """The stages; of an exclusion that takes several (ERS97), the last, which says who was excluded and elected in all."""
    rounds: list[Stage] = []
    for _, group in groupby(enumerate(count.stages), key=lambda item: _first_of(count, item[0])):
        stages = [stage for _, stage in group]
        elected = tuple(one for stage in stages for one in stage.elected)
        excluded = tuple(one for stage in stages for one in stage.excluded)
        rounds.append(replace(stages[-1], elected=elected, excluded=excluded))
    return rounds


def _first_of(count: Count, at: int) -> int:
    """The stage with which the exclusion began that goes on here; else the stage itself."""
    while at and count.stages[at].action == EXCLUSION and not count.stages[at].excluded:
        at -= 1
    return at


def _round(count: Count, names: Sequence[str], at: int, rounds: list[Stage]) -> dict[str, Any]:
    here = rounds[at]
    # Who is out when the last places are filled without a transfer keeps the votes on the sheet.
    gone = (one for stage in rounds[: at + 1] if stage.action != FINAL for one in stage.excluded)
    out = {*count.withdrawn, *gone}
    return {
        "inactiveBallots": {
            "exhaustedChoices": count.votes(here.non_transferable),
            "overvotes": "0",
            "repeatedRankings": "0",
            "skippedRankings": "0",
        },
        "round": at + 1,
        "tally": {name: count.votes(here.tallies[one]) for one, name in enumerate(names) if one not in out},
        "tallyResults": _results(count, names, at, rounds),
        "threshold": count.votes(here.quota),
    }


def _results(count: Count, names: Sequence[str], at: int, rounds: list[Stage]) -> list[dict[str, Any]]:
    """Who is elected in this round, or out after it, and where their votes went before the next."""
    after = rounds[at + 1] if at + 1 < len(rounds) else None
    out = after.excluded if after else ()
    sent = _sent(count, names, rounds[at], after) if after else {}
    elected = [one for one in count.elected if _told_at(one, rounds) == at]
    return [
        *({"elected": names[one], "transfers": sent.get(one, {})} for one in elected),
        *({"eliminated": names[one], "transfers": sent.get(one, {})} for one in out),
    ]


def _told_at(one: int, rounds: list[Stage]) -> int:
    """The round that names an elected candidate: the form has one place for the election and the surplus."""
    elected = next(at for at, stage in enumerate(rounds) if one in stage.elected)
    moved = [at - 1 for at, stage in enumerate(rounds) if at > elected and one in stage.candidates]
    return moved[0] if moved else elected


def _sent(count: Count, names: Sequence[str], here: Stage, after: Stage) -> dict[int, dict[str, str]]:
    """From whom to whom votes went; estimated in proportion where several lost some at once."""
    moved = between(here, after)
    rows = shared([units for _, units in moved.lost], [units for _, units in moved.gained])
    receivers = [EXHAUSTED if one == NOBODY else names[one] for one, _ in moved.gained]
    return {
        one: {name: count.votes(units) for name, units in zip(receivers, row, strict=True) if units}
        for (one, _), row in zip(moved.lost, rows, strict=True)
    }
