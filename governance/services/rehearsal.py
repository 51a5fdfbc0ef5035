"""One whole election without a browser: members, credentials, ceremony, sealed ballots, mixes, decryption, count.

Every step is the real one, by the same functions that the tools off the server and the verifier use; only the people
are played. What a seed makes can be made again by anybody, so it is for demonstrations and tests alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256, sha512

from governance.board import entries as e
from governance.board import making, tally
from governance.board.ledger import Ledger
from governance.count import blt
from governance.crypto import ceremony, credentials, group, randomness, ranking, signature
from governance.crypto import decryption as opening
from governance.crypto import shuffle as mixing
from governance.crypto.randomness import Draw
from governance.errors import RuleError

CONTEST = "board"
WAVE = 512
"""Ballots that are sealed side by side."""
Progress = Callable[[str, int, int], None]


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
        opens: When voting opens; `closes`, when it closes (protocol.md, section 1).
    """

    election: str
    title: str
    names: tuple[str, ...]
    seats: int
    ballots: Sequence[tuple[int, Sequence[int]]]
    voters: int
    withdrawn: tuple[int, ...]
    opens: str
    closes: str
    trustees: int = 3
    threshold: int = 2
    mixers: int = 2
    rule: str = "scottish-stv"

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


@dataclass(slots=True)
class _Trustee:
    index: int
    seed: bytes
    box: bytes
    coefficients: list[int]
    secret: int = 0
    """x_j, once the shares have come."""


