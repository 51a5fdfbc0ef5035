"""An organisation on stage: a real database file, made-up members, officials who are played. A test says what matters."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from governance.board import entries as e
from governance.crypto import group
from governance.domain.draft import Calendar, Candidate, Contest, Draft
from governance.domain.signing_in import Role
from governance.services import boards, ceremony, elections, members, officers, roles, roll, running
from governance.services.officers import Two
from governance.services.played import Registrar, Troupe, Trustee, booth
from governance.store import database
from governance.store.vault import Vault
from tests.databases import a_database, address

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
OPEN = START + timedelta(days=2, minutes=1)
KEY = bytes(range(32))
HEAD = "id,email,name,country,region,joined,lived_experience"
ELECTION = "board-2026"
TWO = Two("officer", "secretary")
"""Who does what takes two people."""


def a_calendar(**changes: datetime) -> Calendar:
    day = timedelta(days=1)
    times = {"cutoff": START, "opens": START + 2 * day, "closes": START + 9 * day, "appeals": START + 30 * day}
    moments = times | changes
    return Calendar(moments["cutoff"], moments["opens"], moments["closes"], moments["appeals"])


def people(count: int) -> list[str]:
    """Lines of a members' list: every third lives in Africa, one in four has declared lived experience."""
    return [
        f"m{i},m{i}@example.org,Member {i},{'Kenya' if i % 3 == 0 else 'Peru'},"
        f"{'Africa' if i % 3 == 0 else 'Americas'},2020-01-{i % 28 + 1:02},{'yes' if i % 4 == 0 else ''}"
        for i in range(1, count + 1)
    ]


def a_list(lines: Sequence[str]) -> bytes:
    return "\n".join([HEAD, *lines, ""]).encode()


OFFICIALS: Mapping[str, Role] = {
    "officer": Role.OFFICER,
    "secretary": Role.SECRETARIAT,
    "registrar": Role.REGISTRAR,
    "t1": Role.TRUSTEE,
    "t2": Role.TRUSTEE,
    "t3": Role.TRUSTEE,
}


@dataclass(slots=True)
class Stage:
    """A database with an organisation in it, and the clock."""

    engine: Engine
    make: sessionmaker[Session]
    folder: Path
    closing: ExitStack = field(repr=False)
    """What ends with it: whoever else opens its database."""
    now: datetime = START - timedelta(days=5)
    authenticators: dict[str, bytes] = field(default_factory=dict)
    """What is in the devices of those who have a second step, by member (tests/services/devices.py)."""
    troupe: Troupe = field(init=False)

    def __post_init__(self) -> None:
        trustees = [Trustee(one, f"Trustee {one}", secrets.token_bytes) for one in ("t1", "t2", "t3")]
        self.troupe = Troupe(ELECTION, trustees, Registrar("registrar", "The registrar", secrets.token_bytes))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.make() as session, database.writing(session):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.make() as session:
            yield session

    @property
    def url(self) -> str:
        """The database's, for another process or another engine."""
        return address(self.engine.url)

    # -- steps, each in a transaction of its own --

    def set_up(self, count: int = 12) -> None:
        with self.writing() as session:
            members.set_up(session, "An organisation", "vote.example.org", "help@example.org")
            lines = people(count) + [
                f"{one},{one}@example.org,Official {one},France,Europe,2020-01-01," for one in OFFICIALS
            ]
            data = a_list(lines)
            seen = members.preview(session, officers.COMMAND, data)
            members.apply(session, officers.COMMAND, data, seen.digest, now=self.now)
            for one, role in OFFICIALS.items():
                roles.grant(session, officers.COMMAND, one, role, now=self.now)
            members.add_body(session, "officer", "group", "Advisory group", now=self.now)

    def draft(self, draft: Draft | None = None, election: str = ELECTION) -> None:
        with self.writing() as session:
            elections.create(
                session,
                "officer",
                election,
                body="group",
                template="one-contest",
                title="Election",
                calendar=a_calendar(),
                now=self.now,
            )
            elections.edit(session, "officer", election, draft or a_draft(), 1, now=self.now)

    def freeze(self) -> roll.Frozen:
        self.now = START + timedelta(hours=1)
        with self.writing() as session:
            return roll.freeze(session, TWO, ELECTION, now=self.now)

    def announce(self) -> None:
        """The key ceremony, the codes, the manifest."""
        with self.writing() as session:
            self.troupe.identities(session, self.now)
            ceremony.start(session, "officer", ELECTION, now=self.now)
        with self.writing() as session:
            self.troupe.keys(session, self.now)
        with self.writing() as session:
            self.troupe.lists(session, self.now)
        with self.writing() as session:
            ceremony.publish(session, TWO, ELECTION, now=self.now)

    def open(self) -> None:
        with self.writing() as session:
            self.troupe.ready(session, self.now)
        self.now = OPEN
        self.advance()

    def until_open(self, count: int = 12, draft: Draft | None = None) -> None:
        self.set_up(count)
        self.draft(draft)
        self.freeze()
        self.announce()
        self.open()

    def advance(self) -> list[str]:
        with self.writing() as session:
            return running.advance(session, ELECTION, now=self.now)

    def close(self) -> list[str]:
        self.now = START + timedelta(days=9, seconds=5)
        return self.advance()

    def size(self) -> int:
        with self.reading() as session:
            return boards.size(session, ELECTION)


def a_draft(**changes: object) -> Draft:
    """Two contests: one for everybody, one for a region alone."""
    draft = Draft(
        title="Advisory group 2026",
        calendar=a_calendar(),
        contests=(
            Contest("board", "At large", 2, standing("a", 4), min_ballots=2),
            Contest("africa", "Africa", 1, standing("b", 3), min_ballots=2, electorate={"region": ("Africa",)}),
        ),
        trustees=("t1", "t2", "t3"),
        registrar="registrar",
        threshold=2,
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


def standing(prefix: str, count: int) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"{prefix}{i}", f"Candidate {prefix.upper()}{i}") for i in range(1, count + 1))


def sealed(stage: Stage, voters: Sequence[int]) -> list[tuple[str, bytes]]:
    """A first ballot of each of these voters, sealed side by side."""
    with stage.reading() as session:
        manifest, cer = boards.manifest(session, ELECTION), boards.cer(session, ELECTION)
    both, one = booth(manifest, ("board", "africa")), booth(manifest, ("board",))

    def seal(place: int) -> tuple[str, bytes]:
        i = voters[place]
        credential = stage.troupe.registrar.credential(f"m{i}", cer)
        mine, choice = (both, [(0, 2, 1), (1,)]) if i % 3 == 0 else (one, [(3, 1)])
        return f"m{i}", e.dump(mine.seal(credential, bytes(32), choice, secrets.token_bytes))

    return group.each(seal, len(voters))


@contextmanager
def a_stage(folder: Path, like: Stage | None = None) -> Iterator[Stage]:
    """A stage on a database of its own, with all that is in the database of another one."""
    with a_database(folder, like.engine if like else None) as engine, ExitStack() as closing:
        made = Stage(engine, database.sessions(engine, Vault(KEY)), folder, closing)
        made.authenticators.update(like.authenticators if like else {})
        yield made
