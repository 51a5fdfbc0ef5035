"""A whole small election on a board in memory: what is made is what is judged, and what is refused leaves no trace."""

import io
from dataclasses import replace
from functools import cache
from hashlib import sha256, sha512

import pytest

from governance.board import checkpoint, making, merkle, tally, verify
from governance.board import entries as e
from governance.board.checks import Check, CheckError
from governance.board.ledger import Ledger
from governance.board.making import Booth, Voter
from governance.board.record import RecordFile
from governance.count.rules import RULES
from governance.crypto import ceremony, credentials, decryption, group, randomness, shuffle, signature
from governance.errors import MalformedError

ORIGIN = "log.example/small"
LOG = bytes(range(32))
REGISTRAR = bytes(range(1, 33))
SEEDS = {j: bytes([j]) * 32 for j in (1, 2, 3)}
BOXES = {j: bytes([10 + j]) * 32 for j in (1, 2, 3)}
COEFFICIENTS = {j: [100 + j, 200 + j] for j in (1, 2, 3)}
SECRETS = {j: sum(ceremony.share_for(COEFFICIENTS[i], j) for i in COEFFICIENTS) % group.ORDER for j in COEFFICIENTS}
CHOICES: list[tuple[int, list[list[int]]]] = [
    (0, [[0, 1], []]),
    (1, [[1], [2, 0]]),
    (0, [[1, 0], [2]]),
    (2, [[1, 0], [0, 1, 2]]),
]
"""(voter, a ranking for each contest) in the order of casting; the first voter votes twice."""
PAPERS: dict[str, dict[tuple[str, ...], int]] = {
    "chair": {("b", "a"): 2, ("b",): 1},
    "board": {("e",): 1, ("e", "c"): 1, ("c", "d", "e"): 1},
}
"""What was voted last, by each contest."""


def contest(name: str, candidates: str, max_ranks: int) -> e.Contest:
    return e.Contest(
        id=name,
        title=name,
        seats=1,
        max_ranks=max_ranks,
        min_ballots=2,
        candidates=tuple(e.Candidate(one, one, reopen=False) for one in candidates),
        rule={"id": "scottish-stv"},
        constraints=(),
        after=(),
    )


def begun() -> Ledger:
    """Up to the manifest."""
    ledger = Ledger(ORIGIN, LOG)
    people = tuple(
        e.Trustee(j, f"Trustee {j}", signature.public_key(SEEDS[j]), ceremony.box_key(BOXES[j])) for j in SEEDS
    )
    registrar = e.Registrar("Registrar", signature.public_key(REGISTRAR))
    cer = sha512(ledger.append(e.Ceremony("small", 2, registrar, people))).digest()
    keys = {j: making.trustee_key(cer, j, COEFFICIENTS[j], 300 + j, SEEDS[j]) for j in (3, 2, 1)}
    for j in (2, 3, 1):
        ledger.append(making.trustee_commit(keys[j], SEEDS[j]))
    for j in (3, 1, 2):
        ledger.append(keys[j])
    for j in (1, 3, 2):
        ledger.append(making.trustee_confirm(j, keys, SEEDS[j]))
    return ledger


def voters(cer: bytes) -> list[credentials.Credential]:
    return [credentials.derive(credentials.make_code(bytes(14) + bytes([i])), cer) for i in range(4)]


def announced(ledger: Ledger) -> e.Manifest:
    keys = ledger.judge.keys
    assert keys is not None
    names = ["chair", "board"]
    roll = making.roll([Voter(f"m{i}", "A", bytes(16)) for i in range(5)])
    publics = [one.public for one in voters(keys.cer)]
    listed, blob = making.credentials("small", keys.cer, names, publics, roll, REGISTRAR)
    ledger.put(blob)
    return e.Manifest(
        version=1,
        election="small",
        title="A small election",
        ceremony=keys.cer,
        public_key=keys.public_key(),
        opens="2026-03-01T09:00:00Z",
        closes="2026-03-02T09:00:00Z",
        contests=(contest("chair", "ab", 2), contest("board", "cdef", 3)),
        credentials=(listed,),
        board=e.Board(ORIGIN, str(ledger.key()), (), 0),
        revotes=True,
    )


def vote(ledger: Ledger, manifest: e.Manifest) -> None:
    booth = Booth("small", ledger.judge.ctx, manifest.public_key, manifest.contests)
    last: dict[int, bytes] = {}
    people = voters(manifest.ceremony)
    draw = randomness.stream(b"booths")
    for voter, choices in CHOICES:
        sealed = booth.seal(people[voter], last.get(voter, bytes(32)), choices, draw)
        last[voter] = sha256(ledger.append(sealed)).digest()


def count(ledger: Ledger, name: str) -> None:
    """Two mix, two open."""
    draw = randomness.stream(name.encode())
    one = ledger.judge.tallies[name]
    ledger.put(one.last)
    for number, j in enumerate((3, 1), 1):
        place = shuffle.Place(ledger.judge.ctx, name, number, one.public_key)
        mixed, *blobs = making.mix(place, j, one.last, draw, SEEDS[j])
        ledger.put(*blobs)
        ledger.append(mixed)
    for j in (2, 3):
        where = decryption.Place(ledger.judge.ctx, name, j)
        opened, factors = making.decrypt(where, SECRETS[j], one.last, draw, SEEDS[j])
        ledger.put(factors)
        ledger.append(opened)
    papers = one.open()
    counted = tally.count_papers(one.contest, papers, one.ctx, (), ())
    stages = tally.count_blob(counted)
    ledger.put(papers.blob(), stages)
    ledger.append(e.Result(name, tally.ref(papers.blob())))
    ledger.append(e.Count(name, "scottish-stv", tuple(counted.names(counted.elected)), tally.ref(stages)))


