"""Whatever a valid election looks like, its record is accepted, and says what the voters meant."""

import io
import os
from collections import Counter
from hashlib import sha512

import pytest

from governance.board import canonical, verify
from governance.board import tally as counting
from governance.board.record import RecordFile
from tests.forge.election import Election
from tests.forge.maker import make
from tests.forge.plan import Cast, Withdraw
from tests.forge.randomly import expected, random_election
from tests.forge.record import Record
from tests.forge.tally import contest_of

SEEDS = range(int(os.environ.get("GOVERNANCE_LONG") or 20))


def _blob(record: Record, kind: str, contest: str, field: str) -> bytes:
    return record.blobs[record.value(record.find(kind, contest=contest))[field]["sha256"]]


def _recounted(record: Record, name: str, elected: dict[str, list[str]]) -> bytes:
    """The count of what was meant, from the plan alone."""
    plan = record.plan
    papers = expected(plan, name)
    ctx = sha512(record.entries[record.find("manifest")]).digest()
    opened = counting.Opened(papers.blank, papers.invalid, dict(papers.papers))
    contest = contest_of(Election(plan), name)
    gone = [one.candidate for one in (*plan.early, *plan.course) if isinstance(one, Withdraw) and one.contest == name]
    before = [one for other in plan.contest(name).after for one in elected[other] if one != plan.contest(other).reopen]
    return counting.count_blob(counting.count_papers(contest, opened, ctx, gone, before))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_election_is_accepted_and_says_what_was_cast(seed: int) -> None:
    plan = random_election(seed)
    record = make(plan)

    report = verify.check(RecordFile(io.BytesIO(record.zip())))

    assert report.ok, report.failure
    assert report.cancelled == bool(plan.cancel)
    assert set(report.contests) == (set() if plan.cancel else {contest.id for contest in plan.contests})
    elected: dict[str, list[str]] = {}
    for contest in plan.contests if not plan.cancel else ():
        name, papers, outcome = contest.id, expected(plan, contest.id), report.contests[contest.id]
        assert outcome.ballots == papers.ballots
        elected[name] = list(outcome.elected)
        if papers.ballots < contest.min_ballots:
            assert (outcome.blank, outcome.invalid, outcome.elected) == (0, 0, ())
            continue
        assert (outcome.blank, outcome.invalid) == (papers.blank, papers.invalid)
        result = canonical.parse(_blob(record, "result", name, "ballots"))
        assert {tuple(ids): number for number, ids in result["papers"]} == dict(papers.papers)
        assert len(result["papers"]) == len(papers.papers)
        count = _blob(record, "count", name, "stages")
        assert count == _recounted(record, name, elected)
        assert canonical.parse(count)["elected"] == elected[name]


def test_the_random_elections_have_everything_that_may_happen() -> None:
    plans = [random_election(seed) for seed in range(60)]
    seen = Counter(
        what
        for plan in plans
        for what, holds in {
            "cancelled": bool(plan.cancel),
            "witnesses": plan.witnesses > 0,
            "several contests": len(plan.contests) > 1,
            "several styles": len(plan.styles) > 1,
            "constraints": any(contest.constraints for contest in plan.contests),
            "after": any(contest.after for contest in plan.contests),
            "reopen": any(contest.reopen for contest in plan.contests),
            "nobody votes": not any(isinstance(one, Cast) for one in plan.course),
            "void": any(expected(plan, one.id).ballots < one.min_ballots for one in plan.contests),
            "extended": plan.closed > "2026-03-09",
            "withdrawn": any(isinstance(one, Withdraw) for one in (*plan.early, *plan.course)),
            "all trustees are needed": plan.threshold == plan.trustees,
            "a trustee is missing": any(len(one.openers) < plan.trustees for one in plan.contests),
        }.items()
        if holds
    )

    assert len(seen) == 13, seen
