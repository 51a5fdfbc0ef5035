"""Trustees, registrar and voters who are played, for the demonstration and the tests: by the same functions as the tools.

Whoever runs this knows every secret of the election, so it is for made-up ones alone.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256, sha512

from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.board import making
from governance.board.contribution import Contribution, Rolls, read_share
from governance.board.judge import Judge
from governance.crypto import ceremony, credentials, decryption, randomness, shuffle, signature
from governance.crypto.credentials import Credential
from governance.crypto.randomness import Draw
from governance.services import boards, contributions, publication, roll, voting
from governance.services import ceremony as steps


@dataclass(slots=True)
class Trustee:
    """A trustee with secrets."""

    member: str
    name: str
    draw: Draw
    seed: bytes = field(init=False)
    box: bytes = field(init=False)
    index: int = 0
    coefficients: list[int] = field(default_factory=list)
    key: e.TrusteeKey | None = None
    secret: int = 0

    def __post_init__(self) -> None:
        """Draw the two keys."""
        self.seed, self.box = self.draw(32), self.draw(32)

    def identity(self) -> bytes:
        """The public file."""
        public = {"identity": signature.public_key(self.seed).hex(), "box": ceremony.box_key(self.box).hex()}
        return json.dumps({"name": self.name, **public}).encode()

    def commit(self, raw: bytes) -> bytes:
        """Commit to a key, once the ceremony entry stands."""
        entry = e.parse(raw)
        assert isinstance(entry, e.Ceremony)  # noqa: S101  whoever plays hands over the right one
        mine = signature.public_key(self.seed)
        self.index = next(one.index for one in entry.trustees if one.identity == mine)
        self.coefficients = [randomness.scalar(self.draw) for _ in range(entry.threshold)]
        cer, nonce = sha512(raw).digest(), randomness.scalar(self.draw)
        self.key = making.trustee_key(cer, self.index, self.coefficients, nonce, self.seed)
        return Contribution(entries=(e.dump(making.trustee_commit(self.key, self.seed)),)).dump()

    def show_key(self, raw: bytes) -> bytes:
        """The key and the shares for the others, once all have committed."""
        entry, key = e.parse(raw), self._key()
        assert isinstance(entry, e.Ceremony)  # noqa: S101  whoever plays hands over the right one
        cer = sha512(raw).digest()
        shares = tuple(
            making.share_message(cer, self.index, one, ceremony.share_for(self.coefficients, one.index), self.seed)
            for one in entry.trustees
            if one.index != self.index
        )
        return Contribution(entries=(e.dump(key),), shares=shares).dump()

    def confirm(self, cer: bytes, keys: Mapping[int, e.TrusteeKey], shares: bytes) -> bytes:
        """Open and check the shares, and confirm."""
        mine = [ceremony.share_for(self.coefficients, self.index)]
        for raw in shares.splitlines():
            share = read_share(raw)
            value = ceremony.open_share(share.enc, share.ct, cer, share.sender, self.index, self.box)
            ceremony.check_share(value, self.index, share.sender, keys[share.sender].commitments)
            mine.append(value)
        self.secret = ceremony.combine_shares(mine)
        return Contribution(entries=(e.dump(making.trustee_confirm(self.index, keys, self.seed)),)).dump()

    def ready(self, ctx: bytes) -> bytes:
        """Show that the share of the key is still there."""
        nonce = randomness.scalar(self.draw)
        return Contribution(
            entries=(e.dump(making.trustee_ready(ctx, self.index, self.secret, nonce, self.seed)),)
        ).dump()

    def mix(self, judge: Judge, *contests: str) -> bytes:
        """Mix some contests."""
        entries, blobs = [], []
        for name in contests:
            tally = judge.tallies[name]
            place = shuffle.Place(judge.ctx, name, len(tally.mixers) + 1, tally.public_key)
            entry, output, proof = making.mix(place, self.index, tally.last, self.draw, self.seed)
            entries.append(e.dump(entry))
            blobs += [output, proof]
        return Contribution(entries=tuple(entries), blobs=tuple(blobs)).dump()

    def decrypt(self, judge: Judge, *contests: str) -> bytes:
        """Give this trustee's part of opening some contests."""
        entries, blobs = [], []
        for name in contests:
            place = decryption.Place(judge.ctx, name, self.index)
            entry, factors = making.decrypt(place, self.secret, judge.tallies[name].last, self.draw, self.seed)
            entries.append(e.dump(entry))
            blobs.append(factors)
        return Contribution(entries=tuple(entries), blobs=tuple(blobs)).dump()

    def _key(self) -> e.TrusteeKey:
        assert self.key is not None  # noqa: S101  commit comes first
        return self.key


