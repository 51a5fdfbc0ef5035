"""What is published of nominations beside the candidates: numbers, rules by their names, offices. Nothing about a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from governance.domain.nominations.points import title
from governance.domain.nominations.record import Challenge, Nomination, Reason, Status
from governance.services import elections
from governance.services import nomination_records as records

OFFICES: Mapping[str, str] = MappingProxyType({"officer": "returning officer", "secretariat": "the secretariat"})
"""What offices are called, where whoever holds one took no part."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """Appeals, or objections: how many, and what became of them; `moot` where the nominee went before the answer.

    Attributes:
        retracted: Taken back by whoever made them.
    """

    made: int
    upheld: int
    dismissed: int
    waiting: int
    moot: int
    retracted: int


@dataclass(frozen=True, slots=True)
class Published:
    """Numbers of an election.

    Attributes:
        asked: Wait for the nominee; `undecided`, for scrutiny.
        admitted: And still standing; `rejected` is what holds after appeals and objections.
        by_rule: (a point in words, how many were rejected for it); one nomination may stand in several lines.
        exceptions: (a point in words, why an exception was granted; empty once it was erased).
        recused: (an office, how many times somebody who holds it took no part in an answer).
    """

    received: int
    asked: int
    lapsed: int
    declined: int
    withdrawn: int
    undecided: int
    admitted: int
    rejected: int
    by_rule: tuple[tuple[str, int], ...]
    exceptions: tuple[tuple[str, str], ...]
    appeals: Challenged
    objections: Challenged
    recused: tuple[tuple[str, int], ...]


def published(session: Session, election: str, *, now: datetime) -> Published:
    """The numbers of an election.

    Raises:
        NotFoundError: There is no such election.
    """
    until = records.accepted_until(elections.draft_of(elections.get(session, election)).calendar)
    found = [one.nomination for one in records.every(session, election)]
    stands = Counter(one.status(now, until) for one in found)
    challenges = [(one, asked) for one in found for asked in one.challenges.values()]
    offices = Counter(one.office for _, asked in challenges if asked.answer for one in asked.answer.recused)
    return Published(
        received=len(found),
        asked=stands[Status.ASKED],
        lapsed=stands[Status.LAPSED],
        declined=stands[Status.DECLINED],
        withdrawn=stands[Status.WITHDRAWN],
        undecided=stands[Status.STANDS],
        admitted=stands[Status.ADMITTED],
        rejected=stands[Status.REJECTED],
        by_rule=_by_rule(found),
        exceptions=tuple((title(one.point), one.sentence) for one in _exceptions(found)),
        appeals=_challenged([pair for pair in challenges if pair[1].appeal]),
        objections=_challenged([pair for pair in challenges if not pair[1].appeal]),
        recused=tuple(sorted(offices.items())),
    )


def sentences(session: Session, election: str) -> tuple[str, ...]:
    """The same in sentences, for the booklet: once the list is adopted, the time to accept is over."""
    draft = elections.draft_of(elections.get(session, election))
    told = published(session, election, now=records.accepted_until(draft.calendar))
    if not told.received:
        return ()
    became = [
        f"{number} {word}"
        for number, word in (
            (told.admitted, "admitted"),
            (told.rejected, "rejected"),
            (told.withdrawn, "withdrawn"),
            (told.declined, "declined"),
            (told.lapsed, "not accepted in time"),
            (told.undecided, "not decided"),
        )
        if number
    ]
    return (
        f"Nominations received: {told.received}; of these {', '.join(became)}.",
        *(f"Rejected for “{rule}”: {number}." for rule, number in told.by_rule),
        *(f"Admitted by way of exception, “{rule}”{f': {why}' if why else '.'}" for rule, why in told.exceptions),
        *_challenges(told),
    )


def _challenges(told: Published) -> Iterator[str]:
    for name, one in (("Appeals", told.appeals), ("Objections", told.objections)):
        if one.made:
            back = f", taken back: {one.retracted}" if one.retracted else ""
            yield f"{name}: {one.made}; upheld: {one.upheld}, not upheld: {one.dismissed}{back}."
    if told.recused:
        offices = ", ".join(f"{OFFICES.get(office, office)} ({number})" for office, number in told.recused)
        yield f"Took no part in an answer: {offices}."


def _by_rule(found: Iterable[Nomination]) -> tuple[tuple[str, int], ...]:
    """Rejections that hold; those without a rule against them, and those by an objection, count as another reason."""
    rejected = [one for one in found if one.admitted is False and not one.ended]
    names = [
        name
        for one in rejected
        for name in dict.fromkeys(title(r.point) for r in (one.decision.reasons if one.decision else ()))
        or ("Another reason",)
    ]
    return tuple(sorted(Counter(names).items()))


def _exceptions(found: Iterable[Nomination]) -> list[Reason]:
    return [reason for one in found if one.admitted and one.decision for reason in one.decision.exceptions]


def _challenged(pairs: Sequence[tuple[Nomination, Challenge]]) -> Challenged:
    answers = [asked.answer.yes for _, asked in pairs if asked.answer]
    open_ = [one.ended for one, asked in pairs if asked.waits]
    back = sum(asked.retracted is not None for _, asked in pairs)
    return Challenged(
        len(pairs), answers.count(True), answers.count(False), open_.count(False), open_.count(True), back
    )
