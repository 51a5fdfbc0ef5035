"""Filling a casual vacancy from the papers of the election: docs/counting.md 7.1."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from governance.count import rules
from governance.count.ballots import Profile
from governance.count.constraints import Constraint
from governance.count.report import Count
from governance.errors import MalformedError, RuleError


@dataclass(frozen=True, slots=True)
class Countback:
    """Who fills a vacancy, and the recount that says so.

    Attributes:
        count: The recount. Its seats are those of the sitting members and the vacant one.
        vacating: Whose seat is filled.
        declined: Who would not, or may not, take it.
        sitting: Who keeps a seat.
        filled: Who takes the seat; None where it stays empty (nobody is left, or re-open nominations has it).
    """

    count: Count
    vacating: str
    declined: tuple[str, ...]
    sitting: tuple[str, ...]
    filled: str | None

    def as_dict(self) -> dict[str, Any]:
        """The recount's object (docs/interfaces.md) with four fields more."""
        return {
            **self.count.as_dict(),
            "vacating": self.vacating,
            "declined": list(self.declined),
            "sitting": list(self.sitting),
            "filled": self.filled,
        }


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
    index = {name: number for number, name in enumerate(profile.candidates)}
    keeping, passed_over = {*sitting}, {*declined, *withdrawn}
    if unknown := {vacating, *keeping, *passed_over}.difference(index):
        raise MalformedError(f"there is no candidate {min(unknown)!r}")
    if vacating in keeping or vacating in passed_over:
        raise MalformedError(f"{vacating!r} leaves the seat: they can neither sit on nor decline it")
    if wrong := keeping & passed_over:
        raise MalformedError(f"{min(wrong)!r} cannot sit and have declined or withdrawn as well")
    if reopen in {vacating, *keeping, *passed_over}:
        raise MalformedError("re-open nominations holds no seat and declines none")
    in_order = sorted(keeping, key=index.__getitem__)
    gone = sorted({vacating, *passed_over}, key=index.__getitem__)
    counted = rules.count(
        rule_id,
        profile,
        seats=len(keeping) + 1,
        order=order,
        withdrawn=gone,
        reopen=reopen,
        constraints=[
            *constraints,
            Constraint("seat", "sitting", len(keeping), len(keeping), tuple(in_order)),
        ],
    )
    if counted.unconstrained:
        raise RuleError("the constraints leave nobody who could take the seat")
    new = [name for name in counted.names(counted.elected) if name not in keeping and name != reopen]
    return Countback(
        count=counted,
        vacating=vacating,
        declined=tuple(sorted(declined, key=index.__getitem__)),
        sitting=tuple(in_order),
        filled=new[0] if new else None,
    )
