"""A draft as the fields of a plain form say it, and back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Constraint, Contest, Draft
from governance.domain.feasible import ID
from governance.domain.names import slug
from governance.errors import NotFoundError
from governance.services import members

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Said:
    """One row of candidates as it was typed; `member` is an id or an address."""

    id: str
    name: str
    member: str
    reopen: bool


def plain(draft: Draft) -> dict[str, Any]:
    """What the form of the whole draft shows, but for the calendar."""
    return {
        "title": draft.title,
        "trustees": list(draft.trustees),
        "threshold": draft.threshold,
        "registrar": draft.registrar,
        "revotes": draft.revotes,
        "witnesses": "\n".join(draft.witnesses),
        "quorum": draft.quorum,
    }


def plain_contest(contest: Contest) -> dict[str, Any]:
    """What the form of a contest shows."""
    return {
        "title": contest.title,
        "seats": contest.seats,
        "rule": contest.rule,
        "max_ranks": contest.max_ranks,
        "min_ballots": contest.min_ballots,
        "electorate": "\n".join(f"{name}: {', '.join(values)}" for name, values in contest.electorate.items()),
        "after": list(contest.after),
        "candidates": [
            {"id": one.id, "name": one.name, "member": one.member, "reopen": one.reopen} for one in contest.candidates
        ],
    }


def plain_limit(limit: Constraint) -> dict[str, Any]:
    """What the form of a limit shows."""
    return {
        "attribute": limit.attribute,
        "value": limit.value,
        "min": limit.min,
        "max": limit.max,
        "seated": limit.seated,
        "candidates": list(limit.candidates),
    }


def kept(
    contest: Contest, standing: Sequence[Candidate], after: Collection[str], draft: Draft
) -> tuple[Constraint, ...]:
    """The limits of a contest without those who no longer stand in it, or in a contest that is counted before it."""
    others = [one for other in draft.contests if other.id in after for one in other.candidates]
    ids = {one.id for one in (*standing, *others) if not one.reopen}
    return tuple(
        replace(limit, candidates=tuple(one for one in limit.candidates if one in ids)) for limit in contest.constraints
    )


def attribute(name: str) -> str:
    """An attribute as the members' list names it."""
    return "_".join(name.casefold().split())


def read_electorate(text: str) -> tuple[Mapping[str, tuple[str, ...]], list[str]]:
    """Lines like “region: Africa, Europe”; and what is wrong with the lines that are not."""
    read: dict[str, tuple[str, ...]] = {}
    wrong = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, rest = line.partition(":")
        values = tuple(filter(None, (value.strip() for value in rest.split(","))))
        name = attribute(name)
        if not colon or not name or not values or name in read:
            wrong.append(f"“{line[:60]}” should be a line like “region: Africa, Europe”, each attribute once.")
        else:
            read[name] = values
    return read, wrong


def member_id(session: Session, said: str) -> str | None:
    """The id of the member whom an address or an id names."""
    said = said.strip()
    if "@" in said:
        return members.find(session, said)
    try:
        return members.facts(session, said).id
    except NotFoundError:
        return None


def candidates(session: Session, draft: Draft, contest: Contest, said: Sequence[Said]) -> tuple[Candidate, ...]:
    """The candidates of a contest; a row without a name is none. Who stands in another contest too keeps one id."""
    others = [one for other in draft.contests if other.id != contest.id for one in other.candidates]
    known = {one.id for one in contest.candidates}
    taken = {one.id for one in (*others, *contest.candidates)}
    made: list[Candidate] = []
    for row in said:
        name, member = " ".join(row.name.split()), ""
        if not name:
            continue
        if row.member.strip() and not row.reopen:
            member = member_id(session, row.member) or ""
        same = next((one.id for one in others if member and one.member == member), "")
        kept = row.id if row.id in known and ID.fullmatch(row.id) else ""
        wanted = f"reopen-{contest.id}"[:_LONGEST] if row.reopen else name
        one = same or kept or slug(wanted, taken)
        taken.add(one)
        made.append(Candidate(one, name, reopen=row.reopen, member=member))
    return tuple(made)
