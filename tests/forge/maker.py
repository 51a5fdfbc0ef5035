"""From a plan and some forgeries to a record."""

from functools import cache

from governance.board import canonical
from tests.forge.bases import BASES
from tests.forge.election import Election, Hook
from tests.forge.plan import Plan
from tests.forge.record import Record
from tests.forge.tally import tally


def make(plan: Plan, *hooks: Hook) -> Record:
    """The record of an election, with these forgeries in it."""
    election = Election(plan, hooks)
    if plan.notices:
        election.entries.append(canonical.dump(election.notice("before everything")))
    _run(election)
    election.entries = election.at("entries", election.entries)
    record = Record(
        plan=plan,
        entries=election.entries,
        blobs=election.blobs,
        origin=election.origin,
        log=election.log,
        witnesses=[election.witness(number) for number in range(plan.witnesses)],
        trustees=[one.seed for one in election.people],
        registrar=election.registrar,
    )
    changed: Record = election.at("record", record.tidy().sign())
    return changed


def _run(election: Election) -> None:
    """Every step until the last, or until it is cancelled."""
    election.ceremony()
    election.manifest()
    if election.cancelled("manifest"):
        return
    election.ready()
    election.early()
    if election.cancelled("ready"):
        return
    election.vote()
    if election.cancelled("open"):
        return
    election.close()
    if not election.cancelled("close"):
        tally(election)


@cache
def _made(name: str) -> Record:
    return make(BASES[name])


def base(name: str) -> Record:
    """A copy of a base election's record: made once, changed by whoever asks."""
    return _made(name).copy()
