"""What the registrar keeps under the passphrase: who has which code (protocol.md, sections 5 and 7).

The registrar alone knows it. The server gets public credentials, in an order that says nothing, and the private roll.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from governance.board import making
from governance.board.contribution import Contribution, Rolls
from governance.crypto import credentials, group, signature
from governance.errors import NotFoundError, RuleError
from governance.offline.asking import Access, shown, tracker
from governance.offline.prefix import Prefix
from governance.offline.roll import Line
from governance.offline.safe import Safe

OWNER = "registrar"


@dataclass(slots=True)
class Person:
    """One voter and their code."""

    member: str
    name: str
    email: str
    contests: list[str]
    salt: str = field(repr=False)
    """16 random bytes in hex, for the leaf of the roll."""
    code: str = field(repr=False)
    given: bool = False
    """The code was sent or printed once."""
    again: int = 0
    """How often the same code was sent or printed after that, because it was asked for."""

    def line(self) -> Line:
        """As it stood on the roll."""
        return Line(self.member, self.name, self.email, tuple(self.contests))


@dataclass(slots=True)
class Pairing:
    """The registrar's secrets."""

    safe: Safe
    name: str
    identity: bytes = field(repr=False)
    """The Ed25519 seed."""
    ceremony: bytes = b""
    """cer."""
    election: str = ""
    contests: list[str] = field(default_factory=list)
    """All of them, in the order of the manifest."""
    people: list[Person] = field(default_factory=list, repr=False)
    given: int = 0
    again: int = 0
    """Of people whose codes are destroyed."""
    destroyed: bool = False

    def store(self) -> None:
        """Keep everything; it lasts before this returns."""
        value = {
            "name": self.name,
            "identity": self.identity.hex(),
            "ceremony": self.ceremony.hex(),
            "election": self.election,
            "contests": self.contests,
            "people": [asdict(person) for person in self.people],
            "given": self.given,
            "again": self.again,
            "destroyed": self.destroyed,
        }
        self.safe.store(self.plain(), value)

    def plain(self) -> dict[str, Any]:
        """What may be read without the passphrase."""
        return {
            "name": self.name,
            "identity": signature.public_key(self.identity).hex(),
            "election": self.election,
            "ceremony": self.ceremony.hex(),
            "voters": len(self.people),
            "destroyed": self.destroyed,
        }

    def make(self, prefix: Prefix, contests: Sequence[str], lines: Sequence[Line]) -> None:
        """Draw a code and a salt for everybody."""
        self.ceremony, self.election = prefix.keys.cer, prefix.keys.entry.election
        self.contests = list(contests)
        self.people = [
            Person(
                member=line.member,
                name=line.name,
                email=line.email,
                contests=list(line.contests),
                salt=secrets.token_hex(16),
                code=credentials.make_code(secrets.token_bytes(credentials.RANDOM_BYTES)),
            )
            for line in lines
        ]

    def find(self, member: str) -> Person:
        """The voter of a member's id.

        Raises:
            NotFoundError: There is none.
        """
        for person in self.people:
            if person.member == member:
                return person
        msg = f"member {shown(member)} is not on the roll"
        raise NotFoundError(msg)

    def has_codes(self) -> None:
        """Check that there are codes to give.

        Raises:
            RuleError: There are none.
        """
        if not self.people:
            msg = "the codes of this election were destroyed" if self.destroyed else "no codes were made yet"
            raise RuleError(msg)

    def counts(self) -> tuple[int, int]:
        """How many codes were sent or printed, and how many times one of them again."""
        given = self.given + sum(person.given for person in self.people)
        return given, self.again + sum(person.again for person in self.people)

    def destroy(self) -> None:
        """Forget everybody and every code; only the two counts stay."""
        self.given, self.again = self.counts()
        self.people, self.destroyed = [], True

    def lists(self) -> tuple[Contribution, Rolls]:
        """What the server gets: the signed lists with their blobs, and the private roll."""
        styles = sorted({tuple(person.contests) for person in self.people}, key=self._order)
        publics = group.each(lambda i: credentials.derive(self.people[i].code, self.ceremony).public, len(self.people))
        listed, blobs, rolls = [], [], {}
        for style in styles:
            mine = [i for i, person in enumerate(self.people) if tuple(person.contests) == style]
            voters = [
                making.Voter(self.people[i].member, self.people[i].name, bytes.fromhex(self.people[i].salt))
                for i in mine
            ]
            rolls[style] = tuple(sorted(voters, key=lambda voter: voter.member.encode()))
            one, blob = making.credentials(
                self.election, self.ceremony, style, [publics[i] for i in mine], making.roll(voters), self.identity
            )
            listed.append(one)
            blobs.append(blob)
        made = Contribution(credentials=tuple(listed), blobs=tuple(blobs))
        return made, Rolls(self.election, self.ceremony, rolls)

    def _order(self, style: tuple[str, ...]) -> list[int]:
        return [self.contests.index(one) for one in style]

    def belongs(self, prefix: Prefix) -> None:
        """Check that a record is of the ceremony that the codes were made for.

        Raises:
            RuleError: It is of another.
        """
        if prefix.keys.cer != self.ceremony:
            msg = (
                f"the codes are for the ceremony {tracker(self.ceremony)}, the record is of {tracker(prefix.keys.cer)}"
            )
            raise RuleError(msg)


def _load(safe: Safe, value: dict[str, Any]) -> Pairing:
    """What `store` kept; it was authenticated, so its form is known."""
    return Pairing(
        safe=safe,
        name=value["name"],
        identity=bytes.fromhex(value["identity"]),
        ceremony=bytes.fromhex(value["ceremony"]),
        election=value["election"],
        contests=value["contests"],
        people=[Person(**person) for person in value["people"]],
        given=value["given"],
        again=value["again"],
        destroyed=value["destroyed"],
    )


@contextmanager
def unlocked(access: Access) -> Iterator[Pairing]:
    """The registrar's secrets; no other command may use them meanwhile."""
    with access.unlocked(OWNER) as (safe, value):
        yield _load(safe, value)
