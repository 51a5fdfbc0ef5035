"""A whole election by the three tools off the server, with a `Ledger` as the server; kept as it was after each step."""

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from click import Group
from click.testing import CliRunner, Result

from governance.board import checkpoint, contribution, making, merkle, record, tally
from governance.board import entries as e
from governance.board.ledger import Ledger
from governance.board.setup import Keys
from governance.crypto import credentials, randomness
from governance.offline import keyring, pairing, registrar, trustee, witness
from governance.offline.asking import Access, tracker

PASSPHRASE = "five words nobody has ever said"
ELECTION = "fifth"
LOG_SEED = sha256(b"the log").digest()
N = 3
OPENS, CLOSES = "2026-03-01T09:00:00Z", "2026-03-08T09:00:00Z"
FAR = "2999-01-01T00:00:00Z"
CONTESTS = ("chair", "board")
ROLL = """member,name,email,contests
m1,Ada Ñandú,ada@example.org,chair board
m2,Bo,bo@example.org,board chair
m3,Cy,cy@example.org,chair board
m4,Di,,board
m5,Ed,ed@example.org,board
"""


SAID: list[str] = []
"""Everything that was ever printed."""


def run(tool: Group, *words: object, typed: str | None = None) -> Result:
    result = CliRunner().invoke(tool, [str(word) for word in words], input=typed)
    SAID.append(result.output)
    return result


class Stage:
    """A folder with everybody's files, and the server's record in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record = folder / "record.zip"
        self.passphrase = folder / "passphrase"

    # -- the tools ----------------------------------------------------------------------------------------------------

    def secret(self, who: object) -> tuple[str, Path, str, Path]:
        return "--secret", self.folder / f"{who}.secret", "--passphrase-file", self.passphrase

    def out(self, index: int, step: str) -> Path:
        return self.folder / f"{index}.{step}.contribution"

    def trustee(self, index: int, step: str, *words: object, path: Path | None = None) -> Result:
        self.out(index, step).unlink(missing_ok=True)
        given = ("--record", path or self.record, "--out", self.out(index, step))
        return run(trustee.main, step, *self.secret(index), *given, *words)

    def registrar(self, step: str, *words: object, typed: str | None = None) -> Result:
        return run(registrar.main, step, *self.secret("registrar"), *words, typed=typed)

    def codes(self, *words: object) -> Result:
        for name in ("credentials.contribution", "rolls.private.json"):
            (self.folder / name).unlink(missing_ok=True)
        roll = self.folder / "roll.csv"
        if not roll.exists():
            roll.write_text(ROLL, "utf-8")
        where = ("--out", self.folder / "credentials.contribution", "--roll-out", self.folder / "rolls.private.json")
        return self.registrar("codes", roll, "--record", self.record, "--contests", ",".join(CONTESTS), *where, *words)

    def put_back(self, older: "Stage", index: int, *, alone: bool = False) -> None:
        """An older copy of a trustee's file; unless alone, with what says that it is the newest."""
        for name in (f"{index}.secret",) if alone else (f"{index}.secret", f"{index}.secret.newest"):
            shutil.copy(older.folder / name, self.folder / name)

    def keyring(self, index: int) -> keyring.Keyring:
        with keyring.unlocked(Access(self.folder / f"{index}.secret", self.passphrase)) as mine:
            return mine

    def pairing(self) -> pairing.Pairing:
        with pairing.unlocked(Access(self.folder / "registrar.secret", self.passphrase)) as mine:
            return mine

    # -- the server ---------------------------------------------------------------------------------------------------

    def ledger(self, *, without: int = 0) -> Ledger:
        """The server's board, as the record has it, without the last entries."""
        ledger = Ledger(f"log.example/{ELECTION}", LOG_SEED)
        if self.record.exists():
            with self.record.open("rb") as file:
                source = record.RecordFile(file)
                ledger.put(*(b"".join(source.chunks(digest)) for digest in source.blob_sizes()))
                raws = list(source.entries())
                for raw in raws[: len(raws) - without]:
                    ledger.append(raw)
        return ledger

    def publish(self, ledger: Ledger, path: Path | None = None, *, cosigned: bool = True) -> Path:
        """Write the record so far; once there is a manifest, a witness cosigns it first, by its own tool."""
        cosigned = cosigned and ledger.judge.manifest is not None
        return self.write(list(ledger.entries()), list(used(ledger)), path, cosigned=cosigned)

    def write(self, entries: list[bytes], blobs: list[bytes], path: Path | None = None, *, cosigned: bool) -> Path:
        """Any entries as a record that the log signed; nothing is checked but by the witness."""
        path = path or self.record
        origin = f"log.example/{ELECTION}"
        head = checkpoint.sign(origin, len(entries), merkle.root([merkle.leaf(raw) for raw in entries]), LOG_SEED)
        if cosigned:
            with path.open("wb") as file:
                record.write(file, entries, head, blobs, {})
            # For each file a copy of the witness's, which knows of no other: a witness that vouches for whatever it is shown.
            copy = path.with_suffix("")
            if not copy.with_suffix(".secret").exists():
                for suffix in (".secret", ".secret.newest"):
                    shutil.copy((self.folder / "witness-1").with_suffix(suffix), copy.with_suffix(suffix))
            words = (*self.secret(copy.name), "--log-key", Ledger(origin, LOG_SEED).key())
            ok(run(witness.main, "cosign", *words, "--record", path, "--out", self.folder / "cosigned"))
            head = (self.folder / "cosigned").read_bytes()
        with path.open("wb") as file:
            record.write(file, entries, head, blobs, {})
        return path

    def take(self, ledger: Ledger, path: Path) -> contribution.Contribution:
        """What the server does with what is handed in."""
        made = contribution.read(path.read_bytes())
        ledger.put(*made.blobs)
        for raw in made.entries:
            ledger.append(raw)
        return made

    def cer(self) -> str:
        return tracker(keys(self.ledger()).cer)

    def ctx(self) -> str:
        return tracker(self.ledger().judge.ctx)

    def close_root(self, path: Path | None = None) -> str:
        tree = merkle.Tree()
        with (path or self.record).open("rb") as file:
            raws = list(record.RecordFile(file).entries())
        for raw in raws:
            tree.append(merkle.leaf(raw))
            if isinstance(e.parse(raw), e.Close):
                break
        return tracker(tree.root())


