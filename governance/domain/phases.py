"""Where an election stands, and what is due next, for whom: a fold over what is on its board, and the calendar.

There is no status column. Ballots are not needed here, so a page folds a few dozen entries however many voted. What an
entry must fulfil to stand is `board.judge`'s business; here it stands already.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from governance.board import entries as e
from governance.domain import calendar as dates
from governance.domain.draft import Calendar
from governance.domain.plain import moment


class Phase(StrEnum):
    """How far an election has come."""

    DRAFT = "draft"
    ROLL = "roll frozen"
    CEREMONY = "key ceremony"
    CREDENTIALS = "credentials"
    READINESS = "announced"
    OPEN = "open"
    TALLY = "tally"
    COUNTED = "counted"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    """Given up before it was announced: a new one has a new id (docs/protocol.md, section 6)."""


CALLED_OFF = (Phase.CANCELLED, Phase.ABANDONED)
"""There will be no result."""
OVER = (Phase.COUNTED, *CALLED_OFF)
"""Nothing is decided any more."""


class Who(StrEnum):
    """Whose turn it is."""

    OFFICER = "officer"
    REGISTRAR = "registrar"
    TRUSTEE = "trustee"
    MEMBER = "member"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due.

    Attributes:
        step: The service that does it: freeze, identity, start, commit, key, confirm, credentials, publish, ready,
            open, vote, close, mix, decrypt, result, appeals.
        trustees: Indices of the trustees of whom it is due.
        contest: Of which contest, if of one.
        at: When the clock does it, or until when it must be done.
    """

    who: Who
    step: str
    trustees: tuple[int, ...] = ()
    contest: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class Progress:
    """What stands on a board."""

    frozen: bool = False
    abandoned: bool = False
    ceremony: e.Ceremony | None = None
    done: dict[str, set[int]] = field(default_factory=dict)
    """Indices of trustees by the kind of entry that they have given."""
    manifest: e.Manifest | None = None
    opened: str = ""
    closes: str = ""
    """The close that was announced last."""
    closed: str = ""
    ballots: int = 0
    """How many were cast, once voting has closed."""
    cancelled: str = ""
    """The reason."""
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    mixed: dict[str, list[int]] = field(default_factory=dict)
    decrypted: dict[str, list[int]] = field(default_factory=dict)
    elected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Whom each contest elected that has its count; () of a void one."""
    void: set[str] = field(default_factory=set)

    @property
    def phase(self) -> Phase:
        """How far the election has come."""
        if self.abandoned or self.cancelled:
            return Phase.ABANDONED if self.abandoned else Phase.CANCELLED
        if self.closed:
            whole = self.manifest is not None and len(self.elected) == len(self.manifest.contests)
            return Phase.COUNTED if whole else Phase.TALLY
        if self.opened:
            return Phase.OPEN
        if self.manifest:
            return Phase.READINESS
        if self.ceremony:
            return Phase.CREDENTIALS if not self.missing("trustee-confirm") else Phase.CEREMONY
        return Phase.ROLL if self.frozen else Phase.DRAFT

    @property
    def indices(self) -> range:
        """1..n."""
        return range(1, len(self.ceremony.trustees) + 1) if self.ceremony else range(0)

    def missing(self, kind: str) -> tuple[int, ...]:
        """Trustees who have not given their entry of a kind."""
        return tuple(index for index in self.indices if index not in self.done.get(kind, ()))

    @property
    def least_mixers(self) -> int:
        """max(2, k) (section 9)."""
        return max(2, self.ceremony.threshold) if self.ceremony else 2

    def is_voting(self, now: datetime) -> bool:
        """Whether a ballot may be cast: the board is open, and the announced close has not come."""
        return self.phase is Phase.OPEN and now < moment(self.closes)


def fold(entries: Iterable[e.Entry], *, frozen: bool, abandoned: bool = False) -> Progress:
    """What stands on a board.

    Args:
        entries: The board.
        frozen: Whether the roll is.
        abandoned: Whether the election was given up; a board shows that in words alone, by a notice.
    """
    progress = Progress(frozen=frozen, abandoned=abandoned)
    for entry in entries:
        _take(progress, entry)
    return progress


def _take(progress: Progress, entry: e.Entry) -> None:
    match entry:
        case e.Ceremony():
            progress.ceremony = entry
        case e.TrusteeCommit() | e.TrusteeKey() | e.TrusteeConfirm() | e.TrusteeReady():
            progress.done.setdefault(entry.kind, set()).add(entry.index)
        case e.Manifest():
            progress.manifest, progress.closes = entry, entry.closes
        case e.Shuffle():
            progress.mixed.setdefault(entry.contest, []).append(entry.trustee)
        case e.Decrypt():
            progress.decrypted.setdefault(entry.contest, []).append(entry.trustee)
        case e.Count():
            progress.elected[entry.contest] = entry.elected
        case e.Void():
            progress.void.add(entry.contest)
            progress.elected[entry.contest] = ()
        case _:
            _take_moment(progress, entry)


def _take_moment(progress: Progress, entry: e.Entry) -> None:
    """What happens between the announcement and the close."""
    match entry:
        case e.Open():
            progress.opened = entry.at
        case e.Extend():
            progress.closes = entry.closes
        case e.Close():
            progress.closed, progress.ballots = entry.at, entry.ballots
        case e.Cancel():
            progress.cancelled = entry.reason
        case e.Withdraw():
            progress.withdrawn.append((entry.contest, entry.candidate))
        case _:
            pass


def due(progress: Progress, calendar: Calendar, *, identities: Mapping[str, bool], lists: bool) -> tuple[Due, ...]:
    """What is due next.

    Args:
        progress: The board.
        calendar: Of the draft; once the manifest stands, its times hold.
        identities: Whether the keys of each official are there, by the id of the member.
        lists: Whether the registrar's lists are there.
    """
    answer: tuple[Due, ...] = ()
    match progress.phase:
        case Phase.DRAFT:
            answer = (Due(Who.OFFICER, "freeze", at=dates.settled(calendar)),)
        case Phase.ROLL:
            whole = all(identities.values())
            answer = (Due(Who.OFFICER, "start") if whole else Due(Who.TRUSTEE, "identity"),)
        case Phase.CREDENTIALS:
            answer = (Due(Who.OFFICER, "publish") if lists else Due(Who.REGISTRAR, "credentials"),)
        case Phase.CEREMONY | Phase.READINESS:
            answer = (_of_trustees(progress),)
        case Phase.OPEN:
            closes = moment(progress.closes)
            answer = (Due(Who.MEMBER, "vote", at=closes), Due(Who.CLOCK, "close", at=closes))
        case Phase.TALLY:
            answer = tuple(_tally(progress))
        case Phase.COUNTED:
            answer = (Due(Who.CLOCK, "appeals", at=calendar.appeals),)
        case _:
            pass  # an election that was cancelled or given up awaits nothing
    return answer


def _of_trustees(progress: Progress) -> Due:
    """Which trustees' entries are due before voting opens, or the opening itself."""
    opens = moment(progress.manifest.opens) if progress.manifest else None
    for step in ("ready",) if opens else ("commit", "key", "confirm"):
        if missing := progress.missing(f"trustee-{step}"):
            return Due(Who.TRUSTEE, step, missing, at=opens)
    return Due(Who.CLOCK, "open", at=opens)


def _tally(progress: Progress) -> Iterable[Due]:
    """Of each contest that is not settled, mixing, opening, or its count."""
    threshold = progress.ceremony.threshold if progress.ceremony else 0
    for contest in progress.manifest.contests if progress.manifest else ():
        mixed, decrypted = progress.mixed.get(contest.id, []), progress.decrypted.get(contest.id, [])
        if contest.id in progress.elected:
            continue
        if not decrypted and len(mixed) < progress.least_mixers:
            others = tuple(index for index in progress.indices if index not in mixed)
            yield Due(Who.TRUSTEE, "mix", others, contest.id)
        elif len(decrypted) < threshold:
            others = tuple(index for index in progress.indices if index not in decrypted)
            yield Due(Who.TRUSTEE, "decrypt", others, contest.id)
        elif all(name in progress.elected for name in contest.after):
            yield Due(Who.CLOCK, "result", contest=contest.id)