class Rehearsal:
    """An election that is being played.

    Attributes:
        ledger: Its board.
        seconds: How long each kind of work took.
    """

    def __init__(self, plan: Plan, draw: Draw, progress: Progress) -> None:
        """Check the plan and make the keys of board and registrar.

        Raises:
            RuleError: The plan asks for what the protocol does not allow.
        """
        self.plan = plan
        self.draw = draw
        self.progress = progress
        self.seconds: dict[str, float] = {}
        plan = self.plan
        if not plan.threshold <= plan.mixers <= plan.trustees or plan.mixers < 2:  # noqa: PLR2004
            msg = "as many trustees as the threshold, and at least two, must mix"
            raise RuleError(msg)
        self._registrar = self.draw(32)
        self.ledger = Ledger(f"log.example/{plan.election}", self.draw(32))
        self._limit = plan.max_ranks()

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0) + time.perf_counter() - start

    def run(self) -> None:
        """Play the whole election."""
        keys = self._ceremony()
        self._vote(*self._manifest(keys))
        self._close(keys)

    def _ceremony(self) -> list[_Trustee]:
        plan, ledger = self.plan, self.ledger
        people = [
            _Trustee(j, self.draw(32), self.draw(32), [randomness.scalar(self.draw) for _ in range(plan.threshold)])
            for j in range(1, plan.trustees + 1)
        ]
        entry = e.Ceremony(
            election=plan.election,
            threshold=plan.threshold,
            registrar=e.Registrar("Registrar", signature.public_key(self._registrar)),
            trustees=tuple(
                e.Trustee(one.index, f"Trustee {one.index}", signature.public_key(one.seed), ceremony.box_key(one.box))
                for one in people
            ),
        )
        cer = sha512(ledger.append(entry)).digest()
        made = {
            one.index: making.trustee_key(cer, one.index, one.coefficients, randomness.scalar(self.draw), one.seed)
            for one in people
        }
        for one in people:
            ledger.append(making.trustee_commit(made[one.index], one.seed))
        for one in people:
            ledger.append(made[one.index])
        for one in people:
            self._take_shares(cer, one, people, made)
            ledger.append(making.trustee_confirm(one.index, made, one.seed))
        return people

    def _take_shares(
        self, cer: bytes, one: _Trustee, people: Sequence[_Trustee], made: dict[int, e.TrusteeKey]
    ) -> None:
        """Each share travels sealed, is opened by its recipient and checked against its sender's commitments."""
        shares = []
        for sender in people:
            share = ceremony.share_for(sender.coefficients, one.index)
            enc, ct = ceremony.seal_share(share, cer, sender.index, one.index, ceremony.box_key(one.box))
            share = ceremony.open_share(enc, ct, cer, sender.index, one.index, one.box)
            ceremony.check_share(share, one.index, sender.index, made[sender.index].commitments)
            shares.append(share)
        one.secret = ceremony.combine_shares(shares)

    def _manifest(self, people: Sequence[_Trustee]) -> tuple[making.Booth, list[credentials.Credential]]:
        plan, ledger = self.plan, self.ledger
        keys = ledger.judge.keys
        assert keys is not None  # noqa: S101  the ceremony was just judged
        codes = [credentials.make_code(self.draw(credentials.RANDOM_BYTES)) for _ in range(plan.voters)]
        voters = group.each(lambda i: credentials.derive(codes[i], keys.cer), len(codes))
        roll = making.roll(
            [making.Voter(f"member-{i}", f"Member {i}", self.draw(16)) for i in range(1, plan.voters + 1)]
        )
        publics = [voter.public for voter in voters]
        listed, blob = making.credentials(plan.election, keys.cer, [CONTEST], publics, roll, self._registrar)
        ledger.put(blob)
        manifest = e.Manifest(
            version=1,
            election=plan.election,
            title=plan.title,
            ceremony=keys.cer,
            public_key=keys.public_key(),
            opens=plan.opens,
            closes=plan.closes,
            contests=(self._contest(),),
            credentials=(listed,),
            board=e.Board(ledger.origin, str(ledger.key()), (), 0),
            revotes=True,
        )
        ctx = sha512(ledger.append(manifest)).digest()
        for one in people:
            nonce = randomness.scalar(self.draw)
            ledger.append(making.trustee_ready(ctx, one.index, one.secret, nonce, one.seed))
        return making.Booth(plan.election, ctx, manifest.public_key, manifest.contests), voters

    def _contest(self) -> e.Contest:
        plan = self.plan
        return e.Contest(
            id=CONTEST,
            title=plan.title,
            seats=plan.seats,
            max_ranks=self._limit,
            min_ballots=2,
            candidates=tuple(e.Candidate(f"c{i}", name, reopen=False) for i, name in enumerate(plan.names, 1)),
            rule={"id": plan.rule},
            constraints=(),
            after=(),
        )

    def _vote(self, booth: making.Booth, voters: Sequence[credentials.Credential]) -> None:
        """Seal every ballot and cast it; whoever votes again names the ballot before."""
        plan, ledger = self.plan, self.ledger
        ledger.append(e.Open(plan.opens))
        last: dict[int, bytes] = {}
        wave: list[tuple[int, Sequence[int]]] = []
        done = 0
        waiting: set[int] = set()
        for voter, choice in plan.ballots:
            if len(wave) >= WAVE or voter in waiting:
                done += self._cast(booth, voters, wave, last)
                wave, waiting = [], set()
                self.progress("ballots", done, len(plan.ballots))
            wave.append((voter, choice))
            waiting.add(voter)
        done += self._cast(booth, voters, wave, last)
        self.progress("ballots", done, len(plan.ballots))
        for number in plan.withdrawn:
            ledger.append(e.Withdraw(CONTEST, f"c{number + 1}"))

    def _cast(
        self,
        booth: making.Booth,
        voters: Sequence[credentials.Credential],
        wave: Sequence[tuple[int, Sequence[int]]],
        last: dict[int, bytes],
    ) -> int:
        """Seal ballots of different voters side by side, then cast them one after the other."""
        nothing = bytes(32)
        streams = [randomness.stream(self.draw(64)) for _ in wave]

        def seal(i: int) -> bytes:
            voter, choice = wave[i]
            return e.dump(booth.seal(voters[voter], last.get(voter, nothing), [choice], streams[i]))

        with self._timed("seal"):
            sealed = group.each(seal, len(wave))
        with self._timed("cast"):
            for (voter, _), raw in zip(wave, sealed, strict=True):
                last[voter] = sha256(self.ledger.append(raw)).digest()
            self.ledger.judge.flush()
        return len(wave)

    def _close(self, people: Sequence[_Trustee]) -> None:
        plan, ledger = self.plan, self.ledger
        judge = ledger.judge
        ledger.append(e.Close(plan.closes, judge.ballots))
        contest = judge.tallies[CONTEST]
        if contest.size < contest.contest.min_ballots:
            ledger.append(e.Void(CONTEST, contest.size))
            return
        for number, one in enumerate(people[: plan.mixers], 1):
            self.progress("mixers", number, plan.mixers)
            place = mixing.Place(judge.ctx, CONTEST, number, contest.public_key)
            with self._timed("shuffle"):
                shuffled, output, proof = making.mix(place, one.index, contest.last, self.draw, one.seed)
            ledger.put(contest.last, output, proof)
            with self._timed("check"):
                ledger.append(shuffled)
        for one in people[-plan.threshold :]:
            where = opening.Place(judge.ctx, CONTEST, one.index)
            with self._timed("decrypt"):
                opened, factors = making.decrypt(where, one.secret, contest.last, self.draw, one.seed)
            ledger.put(factors)
            with self._timed("check"):
                ledger.append(opened)
        with self._timed("count"):
            result = contest.open().blob()
            ledger.put(result)
            ledger.append(e.Result(CONTEST, tally.ref(result)))
            self._count(contest)

    def _count(self, contest: tally.Tally) -> None:
        assert contest.opened is not None  # noqa: S101  the result was just judged
        withdrawn = self.ledger.judge.withdrawn.get(CONTEST, ())
        counted = tally.count_papers(contest.contest, contest.opened, contest.ctx, withdrawn, ())
        stages = tally.count_blob(counted)
        self.ledger.put(stages)
        elected = tuple(counted.names(counted.elected))
        self.ledger.append(e.Count(CONTEST, self.plan.rule, elected, tally.ref(stages)))

    def people_files(self) -> dict[str, bytes]:
        """The files of the record that are for people: the papers, the count, and a word on how to check them."""
        contest = self.ledger.judge.tallies[CONTEST]
        readme = (
            f"{self.plan.title}: the record of election {self.plan.election}.\n\n"
            "Whoever has this file can check the whole election: `governance verify` and `governance-verify`\n"
            "are two programs that share no code. docs/protocol.md says what they check.\n"
        )
        files = {"README.txt": readme.encode()}
        if contest.opened is not None:
            index = {candidate.id: i for i, candidate in enumerate(contest.contest.candidates)}
            papers = [(n, tuple(index[one] for one in ids)) for ids, n in sorted(contest.opened.papers.items())]
            files[f"{CONTEST}.blt"] = blt.write(
                blt.Election(self.plan.title, self.plan.names, self.plan.seats, papers=papers)
            )
            counted = tally.count_papers(
                contest.contest, contest.opened, contest.ctx, self.ledger.judge.withdrawn.get(CONTEST, ()), ()
            )
            files[f"{CONTEST}.json"] = tally.count_blob(counted)
        return files
