"""Nominations that were made, accepted and decided, without the steps: a test says who stands where."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from governance.domain.draft import Draft
from governance.domain.nominations.ballot import Adopted
from governance.domain.nominations.record import Event, Kind
from governance.services import adoption, elections, nomination_records
from governance.store.nominations import NominationRow
from tests.services.stage import ELECTION, START, Stage

LISTED: Mapping[str, Sequence[str]] = {"board": ("m1", "m2", "m4", "m5"), "africa": ("m3", "m6", "m9")}
"""For `stage.a_draft`: as many as it has candidates."""


def stand(stage: Stage, contest: str, member: str, *, admitted: bool | None = True, now: datetime | None = None) -> int:
    """A member nominates themselves; it is decided, but for None. Gives the number."""
    at = now or stage.now
    with stage.writing() as session:
        row = NominationRow(
            election_id=ELECTION, contest=contest, nominee_id=member, candidate=f"c-{member}", named=None
        )
        filed = nomination_records.begin(session, row, member, now=at)
        if admitted is not None:
            nomination_records.add(session, filed, Event(0, Kind.DECIDED, at, "officer", yes=admitted))
        return row.id


def happens(stage: Stage, number: int, event: Event) -> None:
    """One event more."""
    with stage.writing() as session:
        nomination_records.add(session, nomination_records.get(session, ELECTION, number), event)


def adopt(stage: Stage) -> Adopted:
    with stage.writing() as session:
        version = elections.get(session, ELECTION).version
        return adoption.adopt(session, "officer", ELECTION, version, now=stage.now)


def draft(stage: Stage) -> Draft:
    with stage.reading() as session:
        return elections.show(session, ELECTION).draft


def listed(stage: Stage, who: Mapping[str, Sequence[str]] = LISTED) -> Adopted:
    """Everybody stands, and is on the ballot; it is the hour of the cut-off."""
    for contest, members in who.items():
        for member in members:
            stand(stage, contest, member)
    stage.now = START
    return adopt(stage)
