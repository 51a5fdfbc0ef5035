"""An election as the officer sets it up, until it is announced: contests, candidates, electorates, calendar.

After the manifest stands, the board alone says what the election is (docs/protocol.md, section 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from governance.board import entries as e
from governance.count import rules
from governance.crypto import ranking
from governance.domain.terms import Terms

BUILT_IN = ("country", "region")
"""Attributes that every member has; all others are declared ones."""
Electorate = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands; `member` is their id among the members, empty for “re-open nominations” and for outsiders."""

    id: str
    name: str
    reopen: bool = False
    member: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A minimum and a maximum of the body's seats for one declared value (section 7)."""

    attribute: str
    value: str
    min: int
    max: int
    candidates: tuple[str, ...]
    seated: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many in the body with one value of an attribute, whatever the value (docs/nominations.md, section 4)."""

    attribute: str
    most: int


@dataclass(frozen=True, slots=True)
class Unopposed:
    """A contest in which nobody had to be chosen: its outcome, without a vote.

    Attributes:
        contest: The id that it had; `seats` were to be filled.
        candidates: Who is elected; nobody where nobody stood.
    """

    contest: str
    title: str
    seats: int
    candidates: tuple[Candidate, ...]

    @property
    def vacant(self) -> int:
        """How many places stay empty."""
        return self.seats - len(self.candidates)


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest.

    Attributes:
        max_ranks: How many may be ranked; 0 for as many as there can be.
        electorate: Who votes in it: of each attribute named, the values of which a voter has one; {} is everybody.
        caps: They become constraints when the list of candidates is adopted.
        of: The contest that was divided into this one and others (a confirming vote); empty for all others.
    """

    id: str
    title: str
    seats: int
    candidates: tuple[Candidate, ...] = ()
    max_ranks: int = 0
    min_ballots: int = 20
    rule: str = rules.DEFAULT
    constraints: tuple[Constraint, ...] = ()
    after: tuple[str, ...] = ()
    electorate: Electorate = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    of: str = ""

    @property
    def planned_as(self) -> str:
        """The id under which it was planned: rules of eligibility name this one."""
        return self.of or self.id

    @property
    def limit(self) -> int:
        """How many may be ranked (section 4); 0 where nothing fits."""
        n = len(self.candidates)
        return self.max_ranks or next((k for k in range(n, 0, -1) if ranking.fits(n, k)), 0)

    def entry(self) -> e.Contest:
        """As the manifest has it."""
        return e.Contest(
            id=self.id,
            title=self.title,
            seats=self.seats,
            max_ranks=self.limit,
            min_ballots=self.min_ballots,
            candidates=tuple(e.Candidate(one.id, one.name, one.reopen) for one in self.candidates),
            rule={"id": self.rule},
            constraints=tuple(
                e.Constraint(c.attribute, c.value, c.min, c.max, c.candidates, c.seated) for c in self.constraints
            ),
            after=self.after,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """One period of a calendar (`domain.calendar.Period`); of a single moment, `ends` is `begins`.

    Attributes:
        aoe: Whether it was given “anywhere on Earth”; it is kept in UTC all the same.
    """

    name: str
    begins: datetime
    ends: datetime
    aoe: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """When what happens, in UTC.

    Attributes:
        cutoff: Who was a member then may vote; the roll is frozen after it.
        opens: When voting opens; `closes`, when it was first announced to close.
        appeals: Until then appeals are possible; then the pairing of members and credentials is destroyed.
        periods: What else is dated (`domain.calendar`), in the order of `Period`.
    """

    cutoff: datetime
    opens: datetime
    closes: datetime
    appeals: datetime
    periods: tuple[Span, ...] = ()

    def moved(self, by: timedelta) -> "Calendar":
        """The same, so much later."""
        periods = tuple(replace(one, begins=one.begins + by, ends=one.ends + by) for one in self.periods)
        return Calendar(self.cutoff + by, self.opens + by, self.closes + by, self.appeals + by, periods)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that the manifest and the ceremony will be made from.

    Attributes:
        trustees: Ids of the members who are trustees, in the order of their index.
        registrar: Id of the member who is registrar.
        witnesses: Verifier keys of those who follow the board from outside, as `governance-witness key` prints them.
        quorum: How many of them must confirm that the board only grew; 0 exactly where there are none.
        nominations: Their terms, where the calendar dates nominations.
        unopposed: Contests that need no vote.
        planned: The contests as they were before the list of candidates was adopted; empty while it is not.
    """

    title: str
    calendar: Calendar
    contests: tuple[Contest, ...] = ()
    trustees: tuple[str, ...] = ()
    registrar: str = ""
    threshold: int = 2
    revotes: bool = True
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    nominations: Terms = field(default_factory=Terms)
    unopposed: tuple[Unopposed, ...] = ()
    planned: tuple[Contest, ...] = ()

    @property
    def plan(self) -> tuple[Contest, ...]:
        """The contests as planned, whatever became of them when the list of candidates was adopted."""
        return self.planned or self.contests

    def contest(self, name: str) -> Contest | None:
        """The contest of an id."""
        return next((contest for contest in self.contests if contest.id == name), None)

    @property
    def standing(self) -> tuple[Candidate, ...]:
        """Everybody who stands, with those who are elected without a vote; in two contests, twice."""
        lists = (*(one.candidates for one in self.contests), *(one.candidates for one in self.unopposed))
        return tuple(one for candidates in lists for one in candidates if not one.reopen)

    def cloned(self, title: str, calendar: Calendar) -> "Draft":
        """The same rules for another election: nobody stands yet, and who sits is to be told anew."""
        contests = tuple(
            replace(
                contest,
                candidates=tuple(one for one in contest.candidates if one.reopen),
                constraints=tuple(replace(one, candidates=(), seated=0) for one in contest.constraints),
            )
            for contest in self.plan
        )
        return replace(self, title=title, calendar=calendar, contests=contests, unopposed=(), planned=())
