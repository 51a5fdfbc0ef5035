"""The maker: a whole election from a plan and a seed, never checked, with a hook at every step.

A hook is `on(step, change, **tags)`: `change(value, election)` gives another value, or changes it in place and gives
None. What comes after is made from what a hook left, and signed by whoever signs it: a forger is a dishonest server,
registrar, trustee or voter, not somebody who tears a finished record apart.

Steps, in order (tags in brackets): people; moment [before=kind]; json, signed, raw, copies [kind, and index, contest,
mixer, trustee or cast]; commitments, nonce [index]; publics, listed, list, statement, list-signed [style]; votes,
ballot-statement, knows, previous, sealer [cast]; list0, tally [contest]; the steps of `prover` [contest, mixer];
opening, factors, context, factors-after [contest, trustee]; papers, count, stages [contest]; entries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from typing import Any

from governance.board import canonical, checkpoint, making
from governance.crypto import ballot, ceremony, credentials, group, randomness, ranking, schnorr, signature
from governance.crypto.ballot import Ciphertext
from governance.crypto.credentials import Credential
from governance.crypto.group import Element
from governance.crypto.randomness import Draw
from governance.crypto.transcript import Transcript, u32
from tests.forge.plan import CLOSES, OPENS, Cast, Choice, Extend, Notice, Plan, Withdraw
from tests.forge.record import Json, ref, signed

Change = Callable[[Any, "Election"], Any]


@dataclass(frozen=True, slots=True)
class Hook:
    step: str
    change: Change
    tags: tuple[tuple[str, Any], ...]


def on(step: str, change: Change, **tags: Any) -> Hook:
    """A change at one step, where all these tags are so."""
    return Hook(step, change, tuple(tags.items()))


@dataclass(slots=True)
class Person:
    """A trustee."""

    index: int
    seed: bytes
    box: bytes
    """The public box key."""
    coefficients: list[int]
    name: str = ""


@dataclass(slots=True)
class Sealed:
    """A ballot that was cast."""

    voter: int
    digest: bytes
    votes: dict[str, Ciphertext]


@dataclass(slots=True)
class Election:
    """An election while it is made; hooks may use all of it."""

    plan: Plan
    hooks: Sequence[Hook] = ()
    entries: list[bytes] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    cer: bytes = b""
    ctx: bytes = b""
    key: Element = group.IDENTITY
    """Y."""
    voters: list[Credential] = field(default_factory=list)
    cast: list[Sealed] = field(default_factory=list)
    made: dict[str, bytes] = field(default_factory=dict)
    """The bytes of entries that were made, by kind and number."""

    # -- tools --------------------------------------------------------------------------------------------------------

    def at(self, step: str, value: Any, **tags: Any) -> Any:
        for hook in self.hooks:
            if hook.step == step and all(tags.get(name) == item for name, item in hook.tags):
                changed = hook.change(value, self)
                value = value if changed is None else changed
        return value

    def draw(self, *what: object) -> Draw:
        """A stream of its own for each thing: a change here moves nothing there."""
        return randomness.stream(sha512(repr((self.plan.seed, *what)).encode()).digest())

    def build(self, value: Json, seed: bytes | None = None, **tags: Any) -> bytes:
        """The bytes of an entry, signed by whose seed it is."""
        tags = {"kind": value["kind"], **tags}
        value = self.at("json", value, **tags)
        value = self.at("signed", signed(value, seed) if seed else value, **tags)
        raw: bytes = self.at("raw", canonical.dump(value), **tags)
        return raw

    def append(self, raw: bytes, kind: str, **tags: Any) -> bytes:
        self.at("moment", None, before=kind, **tags)
        self.entries += [raw] * self.at("copies", 1, kind=kind, **tags)
        if self.plan.notices:
            self.entries.append(canonical.dump(self.notice(f"after {kind}")))
        return raw

    def add(self, value: Json, seed: bytes | None = None, **tags: Any) -> bytes:
        return self.append(self.build(value, seed, **tags), value["kind"], **tags)

    def put(self, blob: bytes) -> Json:
        """Keep a blob and refer to it."""
        made = ref(blob)
        self.blobs[made["sha256"]] = blob
        return made

    @staticmethod
    def notice(subject: str, body: str = "") -> Json:
        return {"kind": "notice", "at": OPENS, "subject": subject, "body": body}

    @property
    def registrar(self) -> bytes:
        seed: bytes = self.at("registrar", self.draw("registrar")(32))
        return seed

    @property
    def log(self) -> bytes:
        return self.draw("log")(32)

    @property
    def origin(self) -> str:
        return f"log.example/{self.plan.election}"

    def witness(self, number: int) -> tuple[str, bytes]:
        return f"witness-{number}.example", self.draw("witness", number)(32)

    def secret(self, j: int) -> int:
        """x_j."""
        return sum(ceremony.share_for(one.coefficients, j) for one in self.people) % group.ORDER

    def cancelled(self, where: str) -> bool:
        if self.plan.cancel == where:
            self.add({"kind": "cancel", "at": CLOSES, "reason": "the list of candidates was wrong"})
        return self.plan.cancel == where

    # -- ceremony -----------------------------------------------------------------------------------------------------

    def ceremony(self) -> None:
        plan = self.plan
        for j in range(1, plan.trustees + 1):
            draw = self.draw("trustee", j)
            seed, box = draw(32), ceremony.box_key(draw(32))
            terms = [randomness.scalar(draw) for _ in range(plan.threshold)]
            self.people.append(Person(j, seed, box, terms, f"Trustee {j}"))
        self.at("people", self.people)
        self.cer = sha512(self.add(self.ceremony_json())).digest()
        keys = {one.index: self.trustee_key(one) for one in self.people}
        for one in self.people:
            commit = {"kind": "trustee-commit", "index": one.index, "commit": sha512(keys[one.index]).hexdigest()}
            self.add(commit, one.seed, index=one.index)
        for one in self.people:
            self.append(keys[one.index], "trustee-key", index=one.index)
        agreed = sha512(b"".join(keys.values())).hexdigest()
        for one in self.people:
            self.add({"kind": "trustee-confirm", "index": one.index, "keys": agreed}, one.seed, index=one.index)
        self.key = group.total(group.multiply_base(one.coefficients[0]) for one in self.people)

    def ceremony_json(self) -> Json:
        return {
            "kind": "ceremony",
            "election": self.plan.election,
            "threshold": self.plan.threshold,
            "registrar": {"name": "Registrar", "identity": signature.public_key(self.registrar).hex()},
            "trustees": [
                {
                    "index": one.index,
                    "name": one.name,
                    "identity": signature.public_key(one.seed).hex(),
                    "box": one.box.hex(),
                }
                for one in self.people
            ],
        }

    def trustee_key(self, one: Person) -> bytes:
        points = [group.multiply_base(term) for term in one.coefficients]
        points = self.at("commitments", points, index=one.index)
        transcript = Transcript("governance/v1/trustee-key")
        transcript.absorb("ceremony", self.cer)
        transcript.absorb("index", u32(one.index))
        transcript.absorb("commitments", b"".join(points))
        secret = one.coefficients[0] if one.coefficients else 0
        proof = self.knowledge(transcript, secret, "key", one.index)
        commitments = [point.hex() for point in points]
        value = {"kind": "trustee-key", "index": one.index, "commitments": commitments, "proof": proof}
        return self.build(value, one.seed, index=one.index)

    def knowledge(self, transcript: Transcript, secret: int, what: str, index: int) -> Json:
        made = schnorr.prove(transcript, "R", secret, randomness.scalar(self.draw("nonce", what, index)))
        return {"commitment": made.commitment.hex(), "response": group.encode_scalar(made.response).hex()}

    # -- manifest -----------------------------------------------------------------------------------------------------

    def manifest(self) -> None:
        plan = self.plan
        log = checkpoint.VerifierKey(self.origin, checkpoint.LOG, signature.public_key(self.log))
        witnesses = []
        for number in range(plan.witnesses):
            name, seed = self.witness(number)
            witnesses.append(str(checkpoint.VerifierKey(name, checkpoint.WITNESS, signature.public_key(seed))))
        value = {
            "kind": "manifest",
            "version": 1,
            "election": plan.election,
            "title": "The forger's election",
            "ceremony": self.cer.hex(),
            "public_key": self.key.hex(),
            "opens": OPENS,
            "closes": CLOSES,
            "contests": [self.contest_json(contest.id) for contest in plan.contests],
            "credentials": [self.listed(number) for number in range(len(plan.styles))],
            "board": {"origin": self.origin, "key": str(log), "witnesses": witnesses, "quorum": plan.quorum},
            "revotes": plan.revotes,
        }
        self.ctx = sha512(self.add(value)).digest()

    def contest_json(self, name: str) -> Json:
        contest = self.plan.contest(name)
        return {
            "id": name,
            "title": f"Contest {name}",
            "seats": contest.seats,
            "max_ranks": contest.limit,
            "min_ballots": contest.min_ballots,
            "candidates": [
                {"id": one, "name": one.upper(), "reopen": one == contest.reopen} for one in contest.candidates
            ],
            "rule": {"id": "scottish-stv"},
            "constraints": [dict(one) for one in contest.constraints],
            "after": list(contest.after),
        }

    def listed(self, number: int) -> Json:
        """The registrar's signed list of one style."""
        style = self.plan.styles[number]
        draw = self.draw("style", number)
        codes = [credentials.make_code(draw(credentials.RANDOM_BYTES)) for _ in range(style.voters)]
        own = [credentials.derive(code, self.cer) for code in codes]
        self.voters += own
        people = [
            making.Voter(f"member-{number}-{i}", f"Member {i}", draw(16)) for i in range(style.voters + style.absent)
        ]
        roll = making.roll(people)
        publics = self.at("publics", sorted(voter.public for voter in own), style=number)
        blob = self.at("listed", b"".join(publics), style=number)
        value = {
            "contests": list(style.contests),
            "count": len(publics),
            **self.put(blob),
            "roll": {"count": roll.count, "root": roll.root.hex()},
        }
        value = self.at("list", value, style=number)
        stated = {**value, "kind": "credentials", "ceremony": self.cer.hex(), "election": self.plan.election}
        stated = self.at("statement", stated, style=number)
        made = signature.sign(self.registrar, canonical.dump(stated))
        finished: Json = self.at("list-signed", {**value, "signature": made.hex()}, style=number)
        return finished

    def ready(self) -> None:
        for one in self.people:
            self.add(self.ready_json(one.index), one.seed, index=one.index)

    def ready_json(self, j: int, secret: int | None = None) -> Json:
        transcript = Transcript("governance/v1/ready")
        transcript.absorb("ctx", self.ctx)
        transcript.absorb("index", u32(j))
        transcript.absorb("share", group.multiply_base(self.secret(j)))
        proof = self.knowledge(transcript, self.secret(j) if secret is None else secret, "ready", j)
        return {"kind": "trustee-ready", "index": j, "manifest": self.ctx.hex(), "proof": proof}

    # -- voting -------------------------------------------------------------------------------------------------------

    def early(self) -> None:
        for event in self.plan.early:
            self.event(event)

    def event(self, event: Withdraw | Notice) -> None:
        match event:
            case Withdraw(contest, candidate):
                self.add({"kind": "withdraw", "contest": contest, "candidate": candidate})
            case Notice(subject, body):
                self.add(self.notice(subject, body))

    def vote(self) -> None:
        self.add({"kind": "open", "at": self.plan.opened})
        number = 0
        for event in self.plan.course:
            match event:
                case Cast():
                    self.take(event.voter, event.choices, cast=number)
                    number += 1
                case Extend(closes):
                    self.add({"kind": "extend", "at": OPENS, "closes": closes, "reason": "the site was down"})
                case _:
                    self.event(event)

    def message(self, contest: str, choice: Choice) -> Element:
        """The plaintext of a choice."""
        if isinstance(choice, bytes):
            return Element(choice)
        its = self.plan.contest(contest)
        return ranking.seal_code([its.candidates.index(one) for one in choice], len(its.candidates), its.limit)

    def seal(self, voter: int, choices: Sequence[Choice], **tags: Any) -> tuple[Json, dict[str, Ciphertext]]:
        """A ballot's JSON; `sealer` and `ballot-statement` change for whom and about what the proof is."""
        contests = self.at("carried", self.plan.styles[self.plan.style_of(voter)].contests, **tags)
        draw = self.draw("ballot", voter, repr(choices), len(self.cast))
        nonces = [randomness.scalar(draw) for _ in contests]
        who: Credential = self.at("sealer", self.voters[voter], **tags)
        votes = [
            ballot.encrypt(self.message(contest, choice), self.key, nonce)
            for contest, choice, nonce in zip(contests, choices, nonces, strict=False)
        ]
        nonces = nonces[: len(votes)]
        votes = self.at("votes", votes, **tags)
        last = next((one.digest for one in reversed(self.cast) if one.voter == voter), bytes(32))
        previous = self.at("previous", last, **tags)
        statement = ballot.Statement(self.ctx, who.public, previous, self.key, tuple(votes))
        statement = self.at("ballot-statement", statement, **tags)
        knows: list[int] = self.at("knows", [who.secret, *nonces], **tags)
        proof = ballot.prove(statement, knows[0], knows[1:], randomness.scalars(draw, len(knows)))
        value = {
            "kind": "ballot",
            "election": self.plan.election,
            "credential": who.public.hex(),
            "previous": previous.hex(),
            "contests": [
                {"id": one, "a": vote.a.hex(), "b": vote.b.hex()} for one, vote in zip(contests, votes, strict=False)
            ],
            "proof": {
                "commitments": [point.hex() for point in proof.commitments],
                "responses": [group.encode_scalar(response).hex() for response in proof.responses],
            },
        }
        return value, dict(zip(contests, votes, strict=False))

    def take(self, voter: int, choices: Sequence[Choice], **tags: Any) -> bytes:
        """Seal and cast."""
        value, votes = self.seal(voter, choices, **tags)
        raw = self.add(value, **tags)
        self.cast.append(Sealed(voter, sha256(raw).digest(), votes))
        return raw

    def close(self) -> None:
        ballots = sum(b'"kind":"ballot"' in raw for raw in self.entries)
        self.add({"kind": "close", "at": self.plan.closed, "ballots": ballots})