def ok(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


def refused(result: Result, *words: str, code: int = 1) -> str:
    """One plain sentence, no traceback; gives it."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr
    return result.stderr


def used(ledger: Ledger) -> Iterator[bytes]:
    """The blobs that entries refer to; the server knows first lists that nobody has mixed yet."""
    text = b"\n".join(ledger.entries())
    for digest in ledger.blob_sizes():
        if digest.hex().encode() in text:
            yield b"".join(ledger.chunks(digest))


def keys(ledger: Ledger) -> Keys:
    assert ledger.judge.keys is not None
    return ledger.judge.keys


def build(folder: Path) -> dict[str, Path]:
    """Play the election; gives the folder as it was after each step."""
    kept: dict[str, Path] = {}
    here = folder / "now"
    here.mkdir()
    stage = Stage(here)
    stage.passphrase.write_text(PASSPHRASE + "\n", "utf-8")
    for step, act in _ACTS.items():
        act(stage)
        kept[step] = folder / step
        shutil.copytree(here, kept[step])
    return kept


def _people(stage: Stage) -> None:
    for index in range(1, N + 1):
        public = ("--out", stage.folder / f"{index}.public.json")
        ok(run(trustee.main, "identity", *stage.secret(index), "--name", f"Trustee {index}", *public))
    public = ("--out", stage.folder / "registrar.public.json")
    ok(run(registrar.main, "identity", *stage.secret("registrar"), "--name", "Rea Gistrar", *public))
    for index in (1, 2):
        made = ok(run(witness.main, "key", *stage.secret(f"witness-{index}"), "--name", f"witness-{index}.example"))
        (stage.folder / f"witness-{index}.key").write_text(made.stdout.strip(), "utf-8")


def ceremony_entry(stage: Stage) -> e.Ceremony:
    people = [json.loads((stage.folder / f"{j}.public.json").read_text("utf-8")) for j in range(1, N + 1)]
    officer = json.loads((stage.folder / "registrar.public.json").read_text("utf-8"))
    return e.Ceremony(
        election=ELECTION,
        threshold=2,
        registrar=e.Registrar(officer["name"], bytes.fromhex(officer["identity"])),
        trustees=tuple(
            e.Trustee(j, one["name"], bytes.fromhex(one["identity"]), bytes.fromhex(one["box"]))
            for j, one in enumerate(people, 1)
        ),
    )


def _ceremony(stage: Stage) -> None:
    ledger = stage.ledger()
    ledger.append(e.Notice("2026-01-01T00:00:00Z", "An election", "is to be held"))
    ledger.append(ceremony_entry(stage))
    stage.publish(ledger)


def _all(stage: Stage, step: str, *words: object) -> None:
    ledger = stage.ledger()
    for index in range(1, N + 1):
        ok(stage.trustee(index, step, *words))
        stage.take(ledger, stage.out(index, step))
    stage.publish(ledger)


def _confirm(stage: Stage) -> None:
    given = [word for j in range(1, N + 1) for word in ("--shares", stage.out(j, "key"))]
    _all(stage, "confirm", *given)


def manifest_entry(stage: Stage, ledger: Ledger, closes: str = CLOSES, title: str = "The fifth election") -> e.Manifest:
    """The manifest that the officer makes; the registrar's lists go onto the server with it."""
    made = stage.take(ledger, stage.folder / "credentials.contribution")
    rolls = contribution.read_rolls((stage.folder / "rolls.private.json").read_bytes())
    rolls.check(made.credentials)
    return e.Manifest(
        version=1,
        election=ELECTION,
        title=title,
        ceremony=keys(ledger).cer,
        public_key=keys(ledger).public_key(),
        opens=OPENS,
        closes=closes,
        contests=(
            _contest("chair", "ab", seats=1, after=()),
            _contest("board", "acde", seats=2, after=("chair",)),
        ),
        credentials=made.credentials,
        board=e.Board(
            origin=ledger.origin,
            key=str(ledger.key()),
            witnesses=tuple((stage.folder / f"witness-{j}.key").read_text("utf-8") for j in (1, 2)),
            quorum=1,
        ),
        revotes=True,
    )


def _contest(name: str, candidates: str, *, seats: int, after: tuple[str, ...]) -> e.Contest:
    return e.Contest(
        id=name,
        title=f"The {name}",
        seats=seats,
        max_ranks=2,
        min_ballots=2,
        candidates=tuple(e.Candidate(one, f"Candidate {one.upper()}", reopen=False) for one in candidates),
        rule={"id": "scottish-stv"},
        constraints=(),
        after=after,
    )


def add_manifest(stage: Stage, closes: str = CLOSES, title: str = "The fifth election") -> None:
    ok(stage.codes("--expect", stage.cer()))
    ledger = stage.ledger()
    ledger.append(manifest_entry(stage, ledger, closes, title))
    stage.publish(ledger)


def be_ready(stage: Stage) -> None:
    _all(stage, "ready", "--expect", stage.ctx())


def vote(stage: Stage, ledger: Ledger) -> None:
    """m1, m2, m3 vote for both contests, m1 twice; m4 for the board alone."""
    manifest = ledger.judge.manifest
    assert manifest is not None
    codes = {person.member: person for person in stage.pairing().people}
    draw = randomness.stream(b"booths")
    last: dict[str, bytes] = {}
    for member, choice in [("m1", 0), ("m2", 1), ("m4", 2), ("m3", 0), ("m1", 1)]:
        person = codes[member]
        contests = tuple(one for one in manifest.contests if one.id in person.contests)
        booth = making.Booth(ELECTION, ledger.judge.ctx, manifest.public_key, contests)
        voter = credentials.derive(person.code, keys(ledger).cer)
        sealed = booth.seal(voter, last.get(member, bytes(32)), [(choice,)] * len(contests), draw)
        last[member] = sha256(ledger.append(sealed)).digest()


def open_it(stage: Stage) -> None:
    ledger = stage.ledger()
    ledger.append(e.Open(OPENS))
    vote(stage, ledger)
    stage.publish(ledger)


def close_it(stage: Stage, at: str = CLOSES, path: Path | None = None) -> None:
    ledger = stage.ledger()
    ledger.append(e.Close(at, ledger.judge.ballots))
    stage.publish(ledger, path)


def _mix(stage: Stage) -> None:
    for index in (2, 3):
        ok(stage.trustee(index, "mix", "--expect", stage.close_root()))
        ledger = stage.ledger()
        ledger.put(*(one.last for one in ledger.judge.tallies.values()))
        stage.take(ledger, stage.out(index, "mix"))
        stage.publish(ledger)


def _decrypt(stage: Stage) -> None:
    ledger = stage.ledger()
    for index in (1, 3):
        ok(stage.trustee(index, "decrypt", "--expect", stage.close_root()))
        stage.take(ledger, stage.out(index, "decrypt"))
    stage.publish(ledger)


def count(ledger: Ledger) -> None:
    """What the server does once enough trustees have opened the votes."""
    judge = ledger.judge
    for contest in judge.tallies.values():
        result = contest.open().blob()
        ledger.put(result)
        ledger.append(e.Result(contest.contest.id, tally.ref(result)))
        assert contest.opened is not None
        before = judge.elected_before(contest.contest)
        counted = tally.count_papers(contest.contest, contest.opened, contest.ctx, (), before)
        stages = tally.count_blob(counted)
        ledger.put(stages)
        elected = tuple(counted.names(counted.elected))
        ledger.append(e.Count(contest.contest.id, "scottish-stv", elected, tally.ref(stages)))


_ACTS: dict[str, Callable[[Stage], None]] = {
    "people": _people,
    "ceremony": _ceremony,
    "commits": lambda stage: _all(stage, "commit", "--expect", stage.cer()),
    "keys": lambda stage: _all(stage, "key"),
    "confirmed": _confirm,
    "manifest": add_manifest,
    "ready": be_ready,
    "open": open_it,
    "closed": close_it,
    "mixed": _mix,
    "opened": _decrypt,
}
