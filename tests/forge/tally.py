"""The maker's second half: mixing, decryption, result and count of each contest, from what the hooks left of the first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

from governance.board import canonical
from governance.board import tally as counting
from governance.board.entries import Candidate, Constraint, Contest
from governance.crypto import decryption, equality, group, randomness
from governance.crypto.ballot import Ciphertext
from governance.crypto.group import Element
from governance.crypto.transcript import u32
from governance.errors import GovernanceError
from tests.forge import prover
from tests.forge.election import Election
from tests.forge.plan import Withdraw

__all__ = ["Mixed", "contest_of", "tally"]


@dataclass(slots=True)
class Mixed:
    """A contest while it is tallied."""

    name: str
    sealed: bytes
    """The list that was made last."""
    factors: dict[int, list[Element]] = field(default_factory=dict)


def contest_of(election: Election, name: str) -> Contest:
    """The contest as the counting functions take it."""
    value = election.contest_json(name)
    return Contest(
        id=name,
        title=value["title"],
        seats=value["seats"],
        max_ranks=value["max_ranks"],
        min_ballots=value["min_ballots"],
        candidates=tuple(Candidate(one["id"], one["name"], one["reopen"]) for one in value["candidates"]),
        rule=value["rule"],
        constraints=tuple(
            Constraint(**{**one, "candidates": tuple(one["candidates"])}) for one in value["constraints"]
        ),
        after=tuple(value["after"]),
    )


def list0(election: Election, name: str) -> list[Ciphertext]:
    """The counting ballots that carry a contest, in the order of their entries."""
    last = {one.voter: place for place, one in enumerate(election.cast)}
    kept = [one for place, one in enumerate(election.cast) if last[one.voter] == place and name in one.votes]
    ciphertexts: list[Ciphertext] = election.at("list0", [one.votes[name] for one in kept], contest=name)
    return ciphertexts


def tally(election: Election) -> None:
    """Tally every contest, one after the other or side by side."""
    elected: dict[str, list[str]] = {}
    open_ones: list[Mixed] = []
    for contest in election.plan.contests:
        sealed = list0(election, contest.id)
        void = len(sealed) < contest.min_ballots
        if election.at("void", void, contest=contest.id):
            election.add({"kind": "void", "contest": contest.id, "ballots": len(sealed)}, contest=contest.id)
            elected[contest.id] = []
        else:
            open_ones.append(Mixed(contest.id, prover.dump(sealed)))
    steps = (mix, decrypt, result, count)
    results: dict[str, counting.Opened] = {}
    order = [(step, one) for step in steps for one in open_ones]
    if not election.plan.interleave:
        order = [(step, one) for one in open_ones for step in steps]
    for step, one in order:
        if step is result:
            results[one.name] = result(election, one)
        elif step is count:
            elected[one.name] = count(election, one, results[one.name], elected)
        elif step is mix:
            mix(election, one)
        else:
            decrypt(election, one)


def mix(election: Election, one: Mixed) -> None:
    mixers: Sequence[int] = election.at("mixers", election.plan.contest(one.name).mixers, contest=one.name)
    for number, trustee in enumerate(mixers, 1):
        tags: dict[str, Any] = {"contest": one.name, "mixer": number}
        before = election.at("input", one.sealed, **tags)
        place = prover.Place(election.ctx, one.name, number, election.key)
        output, proof = prover.shuffle(
            place,
            prover.load(before),
            election.draw("mix", one.name, number),
            partial(election.at, **tags),
        )
        value = {
            "kind": "shuffle",
            "contest": one.name,
            "mixer": number,
            "trustee": trustee,
            "input": election.put(before),
            "output": election.put(output),
            "proof": election.put(proof),
        }
        election.add(value, election.people[trustee - 1].seed, **tags)
        one.sealed = output


def context(election: Election, contest: str, trustee: int, run: int, sealed: bytes, factors: bytes) -> bytes:
    name = contest.encode()
    head = b"governance/v1/decrypt" + election.ctx + u32(len(name)) + name + u32(trustee) + u32(run)
    return head + sha256(sealed).digest() + sha256(factors).digest()


def decrypt(election: Election, one: Mixed) -> None:
    openers: Sequence[int] = election.at("openers", election.plan.contest(one.name).openers, contest=one.name)
    for trustee in openers:
        tags: dict[str, Any] = {"contest": one.name, "trustee": trustee}
        sealed: bytes = election.at("opening", one.sealed, **tags)
        secret: int = election.at("secret", election.secret(trustee), **tags)
        left = [ciphertext.a for ciphertext in prover.load(sealed)]
        factors = [group.multiply(secret, point) for point in left]
        factors = election.at("factors", factors, **tags)
        bound = context(election, one.name, trustee, 0, sealed, b"".join(factors))
        bound = election.at("context", bound, **tags)
        nonce = randomness.scalar(election.draw("open", one.name, trustee))
        key = election.at("share", group.multiply_base(secret), **tags)
        proofs = [equality.prove(secret, key, left, factors, nonce, bound)] if left else []
        factors = election.at("factors-after", factors, **tags)
        value = {
            "kind": "decrypt",
            "contest": one.name,
            "trustee": trustee,
            "input": election.put(sealed),
            "factors": election.put(b"".join(factors)),
            "proofs": [{"c": scalar(proof.c), "s": scalar(proof.s)} for proof in proofs],
        }
        election.add(value, election.people[trustee - 1].seed, **tags)
        if len(one.factors) < election.plan.threshold:
            one.factors[trustee] = factors


def scalar(value: int) -> str:
    return value.to_bytes(32, "little").hex()


def plaintexts(election: Election, one: Mixed) -> list[Element]:
    """What the factors that were published give; where they give nothing, what the secret does."""
    sealed = prover.load(one.sealed)
    try:
        if len(one.factors) == election.plan.threshold:
            return decryption.combine(sealed, one.factors)
    except (GovernanceError, IndexError):
        pass
    secret = sum(person.coefficients[0] for person in election.people) % group.ORDER
    return [group.subtract(vote.b, group.multiply(secret, vote.a)) for vote in sealed]


def result(election: Election, one: Mixed) -> counting.Opened:
    opened = counting.read_plaintexts(contest_of(election, one.name), plaintexts(election, one))
    papers = canonical.parse(opened.blob())
    papers = election.at("papers", papers, contest=one.name)
    blob: bytes = election.at("papers-blob", canonical.dump(papers), contest=one.name)
    election.add({"kind": "result", "contest": one.name, "ballots": election.put(blob)}, contest=one.name)
    if blob != opened.blob():
        alike = {tuple(ids): number for number, ids in papers["papers"]}
        opened = counting.Opened(papers["blank"], papers["invalid"], alike)
    return opened


def withdrawn(election: Election, name: str) -> list[str]:
    events = (*election.plan.early, *election.plan.course)
    return [one.candidate for one in events if isinstance(one, Withdraw) and one.contest == name]


def count(election: Election, one: Mixed, opened: counting.Opened, before: dict[str, list[str]]) -> list[str]:
    plan = election.plan.contest(one.name)
    others = [
        person
        for other in plan.after
        for person in before.get(other, [])
        if person != election.plan.contest(other).reopen
    ]
    gone = election.at("gone", withdrawn(election, one.name), contest=one.name)
    others = election.at("elected-before", others, contest=one.name)
    contest = election.at("counted-contest", contest_of(election, one.name), contest=one.name)
    context_ = election.at("counted-context", election.ctx, contest=one.name)
    try:
        counted = counting.count_papers(contest, opened, context_, gone, others).as_dict()
    except GovernanceError:
        counted = {"elected": [], "rule": "scottish-stv"}
    counted = election.at("count", counted, contest=one.name)
    stages: bytes = election.at("stages", canonical.dump(counted), contest=one.name)
    value = {
        "kind": "count",
        "contest": one.name,
        "rule": counted["rule"],
        "elected": counted["elected"],
        "stages": election.put(stages),
    }
    election.add(value, contest=one.name)
    elected: list[str] = counted["elected"]
    return elected
