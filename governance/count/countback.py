"""Filling a casual vacancy from the papers of the election, in either of two ways: docs/counting.md 7.1 and 7.2."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from governance.count import follow, rules
from governance.count.ballots import Profile
from governance.count.constraints import Constraint
from governance.count.report import Count, decimal
from governance.count.runoff import Valued, runoff
from governance.errors import MalformedError, RuleError

RECOUNT = "recount"
PAPERS = "papers"
KINDS = (RECOUNT, PAPERS)
NOBODY_FITS = "the constraints leave nobody who could take the seat"


@dataclass(frozen=True, slots=True)
class Countback:
    """Who fills a vacancy, and the count that says so.

    Attributes:
        kind: One of `KINDS`.
        count: `recount`: of all papers; its seats are those of the sitting members and the vacant one. `papers`: of the
            papers of the one who leaves, for one seat; its votes are their values, so they add up to `held`.
        vacating: Whose seat is filled.
        declined: Who would not, or may not, take it.
        sitting: Who keeps a seat.
        filled: Who takes the seat; None where it stays empty (nobody is left, or re-open nominations has it).
        barred: `papers` only: with whom on it the board would not meet its constraints.
        held: `papers` only: the votes that the papers had with the one who leaves, in units.
    """

    kind: str
    count: Count
    vacating: str
    declined: tuple[str, ...]
    sitting: tuple[str, ...]
    filled: str | None
    barred: tuple[str, ...] = ()
    held: int = 0

    @property
    def reopened(self) -> bool:
        """Whether re-open nominations has the seat."""
        return self.count.reopen in self.count.elected

    def as_dict(self) -> dict[str, Any]:
        """The count's object (docs/interfaces.md) with the fields of docs/counting.md 7.1, or of 7.2."""
        told: dict[str, Any] = {
            **self.count.as_dict(),
            "kind": self.kind,
            "vacating": self.vacating,
            "declined": list(self.declined),
            "sitting": list(self.sitting),
            "filled": self.filled,
        }
        if self.kind == PAPERS:
            told |= {"barred": list(self.barred), "held": decimal(self.held, self.count.places)}
        return told


def recount(  # noqa: PLR0913  a count depends on all of these, and on nothing else
    rule_id: str,
    profile: Profile,
    *,
    vacating: str,
    sitting: Iterable[str],
    order: Sequence[str | int],
    declined: Iterable[str] = (),
    withdrawn: Iterable[str] = (),
    reopen: str | None = None,
    constraints: Iterable[Constraint] = (),
) -> Countback:
    """Count all the papers again, passing over who left or declined, with the sitting members sure of their seats.

    Args:
        rule_id: The rule of the election.
        profile: Candidates and papers of the election.
        vacating: Whose seat is to be filled; a candidate.
        sitting: The candidates who keep a seat from this contest.
        order: The order of lots of the election, every candidate once.
        declined: Candidates who would not, or may not, take the seat.
        withdrawn: Who had withdrawn before the election.
        reopen: The candidate who is "re-open nominations", if there is one.
        constraints: On the whole board; `seated` counts members from elsewhere, the one who leaves not among them.

    Raises:
        RuleError: The rule is not offered, or the constraints leave nobody who could take the seat.
        MalformedError: The names do not fit together.
    """
    who = _people(profile, vacating, sitting, declined, withdrawn, reopen)
    counted = rules.count(
        rule_id,
        profile,
        seats=len(who.sitting) + 1,
        order=order,
        withdrawn=_in_order(profile, {vacating, *who.passed_over}),
        reopen=reopen,
        constraints=[
            *constraints,
            Constraint("seat", "sitting", len(who.sitting), len(who.sitting), who.sitting),
        ],
    )
    if counted.unconstrained:
        raise RuleError(NOBODY_FITS)
    new = [name for name in counted.names(counted.elected) if name not in who.sitting and name != reopen]
    return Countback(
        kind=RECOUNT,
        count=counted,
        vacating=vacating,
        declined=who.declined,
        sitting=who.sitting,
        filled=new[0] if new else None,
    )