@dataclass(slots=True)
class Registrar:
    """A registrar with a secret, who makes the codes."""

    member: str
    name: str
    draw: Draw
    seed: bytes = field(init=False)
    codes: dict[str, str] = field(default_factory=dict)
    """The code of each member on the roll."""

    def __post_init__(self) -> None:
        """Draw the key."""
        self.seed = self.draw(32)

    def identity(self) -> bytes:
        """The public file."""
        return json.dumps({"name": self.name, "identity": signature.public_key(self.seed).hex()}).encode()

    def lists(
        self, election: str, cer: bytes, people: Sequence[tuple[str, str, tuple[str, ...]]]
    ) -> tuple[bytes, bytes]:
        """Codes for (member, name, contests): the contribution, and the private roll."""
        styles: dict[tuple[str, ...], list[making.Voter]] = {}
        for member, name, contests in people:
            self.codes[member] = credentials.make_code(self.draw(credentials.RANDOM_BYTES))
            styles.setdefault(contests, []).append(making.Voter(member, name, self.draw(16)))
        rolls = Rolls(
            election, cer, {c: tuple(sorted(v, key=lambda one: one.member.encode())) for c, v in styles.items()}
        )
        made = []
        for contests, voters in rolls.styles.items():
            publics = [self.credential(voter.member, cer).public for voter in voters]
            made.append(making.credentials(election, cer, contests, publics, making.roll(voters), self.seed))
        given = Contribution(credentials=tuple(one for one, _ in made), blobs=tuple(blob for _, blob in made))
        return given.dump(), rolls.dump()

    def credential(self, member: str, cer: bytes) -> Credential:
        """The key pair of a member's code."""
        return credentials.derive(self.codes[member], cer)


def booth(raw_manifest: bytes, contests: tuple[str, ...]) -> making.Booth:
    """What a voter's booth works from."""
    manifest = e.parse(raw_manifest)
    assert isinstance(manifest, e.Manifest)  # noqa: S101  whoever plays hands over the right one
    mine = tuple(contest for contest in manifest.contests if contest.id in contests)
    return making.Booth(manifest.election, sha512(raw_manifest).digest(), manifest.public_key, mine)


def judged(raws: Sequence[bytes], blob: Callable[[e.Ref], bytes]) -> Judge:
    """What a trustee's tool knows of a record."""
    judge = Judge(blob)
    for raw in raws:
        judge.take(raw, e.parse(raw))
    judge.flush()
    return judge


@dataclass(slots=True)
class Troupe:
    """All officials of one election, who do their part through the services."""

    election: str
    trustees: list[Trustee]
    registrar: Registrar

    def identities(self, session: Session, now: datetime) -> None:
        """Everybody hands in public keys."""
        files = {one.member: one.identity() for one in self.trustees} | {
            self.registrar.member: self.registrar.identity()
        }
        for member, data in files.items():
            steps.take_identity(session, member, self.election, data, now=now)

    def keys(self, session: Session, now: datetime) -> None:
        """From the ceremony entry to the last confirmation."""
        raw = boards.entries(session, self.election, limit=1)[0][1]
        for one in self.trustees:
            self.hand_in(session, one.member, one.commit(raw), now)
        for one in self.trustees:
            self.hand_in(session, one.member, one.show_key(raw), now)
        keys = {one.index: one.key for one in self.trustees if one.key is not None}
        for one in self.trustees:
            shares = steps.shares_for(session, one.member, self.election)
            self.hand_in(session, one.member, one.confirm(sha512(raw).digest(), keys, shares), now)

    def lists(self, session: Session, now: datetime) -> None:
        """The registrar makes codes for the roll that the server gives out."""
        data = roll.for_registrar(session, self.registrar.member, self.election, now=now)
        rows = list(csv.reader(io.StringIO(data.decode())))[1:]
        people = [(member, name, tuple(contests.split())) for member, name, _, contests in rows]
        given, rolls = self.registrar.lists(self.election, boards.cer(session, self.election), people)
        contributions.take(session, self.registrar.member, self.election, given, rolls=rolls, now=now)

    def ready(self, session: Session, now: datetime) -> None:
        """Every trustee is ready for the manifest."""
        ctx = sha512(boards.manifest(session, self.election)).digest()
        for one in self.trustees:
            self.hand_in(session, one.member, one.ready(ctx), now)

    def hand_in(self, session: Session, member: str, data: bytes, now: datetime) -> None:
        """Hand in one file."""
        contributions.take(session, member, self.election, data, now=now)

    def judge(self, session: Session) -> Judge:
        """What a trustee's tool makes of the board as it stands."""
        source = publication.Source(session, self.election)
        return judged(list(source.entries()), lambda ref: b"".join(source.chunks(ref.sha256)))

    def waiting(self, session: Session) -> list[str]:
        """Contests that are to be mixed or opened."""
        return [name for name, tally in self.judge(session).tallies.items() if tally.elected is None]

    def tally(
        self, session: Session, now: datetime, mixers: Sequence[int] = (0, 1), openers: Sequence[int] = (1, 2)
    ) -> None:
        """Mix and open every contest; the trustees are named by their place."""
        contests = self.waiting(session)
        for i in mixers if contests else ():
            one = self.trustees[i]
            self.hand_in(session, one.member, one.mix(self.judge(session), *contests), now)
        for i in openers if contests else ():
            one = self.trustees[i]
            self.hand_in(session, one.member, one.decrypt(self.judge(session), *contests), now)

    def vote(self, session: Session, member: str, rankings: Sequence[Sequence[int]], now: datetime) -> voting.Received:
        """Seal and cast a member's ballot, after whichever there is already."""
        raw = self.seal(session, member, rankings)
        return voting.cast(session, member, self.election, raw, now=now)

    def seal(self, session: Session, member: str, rankings: Sequence[Sequence[int]]) -> bytes:
        """A member's next ballot: a ranking for each of their contests, by candidates' numbers."""
        manifest = boards.manifest(session, self.election)
        credential = self.registrar.credential(member, boards.cer(session, self.election))
        last = voting.last_ballot(session, self.election, credential.public)
        previous = sha256(last[1]).digest() if last else bytes(32)
        mine = booth(manifest, roll.contests_of(session, self.election, member))
        return e.dump(mine.seal(credential, previous, rankings, self.registrar.draw))
