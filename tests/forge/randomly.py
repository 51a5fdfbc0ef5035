"""Random valid elections: `random_election(seed)` is a plan, and `expected` what its papers must come to."""

import random  # noqa: TID251  the tests' chance is reproducible and guards nothing
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.forge.bases import NOT_EMBEDDED
from tests.forge.plan import CLOSES, Cast, Choice, Contest, Event, Extend, Notice, Plan, Style, Withdraw

NAMES = tuple("abcdefgh")


@dataclass(frozen=True, slots=True)
class Papers:
    """What was cast for one contest, as everybody who knows the voters' minds would count it."""

    ballots: int
    blank: int
    invalid: int
    papers: Mapping[tuple[str, ...], int]


def random_election(seed: int) -> Plan:
    """Sizes, styles, re-votes, withdrawals, constraints, ends: all by the seed."""
    chance = random.Random(seed)  # noqa: S311
    trustees = chance.randint(2, 5)
    threshold = chance.randint(trustees // 2 + 1, trustees)
    names = [f"contest-{number}" for number in range(chance.randint(1, 4))]
    contests: list[Contest] = []
    for name in names:
        contests.append(_contest(chance, name, contests, trustees, threshold))
    styles = _styles(chance, names)
    witnesses = chance.choice([0, 0, 1, 3])
    quorum = chance.randint(1, witnesses) if witnesses else 0
    plan = Plan(
        election=f"random-{seed}",
        trustees=trustees,
        threshold=threshold,
        contests=tuple(contests),
        styles=styles,
        revotes=chance.random() < 0.8,
        witnesses=witnesses,
        quorum=quorum,
        cosigned=tuple(chance.sample(range(witnesses), chance.randint(quorum, witnesses))),
        interleave=chance.random() < 0.5,
        notices=chance.random() < 0.3,
        cancel=chance.choice(["manifest", "ready", "open", "close"]) if chance.random() < 0.1 else "",
        seed=f"random {seed}",
    )
    return _course(chance, plan)


def _contest(chance: random.Random, name: str, earlier: list[Contest], trustees: int, threshold: int) -> Contest:
    candidates = tuple(chance.sample(NAMES, chance.randint(1, 6)))
    after = tuple(one.id for one in earlier if chance.random() < 0.4)
    reopen = f"ron-{name}" if chance.random() < 0.4 else ""
    known = sorted({*candidates, *(c for one in earlier if one.id in after for c in one.candidates if c != one.reopen)})
    constraints = [
        {
            "attribute": "region",
            "value": f"{number}",
            "min": (low := chance.choice([0, 0, 1, 2])),
            "max": low + chance.randint(0, 3),
            "candidates": chance.sample(known, chance.randint(0, len(known))),
            "seated": chance.choice([0, 0, 1]),
        }
        for number in range(chance.choice([0, 0, 1, 2]))
    ]
    everybody = (*candidates, reopen) if reopen else candidates
    people = range(1, trustees + 1)
    return Contest(
        id=name,
        candidates=everybody,
        seats=chance.randint(1, 4),
        max_ranks=chance.randint(1, len(everybody)),
        min_ballots=chance.choice([2, 2, 3, 6]),
        reopen=reopen,
        constraints=tuple(constraints),
        after=after,
        mixers=tuple(chance.sample(people, chance.randint(max(2, threshold), trustees))),
        openers=tuple(chance.sample(people, chance.randint(threshold, trustees))),
    )


def _styles(chance: random.Random, names: list[str]) -> tuple[Style, ...]:
    """Different sets of contests, each contest in at least one."""
    chosen = {tuple(names)}
    for _ in range(chance.randint(0, 2)):
        chosen.add(tuple(name for name in names if chance.random() < 0.6) or (names[-1],))
    return tuple(Style(one, chance.randint(1, 12), chance.randint(0, 2)) for one in sorted(chosen))


def _choice(chance: random.Random, contest: Contest) -> Choice:
    kind = chance.random()
    if kind < 0.1:
        return NOT_EMBEDDED
    if kind < 0.25:
        return ()
    return tuple(chance.sample(contest.candidates, chance.randint(1, contest.limit)))


def _course(chance: random.Random, plan: Plan) -> Plan:
    """Ballots, re-votes, withdrawals and extensions, in any order."""
    voters = sum(style.voters for style in plan.styles)
    turnout = chance.randint(1, min(40, voters)) if chance.random() > 0.1 else 0
    who = chance.sample(range(voters), turnout)
    if plan.revotes and who:
        who += chance.choices(who, k=chance.randint(0, min(6, 40 - turnout)))
    course: list[Event] = [
        Cast(one, tuple(_choice(chance, plan.contest(name)) for name in plan.styles[plan.style_of(one)].contests))
        for one in who
    ]
    gone = [
        Withdraw(contest.id, candidate)
        for contest in plan.contests
        for candidate in contest.candidates
        if candidate != contest.reopen and chance.random() < 0.08
    ]
    early = tuple(one for one in gone if chance.random() < 0.5)
    extensions = sorted(f"2026-03-{chance.randint(10, 30)}T17:00:0{n}Z" for n in range(chance.choice([0, 0, 1, 2])))
    late: list[Event] = [one for one in gone if one not in early]
    for event in (*late, *([Notice()] if chance.random() < 0.3 else [])):
        course.insert(chance.randint(0, len(course)), event)
    for closes in extensions:  # only ever later
        place = max((i for i, one in enumerate(course) if isinstance(one, Extend)), default=-1) + 1
        course.insert(chance.randint(place, len(course)), Extend(closes))
    return replace(plan, early=early, course=tuple(course), closed=max([CLOSES, *extensions]))


def expected(plan: Plan, name: str) -> Papers:
    """The papers of a contest: each voter's last ballot, as it was meant."""
    last = {event.voter: event for event in plan.course if isinstance(event, Cast)}
    choices = [
        event.choices[contests.index(name)]
        for event in last.values()
        if name in (contests := plan.styles[plan.style_of(event.voter)].contests)
    ]
    ranked = Counter(one for one in choices if isinstance(one, tuple) and one)
    return Papers(len(choices), choices.count(()), sum(isinstance(one, bytes) for one in choices), ranked)
