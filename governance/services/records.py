"""What a published record says, for a page to show (docs/protocol.md, sections 7, 9, 11 and 13).

It checks the form, and no proof: that is the work of `governance verify`, which every page that shows a record names.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha512
from pathlib import Path
from typing import Any

from governance.board import canonical, checkpoint, entries
from governance.board.entries import Candidate, Ref
from governance.board.record import RecordFile, Source, read_blob
from governance.count import blt
from governance.domain.nominations import announcement
from governance.errors import MalformedError

BLOB_LIMIT = 64 * 2**20  # bytes; a count blob may not be larger (section 13)

VOTES = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)

Known = Mapping[str, Candidate]
Json = Any  # canonical, but its shape not yet looked at


@dataclass(frozen=True, slots=True)
class Stage:
    """One round of the count; votes exactly as the record has them."""

    number: int
    action: str
    moved: tuple[str, ...]
    elected: tuple[str, ...]
    excluded: tuple[str, ...]
    tallies: Mapping[str, Decimal]
    non_transferable: Decimal
    quota: Decimal

    @property
    def total(self) -> Decimal:
        """All the votes of the round, those that could go no further among them."""
        return sum(self.tallies.values(), self.non_transferable)

    @property
    def whole(self) -> bool:
        """Whether no vote has been divided."""
        return all(votes == int(votes) for votes in (*self.tallies.values(), self.non_transferable, self.quota))


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates with equal votes, whose turn it was, and what decided: a round's number, or None for the lots."""

    stage: int
    among: tuple[str, ...]
    chosen: str
    by_stage: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """A contest's result: how many papers, who is elected, round by round."""

    blank: int
    invalid: int
    valid: int
    quota: Decimal
    elected: tuple[str, ...]
    withdrawn: tuple[str, ...]
    stages: tuple[Stage, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """What was voted on; `ballots` are those that count, `voters` those who could have voted."""

    id: str
    title: str
    seats: int
    max_ranks: int
    min_ballots: int
    rule: str
    constrained: bool
    candidates: Known
    voters: int
    ballots: int
    void: bool
    count: Count | None
    papers: Ref | None
    """The blob of every counted ranking; `stages` is that of the count."""
    stages: Ref | None
    gone: frozenset[str]
    """Who withdrew between the announcement and the close."""
    terms: entries.Contest
    """As the manifest has it."""
    ctx: bytes
    """SHA-512 of the manifest."""
    before: tuple[str, ...]
    """Whom the contests that are counted before this one elected, re-open nominations left out."""

    @property
    def winners(self) -> tuple[Candidate, ...]:
        """The people elected, in order."""
        elected = self.count.elected if self.count else ()
        return tuple(self.candidates[id_] for id_ in elected if not self.candidates[id_].reopen)

    @property
    def reopened(self) -> bool:
        """Whether the choice "re-open nominations" was elected."""
        return self.count is not None and len(self.winners) < len(self.count.elected)


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What a reader compares with what was published elsewhere; the names are those of `governance verify --json`."""

    ceremony: str
    manifest: str
    origin: str
    log_key: str
    root: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What officials told everybody after the close."""

    at: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """An election as its record tells it.

    Attributes:
        replaced: Ballots that were followed by another of the same voter.
        without_vote: What was announced of contests that needed no vote: a line for each.
    """

    election: str
    title: str
    opens: datetime
    closes: datetime
    trustees: int
    threshold: int
    replaced: int
    cancelled: str | None
    contests: tuple[Contest, ...]
    notices: tuple[Notice, ...]
    fingerprints: Fingerprints
    without_vote: str = ""

    def contest(self, name: str) -> Contest | None:
        """The contest of an id."""
        return next((contest for contest in self.contests if contest.id == name), None)


def find_record(folder: Path) -> Path | None:
    """The record that a folder holds, if there is one; of several, the first by name."""
    return min((path for path in folder.glob("*.record.zip") if path.is_file()), default=None)


def read_summary(path: Path) -> RecordSummary:
    """What the record in this file says.

    Raises:
        MalformedError: The file is no record, or lacks something that a page shows.
    """
    with path.open("rb") as file:
        record = RecordFile(file)
        return _Reading(record).summary()


def count_file(path: Path, contest: Contest) -> bytes | None:
    """The count of a contest as JSON (docs/interfaces.md): the record's own bytes; None if there is none.

    Raises:
        MalformedError: The record's blob differs from its hash.
    """
    return _bytes(path, contest.stages) if contest.stages else None


def result_file(path: Path, contest: Contest) -> bytes | None:
    """The papers of a contest as JSON (docs/protocol.md 11): the record's own bytes; None if there are none.

    Raises:
        MalformedError: The record's blob differs from its hash.
    """
    return _bytes(path, contest.papers) if contest.papers else None


def papers_file(path: Path, contest: Contest) -> bytes | None:
    """Every counted ranking of a contest as a BLT file; None if there is none.

    Raises:
        MalformedError: The record's blob differs from its hash, or is no result.
    """
    result = result_file(path, contest)
    if result is None:
        return None
    try:
        papers = canonical.parse(result)["papers"]
        return as_blt(contest.title, tuple(contest.candidates.values()), contest.seats, contest.gone, papers)
    except (LookupError, TypeError, ValueError) as error:
        raise MalformedError("the result is not of the form that a result has") from error


def as_blt(
    title: str, standing: Sequence[Candidate], seats: int, gone: Container[str], papers: Iterable[tuple[int, list[str]]]
) -> bytes:
    """The papers of a result blob as a BLT file."""
    index = {candidate.id: i for i, candidate in enumerate(standing)}
    return blt.write(
        blt.Election(
            title,
            tuple(candidate.name for candidate in standing),
            seats,
            withdrawn=tuple(i for one, i in index.items() if one in gone),
            papers=[(number, tuple(index[one] for one in ids)) for number, ids in papers],
        )
    )


def _bytes(path: Path, ref: Ref) -> bytes:
    if ref.size > BLOB_LIMIT:
        raise MalformedError("a blob is too large to be shown")
    with path.open("rb") as file:
        return read_blob(RecordFile(file), ref)


@dataclass(slots=True)
class _Reading:
    """The entries that a page speaks of, gathered in one pass; ballots are not kept."""

    source: Source
    ceremony: tuple[entries.Ceremony, bytes] | None = None
    manifest: tuple[entries.Manifest, bytes] | None = None
    counting: dict[bytes, frozenset[str]] = field(default_factory=dict)  # each credential's last ballot: its contests
    cast: int = 0
    closes: str | None = None
    closed: bool = False
    cancelled: str | None = None
    notices: list[Notice] = field(default_factory=list)
    announced: bool = False
    """Whether the entry before was the manifest."""
    without_vote: str = ""
    gone: set[tuple[str, str]] = field(default_factory=set)
    void: set[str] = field(default_factory=set)
    results: dict[str, Ref] = field(default_factory=dict)
    counts: dict[str, Ref] = field(default_factory=dict)
    elected: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for data in self.source.entries():
            self._take(entries.parse(data), data)

    def _take(self, entry: entries.Entry, data: bytes) -> None:
        announced, self.announced = self.announced, isinstance(entry, entries.Manifest)
        match entry:
            case entries.Notice() if announced and entry.subject == announcement.SUBJECT:
                self.without_vote = entry.body
            case entries.Ceremony():
                self.ceremony = entry, data
            case entries.Manifest():
                self.manifest = entry, data
            case entries.Ballot():
                self.counting[entry.credential] = frozenset(vote.id for vote in entry.contests)
                self.cast += 1
            case entries.Extend():
                self.closes = entry.closes
            case _:
                self._take_outcome(entry)

    def _take_outcome(self, entry: entries.Entry) -> None:
        match entry:
            case entries.Withdraw():
                self.gone.add((entry.contest, entry.candidate))
            case entries.Close():
                self.closed = True
            case entries.Cancel():
                self.closed, self.cancelled = True, entry.reason
            case entries.Void():
                self.void.add(entry.contest)
            case entries.Result():
                self.results[entry.contest] = entry.ballots
            case entries.Count():
                self.counts[entry.contest] = entry.stages
                self.elected[entry.contest] = entry.elected
            case entries.Notice() if self.closed:
                self.notices.append(Notice(entry.at, entry.subject, entry.body))
            case _:
                pass

    def summary(self) -> RecordSummary:
        if self.ceremony is None or self.manifest is None:
            raise MalformedError("the record has no key ceremony or no manifest")
        (ceremony, ceremony_bytes), (manifest, manifest_bytes) = self.ceremony, self.manifest
        return RecordSummary(
            election=manifest.election,
            title=manifest.title,
            opens=datetime.fromisoformat(manifest.opens),
            closes=datetime.fromisoformat(self.closes or manifest.closes),
            trustees=len(ceremony.trustees),
            threshold=ceremony.threshold,
            replaced=self.cast - len(self.counting),
            cancelled=self.cancelled,
            contests=tuple(
                self._contest(contest, manifest, sha512(manifest_bytes).digest()) for contest in manifest.contests
            ),
            notices=tuple(self.notices),
            without_vote=self.without_vote,
            fingerprints=Fingerprints(
                ceremony=sha512(ceremony_bytes).hexdigest(),
                manifest=sha512(manifest_bytes).hexdigest(),
                origin=manifest.board.origin,
                log_key=manifest.board.key,
                root=checkpoint.parse(self.source.checkpoint()).root.hex(),
            ),
        )

    def _contest(self, contest: entries.Contest, manifest: entries.Manifest, ctx: bytes) -> Contest:
        candidates = {candidate.id: candidate for candidate in contest.candidates}
        result, count = self.results.get(contest.id), self.counts.get(contest.id)
        reopen = {candidate.id for one in manifest.contests for candidate in one.candidates if candidate.reopen}
        return Contest(
            id=contest.id,
            title=contest.title,
            seats=contest.seats,
            max_ranks=contest.max_ranks,
            min_ballots=contest.min_ballots,
            rule=contest.rule["id"],
            constrained=bool(contest.constraints),
            candidates=candidates,
            voters=sum(style.count for style in manifest.credentials if contest.id in style.contests),
            ballots=sum(contest.id in contests for contests in self.counting.values()),
            void=contest.id in self.void,
            count=_count(self._blob(result), self._blob(count), candidates) if result and count else None,
            papers=result,
            stages=count,
            gone=frozenset(candidate for name, candidate in self.gone if name == contest.id),
            terms=contest,
            ctx=ctx,
            before=tuple(one for name in contest.after for one in self.elected.get(name, ()) if one not in reopen),
        )

    def _blob(self, ref: Ref) -> Json:
        if ref.size > BLOB_LIMIT:
            raise MalformedError("a blob is too large to be shown")
        return canonical.parse(read_blob(self.source, ref))


def _count(result: Json, count: Json, known: Known) -> Count:
    try:
        return Count(
            blank=int(result["blank"]),
            invalid=int(result["invalid"]),
            valid=int(count["valid"]),
            quota=_votes(count["quota"]),
            elected=_ids(count["elected"], known),
            withdrawn=_ids(count["withdrawn"], known),
            stages=tuple(_stage(stage, known) for stage in count["stages"]),
            ties=tuple(_tie(tie, known) for tie in count["ties"]),
        )
    except (LookupError, TypeError, ValueError) as error:
        raise MalformedError("the result is not of the form that a count has") from error


def _stage(stage: Json, known: Known) -> Stage:
    return Stage(
        number=int(stage["number"]),
        action=str(stage["action"]),
        moved=_ids(stage["candidates"], known),
        elected=_ids(stage["elected"], known),
        excluded=_ids(stage["excluded"], known),
        tallies={id_: _votes(stage["tallies"][id_]) for id_ in known},
        non_transferable=_votes(stage["non_transferable"]),
        quota=_votes(stage["quota"]),
    )


def _tie(tie: Json, known: Known) -> Tie:
    by_stage = None if tie["by"] == "lot" else int(str(tie["by"]).removeprefix("stage "))
    (chosen,) = _ids([tie["chosen"]], known)
    return Tie(int(tie["stage"]), _ids(tie["among"], known), chosen, by_stage)


def _ids(values: Iterable[Json], known: Known) -> tuple[str, ...]:
    """Ids that all stand in the contest."""
    return tuple(known[value].id for value in values)


def _votes(text: Json) -> Decimal:
    if not VOTES.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)
