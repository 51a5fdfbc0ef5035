"""A made-up organisation for looking around: a finished election, one to vote in, one with nominations; officials are played.

Everything goes through the services, as it would for real. Nobody named here exists, and whoever runs it knows every
secret of its elections.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.crypto import randomness
from governance.crypto.credentials import show_code
from governance.crypto.randomness import Draw
from governance.domain.draft import Calendar, Candidate, Constraint, Contest, Draft
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import (
    ceremony,
    demonstration_nominations,
    demonstration_seats,
    elections,
    members,
    officers,
    roles,
    roll,
    running,
    statements,
)
from governance.services.demonstration_nominations import ASKED
from governance.services.officers import Two
from governance.services.played import Registrar, Troupe, Trustee
from governance.store.journal import Letter
from governance.store.members import Member

FINISHED = "advisory-group-2025"
OPEN = "advisory-group-2026"
ORGANISATION = "Made-up Mental Health Network"
_DAY = timedelta(days=1)

PEOPLE = """
Amara Okafor|Nigeria|Africa;Wanjiru Kamau|Kenya|Africa;Tendai Moyo|Zimbabwe|Africa;Fatou Diallo|Senegal|Africa
Kwame Mensah|Ghana|Africa;Selam Tesfaye|Ethiopia|Africa;Lindiwe Dlamini|South Africa|Africa;Aïcha Traoré|Mali|Africa
Youssef Haddad|Morocco|Eastern Mediterranean;Layla Mansour|Jordan|Eastern Mediterranean
Omid Rahimi|Iran|Eastern Mediterranean;Nour El-Sayed|Egypt|Eastern Mediterranean
Sana Malik|Pakistan|Eastern Mediterranean;Rami Khoury|Lebanon|Eastern Mediterranean
Luisa Fernández Quispe|Peru|Americas;João Pereira da Silva|Brazil|Americas;Camila Rojas|Chile|Americas
Marisol Vargas|Mexico|Americas;Denise Baptiste|Haiti|Americas;Aaron Whitehorse|Canada|Americas
Keisha Campbell|Jamaica|Americas;Sofía Benítez|Argentina|Americas;Daniel Restrepo|Colombia|Americas
Søren Kjærgaard|Denmark|Europe;Zofia Wiśniewska|Poland|Europe;Elif Demir|Türkiye|Europe;Matteo Ricci|Italy|Europe
Oksana Kovalenko|Ukraine|Europe;Aoife Byrne|Ireland|Europe;Nikos Papadopoulos|Greece|Europe;Ilse de Vries|Netherlands|Europe
Anneli Tamm|Estonia|Europe;Priya Raghavan|India|South-East Asia;Rahim Chowdhury|Bangladesh|South-East Asia
Dewi Lestari|Indonesia|South-East Asia;Nimal Perera|Sri Lanka|South-East Asia;Sushila Thapa|Nepal|South-East Asia
Thiri Aung|Myanmar|South-East Asia;Somchai Srisai|Thailand|South-East Asia;Nguyễn Thị Minh Khai|Viet Nam|Western Pacific
Hana Takahashi|Japan|Western Pacific;Li Wei|China|Western Pacific;Maria Santos|Philippines|Western Pacific
Tavita Leota|Samoa|Western Pacific;Ji-woo Park|Republic of Korea|Western Pacific;Mele Tupou|Tonga|Western Pacific
Batbayar Ganbold|Mongolia|Western Pacific;Hemi Walker|New Zealand|Western Pacific
Njeri Mwangi|Kenya|Africa;Arjun Menon|India|South-East Asia;Beatriz Almeida|Brazil|Americas
"""
OFFICIALS: Sequence[tuple[str, str, Role]] = (
    ("officer", "Ruth Lindqvist (returning officer)", Role.OFFICER),
    ("deputy", "Helena Novak (returning officer)", Role.OFFICER),
    ("secretary", "Grace Achieng (secretariat)", Role.SECRETARIAT),
    ("appointer", "Idris Bello (appointing authority)", Role.APPOINTER),
    ("registrar", "Tomás Herrera (registrar)", Role.REGISTRAR),
    ("trustee1", "Ingrid Vogel (trustee)", Role.TRUSTEE),
    ("trustee2", "Samuel Osei (trustee)", Role.TRUSTEE),
    ("trustee3", "Mei-Ling Chan (trustee)", Role.TRUSTEE),
)
_TWO = Two("officer", "secretary")
_TRUSTEES = ("trustee1", "trustee2", "trustee3")
_LIVED, _YOUNG = (4, 1), (5, 2)
"""One member in so many declared it, from which one on."""
SHOWN = 4
"""Voters whose codes are printed."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody one can sign in as."""

    name: str
    email: str
    role: Role
    code: str
    """Their voting code for the election that is open; empty for officials."""
    hint: str = ""
    """What they can try."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was made.

    Attributes:
        accounts: Whom one can sign in as.
        kept: Secrets of the open election's officials, with which `count` can finish it; for a file of mode 0600.
    """

    accounts: tuple[Account, ...]
    kept: bytes


