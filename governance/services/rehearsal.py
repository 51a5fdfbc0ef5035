"""One whole election without a browser: members, credentials, ceremony, sealed ballots, mixes, decryption, count.

Every step goes through the services, on a database of its own that is thrown away; only the people are played. What a
seed makes can be made again by anybody, so it is for demonstrations and tests alone.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session, sessionmaker

from governance.board import entries as e
from governance.crypto import group, randomness, ranking
from governance.crypto.randomness import Draw
from governance.domain.draft import Calendar, Candidate, Contest, Draft
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import (
    boards,
    ceremony,
    elections,
    members,
    officers,
    publication,
    roles,
    roll,
    running,
    voting,
)
from governance.services.officers import Two
from governance.services.played import Registrar, Troupe, Trustee, booth
from governance.store import database, schema
from governance.store.vault import Vault

CONTEST = "board"
WAVE = 512
"""Ballots that are sealed side by side, and cast in one transaction."""
Progress = Callable[[str, int, int], None]
_DAY = timedelta(days=1)
_TWO = Two("officer", "secretary")
_HERE = "voters"
"""The region of those who vote; the officials live elsewhere."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    Attributes:
        election: Its id.
        title: Of the election and its one contest.
        names: Of the candidates, in order.
        seats: To be filled.
        ballots: (voter, ranking) in the order of casting; a voter who stands twice votes again.
        voters: How many stand on the roll; at least as many as vote.
        withdrawn: Numbers of candidates who withdraw before the close.
        opens: When voting opens; it closes a week later.
    """

    election: str
    title: str
    names: tuple[str, ...]
    seats: int
    ballots: Sequence[tuple[int, Sequence[int]]]
    voters: int
    withdrawn: tuple[int, ...]
    opens: datetime
    trustees: int = 3
    threshold: int = 2
    mixers: int = 2
    rule: str = "scottish-stv"

    @property
    def calendar(self) -> Calendar:
        """Everything before voting happens in the two days before it."""
        return Calendar(self.opens - 2 * _DAY, self.opens, self.opens + 7 * _DAY, self.opens + 21 * _DAY)

    def max_ranks(self) -> int:
        """As many preferences as have codes, which must be enough for every ranking here.

        Raises:
            RuleError: There are too many candidates for rankings of that length.
        """
        limit = max((n for n in range(1, len(self.names) + 1) if ranking.fits(len(self.names), n)), default=0)
        if limit < max((len(one) for _, one in self.ballots), default=0) or not limit:
            msg = f"with {len(self.names)} candidates, a paper can rank at most {limit} of them"
            raise RuleError(msg)
        return limit

    def draft(self) -> Draft:
        """What the officer sets up; candidates of one name are told apart by a number."""
        standing = [
            Candidate(f"c{i}", name if name not in self.names[: i - 1] else f"{name} ({i})")
            for i, name in enumerate(self.names, 1)
        ]
        contest = Contest(
            CONTEST,
            self.title,
            self.seats,
            tuple(standing),
            max_ranks=self.max_ranks(),
            min_ballots=2,
            rule=self.rule,
            electorate={"region": (_HERE,)},
        )
        trustees = tuple(f"trustee-{j}" for j in range(1, self.trustees + 1))
        return Draft(self.title, self.calendar, (contest,), trustees, "registrar", self.threshold)


class Rehearsal:
    """An election that is being played.

    Attributes:
        seconds: How long each kind of work took.
    """

    def __init__(self, plan: Plan, draw: Draw, progress: Progress) -> None:
        """Check the plan.

        Raises:
            RuleError: The plan asks for what the protocol does not allow.
        """
        if not plan.threshold <= plan.mixers <= plan.trustees or plan.mixers < 2:  # noqa: PLR2004
            msg = "as many trustees as the threshold, and at least two, must mix"
            raise RuleError(msg)
        self.plan = plan
        self.draw = draw
        self.progress = progress
        self.seconds: dict[str, float] = {}
        self._draft = plan.draft()
        names = [f"Trustee {j}" for j in range(1, plan.trustees + 1)]
        self._troupe = Troupe(
            plan.election,
            [Trustee(one, name, draw) for one, name in zip(self._draft.trustees, names, strict=True)],
            Registrar("registrar", "Registrar", draw),
        )

    def run(self, file: BinaryIO) -> None:
        """Play the whole election, and write its record."""
        with tempfile.TemporaryDirectory() as folder:
            engine = database.engine(f"sqlite:///{Path(folder) / 'rehearsal.sqlite'}")
            try:
                schema.prepare(engine)
                self._play(database.sessions(engine, Vault(self.draw(32))), file)
            finally:
                engine.dispose()

    def _play(self, make: sessionmaker[Session], file: BinaryIO) -> None:
        with make() as session:
            with database.writing(session):
                self._people(session)
                self._announce(session)
            self._vote(session)
            self._close(session)
            publication.write(session, self.plan.election, file)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0) + time.perf_counter() - start

    def _people(self, session: Session) -> None:
        """An organisation with members and officials."""
        now = self.plan.calendar.cutoff - _DAY
        held = {"officer": Role.OFFICER, "secretary": Role.SECRETARIAT, "registrar": Role.REGISTRAR}
        held |= dict.fromkeys(self._draft.trustees, Role.TRUSTEE)
        members.set_up(session, "A rehearsal", "log.example", "help@example.org")
        lines = ["id,email,name,country,region,joined"]
        lines += [f"{one},{one}@example.org,{one},Nowhere,officials,2020-01-01" for one in held]
        lines += [
            f"member-{i},member-{i}@example.org,Member {i},Nowhere,{_HERE},2020-01-01"
            for i in range(1, self.plan.voters + 1)
        ]
        data = "\n".join(lines).encode()
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=now)
        for one, role in held.items():
            roles.grant(session, officers.COMMAND, one, role, now=now, why="rehearsal")
        members.add_body(session, "officer", "group", "Advisory group", now=now)

    def _announce(self, session: Session) -> None:
        """From the draft to the opening."""
        plan, troupe, now = self.plan, self._troupe, self.plan.calendar.cutoff
        elections.create(
            session,
            "officer",
            plan.election,
            body="group",
            template="one-contest",
            title=plan.title,
            calendar=plan.calendar,
            now=now,
        )
        elections.edit(session, "officer", plan.election, self._draft, 1, now=now)
        roll.freeze(session, _TWO, plan.election, now=now)
        troupe.identities(session, now)
        ceremony.start(session, "officer", plan.election, now=now, draw=self.draw)
        troupe.keys(session, now)
        troupe.lists(session, now)
        ceremony.publish(session, _TWO, plan.election, now=now)
        troupe.ready(session, now)
        running.advance(session, plan.election, now=plan.opens)

    def _vote(self, session: Session) -> None:
        """Seal every ballot and cast it; whoever votes again names the ballot before."""
        plan = self.plan
        last: dict[int, bytes] = {}
        wave: list[tuple[int, Sequence[int]]] = []
        done = 0
        waiting: set[int] = set()
        for voter, choice in plan.ballots:
            if len(wave) >= WAVE or voter in waiting:
                done += self._cast(session, wave, last)
                wave, waiting = [], set()
                self.progress("ballots", done, len(plan.ballots))
            wave.append((voter, choice))
            waiting.add(voter)
        done += self._cast(session, wave, last)
        self.progress("ballots", done, len(plan.ballots))
        with database.writing(session):
            for number in plan.withdrawn:
                running.withdraw(
                    session,
                    _TWO,
                    plan.election,
                    contest=CONTEST,
                    candidate=f"c{number + 1}",
                    reason="as in the file",
                    now=plan.opens,
                )

    def _cast(self, session: Session, wave: Sequence[tuple[int, Sequence[int]]], last: dict[int, bytes]) -> int:
        """Seal ballots of different voters side by side, then cast them one after the other."""
        nothing = bytes(32)
        streams = [randomness.stream(self.draw(64)) for _ in wave]
        manifest, cer = boards.manifest(session, self.plan.election), boards.cer(session, self.plan.election)
        mine, registrar = booth(manifest, (CONTEST,)), self._troupe.registrar

        def seal(i: int) -> bytes:
            voter, choice = wave[i]
            credential = registrar.credential(f"member-{voter + 1}", cer)
            return e.dump(mine.seal(credential, last.get(voter, nothing), [choice], streams[i]))

        with self._timed("seal"):
            sealed = group.each(seal, len(wave))
        with self._timed("cast"), database.writing(session):
            for (voter, _), raw in zip(wave, sealed, strict=True):
                voting.cast(session, f"member-{voter + 1}", self.plan.election, raw, now=self.plan.opens)
                last[voter] = sha256(raw).digest()
        return len(wave)

    def _close(self, session: Session) -> None:
        """Close, mix, open, count; nothing is opened of a contest that too few voted in."""
        plan, people = self.plan, self._troupe.trustees
        now = plan.calendar.closes
        with database.writing(session):
            running.advance(session, plan.election, now=now)
            void = boards.opened(session, plan.election).judge.tallies[CONTEST].void
        if void:
            return
        for number, one in enumerate(people[: plan.mixers], 1):
            self.progress("mixers", number, plan.mixers)
            self._hand_in(session, one, "shuffle", now)
        took = [self._hand_in(session, one, "decrypt", now) for one in people[-plan.threshold :]]
        # The last part brings the result and the count with it; the parts before took as long to check.
        self.seconds["count"] = max(0.0, took[-1] - took[-2])
        self.seconds["check"] -= self.seconds["count"]

    def _hand_in(self, session: Session, trustee: Trustee, what: str, now: datetime) -> float:
        """One trustee's part; gives how long the server took to check it."""
        with database.writing(session):
            judge = boards.opened(session, self.plan.election).judge
            with self._timed(what):
                data = trustee.mix(judge, CONTEST) if what == "shuffle" else trustee.decrypt(judge, CONTEST)
            before = self.seconds.get("check", 0.0)
            with self._timed("check"):
                self._troupe.hand_in(session, trustee.member, data, now)
        return self.seconds["check"] - before