def papers(  # noqa: PLR0913  a count depends on all of these, and on nothing else
    rule_id: str,
    profile: Profile,
    *,
    seats: int,
    vacating: str,
    sitting: Iterable[str],
    order: Sequence[str | int],
    declined: Iterable[str] = (),
    withdrawn: Iterable[str] = (),
    reopen: str | None = None,
    constraints: Iterable[Constraint] = (),
    election_constraints: Iterable[Constraint] | None = None,
) -> Countback:
    """Count only the papers that elected the one who leaves, at the value they had there, by the alternative vote.

    Args:
        rule_id: The rule of the election.
        profile: Candidates and papers of the election.
        seats: Of the election.
        vacating: Whose seat is to be filled; elected in the election.
        sitting: The candidates who keep a seat from this contest.
        order: The order of lots of the election, every candidate once.
        declined: Candidates who would not, or may not, take the seat.
        withdrawn: Who had withdrawn before the election.
        reopen: The candidate who is "re-open nominations", if there is one.
        constraints: On the whole board; `seated` counts members from elsewhere, the one who leaves not among them.
        election_constraints: Those of the election, where they were others.

    Raises:
        RuleError: The rule is not offered, the constraints leave nobody who could take the seat, or the one who leaves
            was not elected by these papers.
        MalformedError: The names do not fit together.
    """
    who = _people(profile, vacating, sitting, declined, withdrawn, reopen)
    board = [*constraints]
    trail = follow.counted(
        rule_id,
        profile,
        seats=seats,
        order=order,
        withdrawn=_in_order(profile, withdrawn),
        reopen=reopen,
        constraints=board if election_constraints is None else election_constraints,
    )
    leaver = profile.index(vacating)
    if leaver not in trail.count.elected:
        raise RuleError(
            f"{vacating!r} was not elected in this election, so no papers of it lie there: only a recount can"
        )
    out = {vacating, *who.sitting, *who.passed_over}
    standing = [name for name in profile.candidates if name not in out]
    barred = [name for name in standing if not _fits(board, (*who.sitting, name))]
    if (standing and len(barred) == len(standing)) or (not standing and not _fits(board, who.sitting)):
        raise RuleError(NOBODY_FITS)
    held = [*_held(profile, trail, leaver)]
    counted = runoff(
        profile.candidates,
        held,
        standing=[profile.index(name) for name in standing if name not in barred],
        order=[profile.index(name) for name in order],
        places=trail.count.places,
        reopen=trail.count.reopen,
    )
    new = [name for name in counted.names(counted.elected) if name != reopen]
    return Countback(
        kind=PAPERS,
        count=counted,
        vacating=vacating,
        declined=who.declined,
        sitting=who.sitting,
        filled=new[0] if new else None,
        barred=tuple(barred),
        held=sum(number * value for number, value, _ in held),
    )


def _held(profile: Profile, trail: follow.Trail, leaver: int) -> Iterable[Valued]:
    """The papers of which a part counted for the one who leaves when the count was over, and that part."""
    for number, ranking in profile.papers:
        if leaver in ranking and (stops := trail.follow(ranking)) and (value := stops[-1].of(leaver)):
            yield number, value, ranking


def _fits(constraints: Iterable[Constraint], board: Collection[str]) -> bool:
    """Whether these members from this contest, with those from elsewhere, meet every constraint."""
    return all(
        constraint.minimum <= constraint.seated + len({*board} & {*constraint.candidates}) <= constraint.maximum
        for constraint in constraints
    )


@dataclass(frozen=True, slots=True)
class _People:
    """Names that fit together, in order of index."""

    sitting: tuple[str, ...]
    declined: tuple[str, ...]
    passed_over: tuple[str, ...]
    """Who declined or had withdrawn."""


def _people(  # noqa: PLR0913, PLR0917  all the names of a countback
    profile: Profile,
    vacating: str,
    sitting: Iterable[str],
    declined: Iterable[str],
    withdrawn: Iterable[str],
    reopen: str | None,
) -> _People:
    """Check that the names fit together.

    Raises:
        MalformedError: They do not.
    """
    declined, withdrawn = {*declined}, {*withdrawn}
    keeping, passed_over = {*sitting}, {*declined, *withdrawn}
    if unknown := {vacating, *keeping, *passed_over}.difference(profile.candidates):
        raise MalformedError(f"there is no candidate {min(unknown)!r}")
    if vacating in withdrawn:
        raise MalformedError(f"{vacating!r} had withdrawn or sits elsewhere, so has no seat of this election to leave")
    if vacating in keeping or vacating in passed_over:
        raise MalformedError(f"{vacating!r} leaves the seat: they can neither sit on nor decline it")
    if wrong := keeping & passed_over:
        raise MalformedError(f"{min(wrong)!r} cannot sit and have declined or withdrawn as well")
    if reopen in {vacating, *keeping, *passed_over}:
        raise MalformedError("re-open nominations holds no seat and declines none")
    return _People(_in_order(profile, keeping), _in_order(profile, declined), _in_order(profile, passed_over))


def _in_order(profile: Profile, names: Iterable[str]) -> tuple[str, ...]:
    """These, each once, in order of index."""
    wanted = {*names}
    return tuple(name for name in profile.candidates if name in wanted)