@cache
def played() -> Ledger:
    ledger = begun()
    manifest = announced(ledger)
    ctx = sha512(ledger.append(manifest)).digest()
    for j, seed in SEEDS.items():
        ledger.append(making.trustee_ready(ctx, j, SECRETS[j], 400 + j, seed))
    ledger.append(e.Open(manifest.opens))
    vote(ledger, manifest)
    ledger.append(e.Close(manifest.closes, len(CHOICES)))
    for name in ("chair", "board"):
        count(ledger, name)
    return ledger


def test_what_is_played_is_accepted_and_says_what_was_voted() -> None:
    ledger = played()
    file = io.BytesIO()
    ledger.write(file, {"README.txt": b"hello\n", "chair.json": b"{}"})

    record = RecordFile(file)
    report = verify.check(record)

    assert report.ok, report.failure
    assert list(record.entries()) == list(ledger.entries())
    assert record.others() == ["README.txt", "chair.json"]
    assert report.contests == {
        "chair": verify.Outcome(ballots=3, blank=0, invalid=0, elected=("b",)),
        "board": verify.Outcome(ballots=3, blank=0, invalid=0, elected=("e",)),
    }
    for name, papers in PAPERS.items():
        assert ledger.judge.tallies[name].opened == tally.Opened(0, 0, papers)


def test_a_board_is_a_source_like_its_record() -> None:
    ledger = played()

    report = verify.check(ledger)

    assert report.ok, report.failure
    assert report.root == merkle.root([merkle.leaf(raw) for raw in ledger.entries()]).hex()
    assert list(ledger.others()) == []
    assert len(ledger.blob_sizes()) == 1 + 2 * (
        1 + 4 + 2 + 2
    )  # a list; of each contest mixes, factors, result and count
    for digest, size in ledger.blob_sizes().items():
        blob = b"".join(ledger.chunks(digest))
        assert (sha256(blob).digest(), len(blob)) == (digest, size)
    head = checkpoint.parse(ledger.checkpoint())
    checkpoint.check_log(head, ledger.key())
    assert head.size == len(list(ledger.entries()))
    assert (ledger.key().name, ledger.key().key) == (ORIGIN, signature.public_key(LOG))


def test_entries_stand_as_they_came_and_come_back_as_bytes() -> None:
    ledger, again = begun(), Ledger(ORIGIN, LOG)

    given = [again.append(raw) for raw in ledger.entries()]

    assert given == list(ledger.entries()) == list(again.entries())
    assert again.checkpoint() == ledger.checkpoint()
    notice = e.Notice("2026-03-01T09:00:00Z", "a", "b")
    assert again.append(notice) == e.dump(notice) == list(again.entries())[-1]
    assert again.checkpoint() != ledger.checkpoint()


def test_what_is_refused_does_not_stand() -> None:
    ledger = begun()
    manifest = announced(ledger)
    before, head = list(ledger.entries()), ledger.checkpoint()

    with pytest.raises(MalformedError):
        ledger.append(b"{}")
    with pytest.raises(CheckError, match="may not stand here"):
        ledger.append(e.Open("2026-03-01T09:00:00Z"))
    with pytest.raises(CheckError, match="another election"):
        ledger.append(replace(manifest, election="other"))

    assert list(ledger.entries()) == before
    assert ledger.checkpoint() == head
    assert ledger.append(manifest) == list(ledger.entries())[-1]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_that_is_offered_may_be_announced(rule: str) -> None:
    """And irv with one seat alone."""
    for seats in (1, 2):
        ledger = begun()
        manifest = announced(ledger)
        first, second = manifest.contests
        changed = replace(manifest, contests=(replace(first, rule={"id": rule}, seats=seats), second))
        if rule == "irv" and seats > 1:
            with pytest.raises(CheckError, match="irv fills one seat"):
                ledger.append(changed)
        else:
            assert ledger.append(changed) == list(ledger.entries())[-1]


def test_where_a_ballot_may_not_stand() -> None:
    """Section 15: of no manifest, or after a cancel, it is the order that fails; outside its hours it is the ballot."""
    ballot = next(raw for raw in played().entries() if b'"kind":"ballot"' in raw)

    def refused(ledger: Ledger) -> Check:
        with pytest.raises(CheckError, match="ballot may not stand here") as caught:
            ledger.append(ballot)
        return caught.value.check

    ledger = begun()
    assert refused(ledger) is Check.ORDER
    ctx = sha512(ledger.append(announced(ledger))).digest()
    assert refused(ledger) is Check.BALLOT
    ledger.append(e.Cancel("2026-02-27T09:00:00Z", "test"))
    assert refused(ledger) is Check.ORDER
    assert ctx == ledger.judge.ctx
