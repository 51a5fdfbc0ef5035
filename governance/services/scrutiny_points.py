"""The points of scrutiny of a nomination, from what the database says now."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.draft import Draft
from governance.domain.eligibility.language import Purpose
from governance.domain.nominations.points import Backer, Case, Point, points
from governance.domain.nominations.record import Nomination
from governance.services import declarations, elections, eligibility, members, officers, statements
from governance.services.nomination_records import Filed
from governance.services.surroundings import officials


def of(session: Session, election: str, filed: Filed, beside: Iterable[Filed], *, now: datetime) -> tuple[Point, ...]:
    """Every point of a nomination that was accepted; `beside` are all nominations of the election."""
    it, contest = filed.nomination, filed.row.contest
    draft = elections.draft_of(elections.get(session, election))
    may = eligibility.asking(session, election, now=now)
    names = officers.names(session, {it.nominee, it.by})
    asked = [one.attribute for one in draft.nominations.independent]
    people = members.facts_of(session, it.seconders)
    case = Case(
        nominee=names.get(it.nominee, it.nominee),
        stands=may(it.nominee, Purpose.STAND, contest),
        nominator=names.get(it.by, it.by),
        nominates=may(it.by, Purpose.NOMINATE, contest),
        seconders=[
            Backer(one.name, may(one.id, Purpose.SECOND, contest), {name: one.value(name) for name in asked})
            for one in (people[who] for who in it.seconders)
        ],
        words=_words(session, election, filed),
        declared=declarations.answered(session, it.nominee, draft.nominations.questions),
        contests=len(_contests(it, beside) | {contest}),
        offices=_offices(session, draft, it),
    )
    return points(draft.nominations, case)


def _words(session: Session, election: str, filed: Filed) -> dict[str, int]:
    said = statements.every(session, election).get(filed.row.candidate, ())
    return {one.language: len(one.text.split()) for one in said}


def _contests(it: Nomination, beside: Iterable[Filed]) -> set[str]:
    """Those in which the nominee stands as well, and was not rejected."""
    return {
        one.row.contest
        for one in beside
        if one.nomination.nominee == it.nominee and one.nomination.stands and one.nomination.admitted is not False
    }


def _offices(session: Session, draft: Draft, it: Nomination) -> tuple[str, ...]:
    return tuple(str(one) for one in officials(session, draft).get(it.nominee, ()))