def is_empty(session: Session) -> bool:
    """Whether a database has nobody in it, and so may be given a demonstration."""
    return session.scalar(select(Member.id).limit(1)) is None


def load(session: Session, *, now: datetime, draw: Draw = secrets.token_bytes) -> Demonstration:
    """Fill an empty database.

    Raises:
        RuleError: There is somebody in it.
    """
    if not is_empty(session):
        msg = "There are members in this database: the demonstration is only for an empty one."
        raise RuleError(msg)
    ids = _people(session, now - 200 * _DAY)
    finished = Calendar(now - 60 * _DAY, now - 58 * _DAY, now - 44 * _DAY, now - 14 * _DAY)
    demonstration_seats.begin(session, {one: members.facts(session, one).name for one in ids}, now=now)
    draft = _draft("Advisory group 2025", finished, ids)
    troupe = _announced(session, draft, FINISHED, demonstration_seats.FINISHED_FILLS, draw)
    running.advance(session, FINISHED, now=finished.opens)
    _vote(session, troupe, ids[: len(ids) * 4 // 5], finished.opens + _DAY, draw)
    running.advance(session, FINISHED, now=finished.closes)
    troupe.tally(session, finished.closes + _DAY)
    running.advance(session, FINISHED, now=now)
    demonstration_seats.settle(session, FINISHED, now=now)
    current = Calendar(now - 4 * _DAY, now - _DAY, now + 13 * _DAY, now + 43 * _DAY)
    draft = _draft("Advisory group 2026", current, ids[5:] + ids[:5], draft)
    troupe = _announced(session, draft, OPEN, demonstration_seats.OPEN_FILLS, draw)
    running.advance(session, OPEN, now=now)
    _vote(session, troupe, ids[SHOWN : len(ids) // 2], now - _DAY / 2, draw)
    demonstration_nominations.begin(
        session, "officer", body="advisory-group", trustees=_TRUSTEES, registrar="registrar", now=now
    )
    session.execute(delete(Letter))  # made-up people have no mailbox
    return Demonstration(_accounts(session, troupe, ids), _keep(troupe))


def _people(session: Session, now: datetime) -> list[str]:
    members.set_up(session, ORGANISATION, "vote.example.org", "help@example.org")
    lines = ["id,email,name,country,region,joined,lived_experience,age_group"]
    people = [line.split("|") for line in PEOPLE.replace("\n", ";").split(";") if line]
    ids = [f"m{i:03}" for i in range(1, len(people) + 1)]
    for i, (one, (name, country, region)) in enumerate(zip(ids, people, strict=True)):
        declared = f"{'yes' if _one_in(_LIVED, i) else ''},{'18-29' if _one_in(_YOUNG, i) else ''}"
        lines.append(f"{one},{one}@example.org,{name},{country},{region},{2018 + i % 6}-0{i % 9 + 1}-15,{declared}")
    lines += [f"{one},{one}@example.org,{name},Switzerland,Europe,2018-01-15,," for one, name, _ in OFFICIALS]
    data = "\n".join(lines).encode()
    seen = members.preview(session, officers.COMMAND, data)
    members.apply(session, officers.COMMAND, data, seen.digest, now=now)
    for one, _, role in OFFICIALS:
        roles.grant(session, officers.COMMAND, one, role, now=now, why="demonstration")
    members.add_body(session, "officer", "advisory-group", "Advisory group", now=now)
    return ids


def _one_in(which: tuple[int, int], place: int) -> bool:
    return place % which[0] == which[1]


def _draft(title: str, calendar: Calendar, ids: Sequence[str], before: Draft | None = None) -> Draft:
    """Places for everybody's choice, not all from one region, and a reserved one: for lived experience, then for youth.

    Who stood in the election before does not stand again.
    """
    people = [line.split("|") for line in PEOPLE.replace("\n", ";").split(";") if line]
    facts = {f"m{i:03}": person for i, person in enumerate(people, 1)}
    reserved, title_of, seats = ("youth", "Youth", 2) if before else ("lived-experience", "Lived experience", 3)
    declared, stood = (_YOUNG if before else _LIVED), {one.member for one in before.standing} if before else set()
    few = [one for i, one in enumerate(sorted(facts)) if _one_in(declared, i) and one not in stood][-3:]
    at_large = [one for one in ids[::7] if one not in {*few, *stood}][:7]

    def candidates(chosen: Sequence[str], reopen: str) -> tuple[Candidate, ...]:
        named = [Candidate(f"c-{one}", facts[one][0], member=one) for one in chosen]
        return (*named, Candidate(reopen, "Re-open nominations", reopen=True))

    regions = sorted({facts[one][2] for one in at_large})
    limits = [
        Constraint("region", region, 0, seats - 1, tuple(f"c-{one}" for one in at_large if facts[one][2] == region))
        for region in regions
    ]
    return Draft(
        title=title,
        calendar=calendar,
        contests=(
            Contest(reserved, title_of, 1, candidates(few, f"reopen-{reserved}")),
            Contest(
                "at-large",
                "At large",
                seats,
                candidates(at_large, "reopen-large"),
                constraints=tuple(limits),
                after=(reserved,),
            ),
        ),
        trustees=_TRUSTEES,
        registrar="registrar",
        threshold=2,
    )


def _announced(session: Session, draft: Draft, election: str, fills: Mapping[str, Sequence[str]], draw: Draw) -> Troupe:
    """From the draft to the last trustee's readiness."""
    calendar = draft.calendar
    now = calendar.cutoff
    body, template = "advisory-group", "one-contest"
    elections.create(
        session, "officer", election, body=body, template=template, title=draft.title, calendar=calendar, now=now
    )
    elections.edit(session, "officer", election, draft, 1, now=now)
    for contest in draft.contests:
        for one in contest.candidates:
            if not one.reopen:
                said = f"I am {one.name}. If I am elected, I will listen first, and write down what I heard."
                statements.say(session, "officer", election, one.id, said, now=now)
    demonstration_seats.fills(session, election, fills, now=now)
    roll.freeze(session, _TWO, election, now=now)
    names = {one: name.partition(" (")[0] for one, name, _ in OFFICIALS}
    troupe = Troupe(
        election,
        [Trustee(one, names[one], draw) for one in _TRUSTEES],
        Registrar("registrar", names["registrar"], draw),
    )
    troupe.identities(session, now)
    ceremony.start(session, "officer", election, now=now)
    troupe.keys(session, now)
    troupe.lists(session, now)
    ceremony.publish(session, _TWO, election, now=now)
    troupe.ready(session, now)
    return troupe


def _vote(session: Session, troupe: Troupe, voters: Sequence[str], now: datetime, draw: Draw) -> None:
    """Everybody ranks a few; one in twelve leaves a contest blank, one in ten votes again."""
    contests = elections.draft_of(elections.get(session, troupe.election)).contests
    again = [one for i, one in enumerate(voters) if i % 10 == 3]  # noqa: PLR2004
    for i, one in enumerate((*voters, *again)):
        rankings = [_ranking(len(contest.candidates), draw, blank=i % 12 == 7) for contest in contests]  # noqa: PLR2004
        troupe.vote(session, one, rankings, now)


def _ranking(count: int, draw: Draw, *, blank: bool) -> tuple[int, ...]:
    order = randomness.permutation(draw, count - 1)  # nobody here wants nominations to be opened again
    return () if blank else tuple(order[: 1 + randomness.below(draw, count - 1)])


def _accounts(session: Session, troupe: Troupe, ids: Sequence[str]) -> tuple[Account, ...]:
    hints = {
        "officer": "runs the elections",
        "deputy": "approves what two returning officers decide",
        "secretary": "approves what takes two people",
        "appointer": "fills the appointed seats",
    }
    officials = [Account(name, f"{one}@example.org", role, "", hints.get(one, "")) for one, name, role in OFFICIALS]
    codes = troupe.registrar.codes
    told = {one: (show_code(codes[one]), "can vote; can nominate, and second") for one in ids[:SHOWN]}
    told[ids[1]] = (told[ids[1]][0], "can vote; stands in the next election")
    told[ASKED] = ("", "is nominated, and has to answer")
    people = [
        Account(members.facts(session, one).name, f"{one}@example.org", Role.MEMBER, code, hint)
        for one, (code, hint) in told.items()
    ]
    return (*people, *officials)


# ---- finishing the open election -------------------------------------------------------------------------------------


def _keep(troupe: Troupe) -> bytes:
    trustees = [
        {
            "member": one.member,
            "name": one.name,
            "seed": one.seed.hex(),
            "index": one.index,
            "secret": str(one.secret),
        }
        for one in troupe.trustees
    ]
    return json.dumps({"election": troupe.election, "trustees": trustees, "codes": troupe.registrar.codes}).encode()


def count(session: Session, kept: bytes, *, now: datetime, draw: Draw = secrets.token_bytes) -> None:
    """Play the trustees of the open election once it has closed: mix, open, publish.

    Raises:
        RuleError: Voting has not closed.
    """
    told = json.loads(kept)
    running.advance(session, told["election"], now=now)
    if elections.show(session, told["election"]).phase is not Phase.TALLY:
        msg = "Voting has not closed, or the result stands."
        raise RuleError(msg)
    trustees = []
    for one in told["trustees"]:
        trustee = Trustee(one["member"], one["name"], draw)
        trustee.seed, trustee.index, trustee.secret = bytes.fromhex(one["seed"]), one["index"], int(one["secret"])
        trustees.append(trustee)
    Troupe(told["election"], trustees, Registrar("registrar", "", draw)).tally(session, now)
