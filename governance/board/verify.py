"""`governance verify`: every check of a record, in the order of protocol.md, section 15.

First the form of everything, then every blob against its hash, then entry by entry, then the board. The first failure
is the verdict. Entries are streamed twice, so memory does not grow with the bytes of the record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512

from governance.board import checkpoint, merkle
from governance.board import entries as e
from governance.board.checks import Check, CheckError, Need
from governance.board.judge import Judge
from governance.board.record import Source, read_blob
from governance.errors import MalformedError, ProofError

MAX_EAGER = 2**26
"""Blobs above so many bytes are hashed when their place is reached."""

MAX_BLOBS = 2**32
"""Bytes of all blobs together, as declared."""

_CIPHERTEXT = 64

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contest came to."""

    ballots: int
    blank: int
    invalid: int
    elected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One check of the report."""

    check: Check
    ok: bool
    detail: str


@dataclass(slots=True)
class Report:
    """What verifying found; fingerprints are hex, empty where the record has not come so far."""

    election: str = ""
    ceremony: str = ""
    manifest: str = ""
    origin: str = ""
    log_key: str = ""
    root: str = ""
    cancelled: bool = False
    lines: list[Line] = field(default_factory=list)
    contests: dict[str, Outcome] = field(default_factory=dict)
    """Empty unless everything holds."""

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return bool(self.lines) and all(line.ok for line in self.lines)

    @property
    def failure(self) -> Line | None:
        """The first check that failed."""
        return next((line for line in self.lines if not line.ok), None)


@dataclass(slots=True)
class _Survey:
    """What the first pass over the entries found."""

    report: Report
    tree: merkle.Tree = field(default_factory=merkle.Tree)
    digest: bytes = b""
    """Of all entries: the second pass must see the same bytes."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """Roots of the first so many entries, where an earlier checkpoint has that size."""
    refs: dict[bytes, int] = field(default_factory=dict)
    contests: set[str] = field(default_factory=set)
    ballots: int = 0
    checkpoint: bytes = b""
    """At most 64 KiB."""


def check(
    source: Source, earlier: Sequence[bytes] = (), *, whole: bool = True, progress: Progress | None = None
) -> Report:
    """Verify a record.

    Args:
        source: Where its bytes come from.
        earlier: Checkpoints that it must extend, as bytes that look like one.
        whole: False judges a beginning of a record (trustees' and witnesses' tools).
        progress: Told now and then how far it is.
    """
    return _Verification(source, earlier, whole=whole, progress=progress).run()[0]


def judge(source: Source, *, whole: bool = False) -> tuple[Report, Judge | None]:
    """As `check`, with the state that the record has come to: what tools off the server work from."""
    return _Verification(source, (), whole=whole, progress=None).run()


class _Verification:
    def __init__(self, source: Source, earlier: Sequence[bytes], *, whole: bool, progress: Progress | None) -> None:
        self._source = source
        self._earlier = earlier
        self._whole = whole
        self._progress = progress or (lambda _what, _done, _of: None)
        self._report = Report()

    def run(self) -> tuple[Report, Judge | None]:
        judge: Judge | None = None
        try:
            survey = self._form()
            self._tree(survey)
            judge = Judge(self._blob)
            self._entries(survey, judge)
            self._board(survey, judge)
        except CheckError as error:
            self._passed(judge.seen - {error.check} if judge else set())
            self._report.lines.append(Line(error.check, ok=False, detail=error.detail))
        else:
            self._outcome(judge)
        return self._report, judge

    def _pass(self, check: Check, detail: str) -> None:
        self._report.lines.append(Line(check, ok=True, detail=detail))

    def _passed(self, checks: set[Check]) -> None:
        """Checks made entry by entry before a failure, but for those that were told already."""
        told = {line.check for line in self._report.lines}
        for check in Check:
            if check in checks - told:
                self._pass(check, "holds as far as it was judged")

    def _blob(self, ref: e.Ref) -> bytes:
        try:
            return read_blob(self._source, ref)
        except MalformedError as error:
            raise CheckError(Check.TREE, str(error)) from None

    # -- 1: form ------------------------------------------------------------------------------------------------------

    def _form(self) -> _Survey:
        """Each entry by itself, and that blobs and references match."""
        survey = _Survey(self._report)
        sizes = set(map(checkpoint.size_of, self._earlier))
        running = sha256()
        try:
            if 0 in sizes:
                survey.roots[0] = survey.tree.root()
            for raw in self._source.entries():
                entry = e.parse(raw)
                _survey_entry(survey, raw, entry)
                survey.tree.append(merkle.leaf(raw))
                running.update(raw + b"\n")
                if survey.tree.size in sizes:
                    survey.roots[survey.tree.size] = survey.tree.root()
                if survey.tree.size % 1000 == 0:
                    self._progress("form", survey.tree.size, 0)
        except MalformedError as error:
            raise CheckError(Check.FORM, f"entry {survey.tree.size}: {error}") from None
        Need(Check.FORM)(survey.tree.size > 0, "the record has no entries")
        survey.digest = running.digest()
        self._report.root = survey.tree.root().hex()
        self._form_of_blobs(survey)
        try:
            survey.checkpoint = self._source.checkpoint()
        except MalformedError as error:
            raise CheckError(Check.FORM, f"checkpoint: {error}") from None
        self._pass(Check.FORM, f"{survey.tree.size} entries and {len(survey.refs)} blobs are well formed")
        return survey

    def _form_of_blobs(self, survey: _Survey) -> None:
        sizes = self._source.blob_sizes()
        if sizes.keys() != survey.refs.keys():
            stray = sizes.keys() - survey.refs.keys()
            what = f"blob {min(stray).hex()[:16]}… is referred to by no entry" if stray else "a blob is missing"
            raise CheckError(Check.FORM, what)
        if sum(sizes.values()) > MAX_BLOBS:
            raise CheckError(Check.FORM, "the blobs are together larger than 4 GiB")
        for digest, size in survey.refs.items():
            if sizes[digest] != size:
                raise CheckError(Check.FORM, f"blob {digest.hex()[:16]}… has another size than its entry says")
        allowed = {"README.txt", *(f"{name}.{end}" for name in survey.contests for end in ("blt", "json"))}
        for name in self._source.others():
            if name not in allowed:
                raise CheckError(Check.FORM, f"the record has a file that does not belong there: {name!r:.80}")

    # -- 13: tree -----------------------------------------------------------------------------------------------------

    def _tree(self, survey: _Survey) -> None:
        """Every blob against its hash; the largest wait until their place is reached."""
        for done, (digest, size) in enumerate(survey.refs.items()):
            if size > MAX_EAGER:
                continue
            running = sha256()
            try:
                for chunk in self._source.chunks(digest):
                    running.update(chunk)
            except MalformedError as error:
                raise CheckError(Check.FORM, str(error)) from None
            if running.digest() != digest:
                raise CheckError(Check.TREE, f"blob {digest.hex()[:16]}… differs from its hash")
            self._progress("blobs", done + 1, len(survey.refs))
        self._pass(Check.TREE, f"the {len(survey.refs)} blobs are what their hashes say")

    # -- 6 to 11: entry by entry ----------------------------------------------------------------------------------------

    def _entries(self, survey: _Survey, judge: Judge) -> None:
        running = sha256()
        for raw in self._source.entries():
            running.update(raw + b"\n")
            judge.take(raw, e.parse(raw))
            if judge.number % 500 == 0 or judge.number > judge.ballots + 64:
                self._progress("entries", judge.number, survey.tree.size)
        if running.digest() != survey.digest:
            raise CheckError(Check.TREE, "the record changed while it was read")
        judge.finish(whole=self._whole)
        details = {
            Check.CEREMONY: f"{judge.keys.n if judge.keys else 0} trustees made the key together and are ready",
            Check.CODEC: "every ranking has a code of its own",
            Check.MANIFEST: f"{sum(len(style.listed) // 32 for style in judge.styles)} credentials, keys and rules are good",
            Check.BALLOT: f"{judge.ballots} ballots, {len(judge.voters)} of them count",
            Check.CLOSE: "opening, closing and void contests are as announced",
            Check.MIX_INPUT: "each mixer mixed what it was given",
            Check.SHUFFLE: "no mixer added, dropped or changed a ballot",
            Check.DECRYPT: "the trustees opened what was mixed",
            Check.RESULT: "the papers are what the trustees opened",
            Check.COUNT: "counting again gives the same",
        }
        for check in Check:
            if check in judge.seen and check in details:
                self._pass(check, details[check])
        self._pass(Check.ORDER, "every entry stands where it may" + (", and none is missing" if self._whole else ""))

    # -- 13: board ------------------------------------------------------------------------------------------------------

    def _board(self, survey: _Survey, judge: Judge) -> None:
        manifest = judge.manifest
        if manifest is None:  # pragma: no cover  `finish` refused it
            return
        log = checkpoint.read_key(manifest.board.key, checkpoint.LOG)
        witnesses = [checkpoint.read_key(text, checkpoint.WITNESS) for text in manifest.board.witnesses]
        need = Need(Check.BOARD)
        try:
            final = checkpoint.parse(survey.checkpoint)
            checkpoint.check_log(final, log)
            need(final.size == survey.tree.size, f"the checkpoint is of {final.size} entries, not {survey.tree.size}")
            need(final.root == survey.tree.root(), "the checkpoint is of other entries: its root differs")
            cosigned = checkpoint.cosigners(final, witnesses)
            need(cosigned >= manifest.board.quorum, f"{cosigned} of {manifest.board.quorum} witnesses cosigned")
            for one in self._earlier:
                self._extends(survey, one, log)
        except (MalformedError, ProofError) as error:
            raise CheckError(Check.BOARD, str(error)) from None
        self._pass(
            Check.BOARD, f"signed by the log, cosigned by {cosigned} of {manifest.board.quorum} witnesses needed"
        )

    def _extends(self, survey: _Survey, one: bytes, log: checkpoint.VerifierKey) -> None:
        earlier = checkpoint.parse(one)
        checkpoint.check_log(earlier, log)
        need = Need(Check.BOARD)
        need(
            earlier.size <= survey.tree.size,
            f"an earlier checkpoint is of {earlier.size} entries: some were taken back",
        )
        same = survey.roots.get(earlier.size) == earlier.root
        need(same, f"the record does not extend an earlier checkpoint of {earlier.size} entries")

    def _outcome(self, judge: Judge) -> None:
        self._report.cancelled = judge.phase is judge.phase.CANCELLED
        if self._report.cancelled:
            return
        for name, tally in judge.tallies.items():
            if tally.elected is not None:
                blank, invalid = (tally.opened.blank, tally.opened.invalid) if tally.opened else (0, 0)
                self._report.contests[name] = Outcome(tally.size, blank, invalid, tally.elected)


def _survey_entry(survey: _Survey, raw: bytes, entry: e.Entry) -> None:
    """Note what an entry says about the rest of the record.

    Raises:
        MalformedError: It gives a blob two sizes, or refers to a list longer than the ballots before it.
    """
    report = survey.report
    match entry:
        case e.Ceremony() if not report.ceremony:
            report.ceremony, report.election = sha512(raw).hexdigest(), entry.election
        case e.Manifest() if not report.manifest:
            report.manifest, report.origin, report.log_key = (
                sha512(raw).hexdigest(),
                entry.board.origin,
                entry.board.key,
            )
            survey.contests = {contest.id for contest in entry.contests}
        case e.Ballot():
            survey.ballots += 1
        case _:
            pass
    for ref in _refs(entry):
        if survey.refs.setdefault(ref.sha256, ref.size) != ref.size or ref.size < 0:
            msg = f"two sizes are given for blob {ref.sha256.hex()[:16]}…"
            raise MalformedError(msg)
    if any(one.size > _CIPHERTEXT * survey.ballots for one in _lists(entry)):
        msg = "a list is longer than the ballots before it"
        raise MalformedError(msg)


def _refs(entry: e.Entry) -> Sequence[e.Ref]:
    match entry:
        case e.Manifest():
            return [e.Ref(one.sha256, one.size) for one in entry.credentials]
        case e.Shuffle():
            return [entry.input, entry.output, entry.proof]
        case e.Decrypt():
            return [entry.input, entry.factors]
        case e.Result():
            return [entry.ballots]
        case e.Count():
            return [entry.stages]
        case _:
            return []


def _lists(entry: e.Entry) -> Sequence[e.Ref]:
    match entry:
        case e.Shuffle():
            return [entry.input, entry.output]
        case e.Decrypt():
            return [entry.input]
        case _:
            return []
