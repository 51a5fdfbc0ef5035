"""Setting up an election: from a template or the last one, edited while it is a draft, checked with plain reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain import feasible, phases
from governance.domain.draft import Calendar, Candidate, Contest, Draft
from governance.domain.phases import Due, Phase, Progress
from governance.domain.plain import from_plain, to_plain
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, RuleError
from governance.services import boards, officers
from governance.store.elections import Election, Identity, Statement, Style
from governance.store.members import Body, Member, MemberRole

WORDS = 500
"""A statement has at most so many words in one language."""
_MAX_STATEMENT = 10_000


def _one_contest(title: str, calendar: Calendar) -> Draft:
    return Draft(title, calendar, (Contest("board", title, 3),))


def _advisory_group(title: str, calendar: Calendar) -> Draft:
    """Five regional and at-large places, one for lived experience, one for youth: nobody wins two of them."""
    contests = (
        Contest("lived-experience", "Lived experience", 1, (_reopen("ron-lived"),)),
        Contest("youth", "Youth", 1, (_reopen("ron-youth"),), after=("lived-experience",)),
        Contest("regions", "Regions and at large", 5, (_reopen("ron-regions"),), after=("lived-experience", "youth")),
    )
    return Draft(title, calendar, contests)


def _reopen(name: str) -> Candidate:
    return Candidate(name, "Re-open nominations", reopen=True)


TEMPLATES: Mapping[str, Callable[[str, Calendar], Draft]] = MappingProxyType(
    {"one-contest": _one_contest, "advisory-group": _advisory_group}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An election as its pages show it.

    Attributes:
        version: To be given back with an edit.
        progress: What stands on its board.
        due: What is due next, for whom.
    """

    id: str
    body: str
    draft: Draft
    version: int
    frozen: bool
    progress: Progress
    due: tuple[Due, ...]

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        return self.progress.phase

    @property
    def title(self) -> str:
        """As announced, or as drafted."""
        return self.progress.manifest.title if self.progress.manifest else self.draft.title


# ---- reading ---------------------------------------------------------------------------------------------------------


def get(session: Session, election: str) -> Election:
    """The row of an election.

    Raises:
        NotFoundError: There is none.
    """
    row = session.get(Election, election)
    if row is None:
        msg = "There is no such election."
        raise NotFoundError(msg)
    return row


def draft_of(row: Election) -> Draft:
    """What the officer set up."""
    return from_plain(Draft, row.draft)


def progress(session: Session, row: Election) -> Progress:
    """What stands on an election's board."""
    return phases.fold(boards.but_ballots(session, row.id), frozen=row.frozen is not None)


def show(session: Session, election: str) -> Shown:
    """An election, how far it has come, and what is due next.

    Raises:
        NotFoundError: There is none.
    """
    row = get(session, election)
    draft, stands = draft_of(row), progress(session, row)
    known = set(session.scalars(select(Identity.member_id).filter_by(election_id=election)))
    identities = {one: one in known for one in (*draft.trustees, draft.registrar)}
    listed = session.scalars(select(Style).filter_by(election_id=election)).all()
    due = phases.due(
        stands, draft.calendar, identities=identities, lists=bool(listed) and all(s.listed for s in listed)
    )
    if row.forgotten is not None:
        due = tuple(one for one in due if one.step != "appeals")
    return Shown(election, row.body_id, draft, row.version, row.frozen is not None, stands, due)


def every(session: Session) -> list[Shown]:
    """All elections, the newest first."""
    ids = session.scalars(select(Election.id).order_by(Election.created.desc(), Election.id))
    return [show(session, one) for one in ids]


# ---- drafting --------------------------------------------------------------------------------------------------------


def create(
    session: Session, by: str, election: str, *, body: str, template: str, title: str, calendar: Calendar, now: datetime
) -> None:
    """Begin an election from a template.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is no such body or template.
        RuleError: The id is taken.
    """
    if template not in TEMPLATES:
        msg = "There is no such template."
        raise NotFoundError(msg)
    _begin(session, by, election, body=body, draft=TEMPLATES[template](title, calendar), now=now)
    officers.note(session, by, f"created {election} from {template}", election=election, now=now)


def clone(
    session: Session, by: str, source: str, *, election: str, title: str, calendar: Calendar, now: datetime
) -> None:
    """Begin an election with the rules and officials of another one; candidates are not taken over.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is no such election.
        RuleError: The id is taken.
    """
    old = get(session, source)
    _begin(session, by, election, body=old.body_id, draft=draft_of(old).cloned(title, calendar), now=now)
    officers.note(session, by, f"created {election} from {source}", election=election, now=now)


def _begin(session: Session, by: str, election: str, *, body: str, draft: Draft, now: datetime) -> None:
    officers.require(session, by, Role.OFFICER)
    if not feasible.ID.fullmatch(election):
        msg = "An election's id has 1 to 64 letters, digits, hyphens and underscores."
        raise MalformedError(msg)
    if session.get(Body, body) is None:
        msg = "There is no such body."
        raise NotFoundError(msg)
    if session.get(Election, election) is not None:
        msg = "There is an election of that id already; an id is never used twice."
        raise RuleError(msg)
    plain = to_plain(draft)
    session.add(Election(id=election, body_id=body, draft=plain, version=1, created=now, frozen=None, forgotten=None))
    session.flush()


def edit(session: Session, by: str, election: str, draft: Draft, version: int, *, now: datetime) -> int:
    """Change the draft; it need not be ready for anything yet.

    Args:
        session: The database.
        by: Who does it.
        election: Its id.
        draft: The whole draft as it shall be.
        version: Of the draft that was edited.
        now: The time.

    Returns:
        The new version.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen, or somebody edited the draft meanwhile.
    """
    row = drafted(session, by, election)
    if row.version != version:
        msg = "Somebody has changed this election meanwhile. Look at it again before you change it."
        raise RuleError(msg)
    row.draft = to_plain(from_plain(Draft, to_plain(draft)))
    row.version += 1
    officers.note(session, by, f"edited {election}", election=election, now=now)
    return row.version


def drafted(session: Session, by: str, election: str) -> Election:
    """The row of an election that is still a draft, for an officer.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is none.
        RuleError: The roll is frozen.
    """
    officers.require(session, by, Role.OFFICER)
    row = get(session, election)
    if row.frozen is not None:
        msg = "The roll is frozen: this election is no longer a draft."
        raise RuleError(msg)
    return row


def problems(session: Session, election: str) -> tuple[str, ...]:
    """Why a draft cannot be an election yet, in plain sentences; empty if it can."""
    row = get(session, election)
    draft = draft_of(row)
    return (*feasible.problems(draft), *_people(session, draft))


def _people(session: Session, draft: Draft) -> list[str]:
    """What only the members' list knows: officials have their roles, officers do not stand."""
    found: list[str] = []
    for role, ids in ((Role.TRUSTEE, draft.trustees), (Role.REGISTRAR, tuple(filter(None, (draft.registrar,))))):
        held = set(session.scalars(select(MemberRole.member_id).filter_by(role=role)))
        names = officers.names(session, ids)
        found += [f"{names.get(one, one)} does not have the role of {role}." for one in ids if one not in held]
    running = set(session.scalars(select(MemberRole.member_id).filter_by(role=Role.OFFICER)))
    standing = {c.member: c.name for contest in draft.contests for c in contest.candidates if c.member}
    found += [f"{name} is a returning officer and cannot stand." for one, name in standing.items() if one in running]
    known = set(session.scalars(select(Member.id).where(Member.id.in_(standing))))
    found += [f"{name} is not among the members." for one, name in standing.items() if one not in known]
    return found


def warnings(session: Session, election: str) -> tuple[str, ...]:
    """What is allowed, and should be meant."""
    return feasible.warnings(draft_of(get(session, election)))


# ---- what candidates say ---------------------------------------------------------------------------------------------


def say(
    session: Session, by: str, election: str, candidate: str, text: str, *, now: datetime, language: str = "en"
) -> None:
    """Write or correct a candidate's statement, until voting opens; an empty one is taken away.

    Raises:
        NotPermittedError: Only the candidate and officers may.
        NotFoundError: There is no such candidate.
        RuleError: It has too many words, or voting has opened.
    """
    row = get(session, election)
    members = {c.member for contest in draft_of(row).contests for c in contest.candidates if c.id == candidate}
    if not members:
        msg = "There is no such candidate."
        raise NotFoundError(msg)
    if by not in members:
        officers.require(session, by, Role.OFFICER)
    if progress(session, row).phase in (Phase.OPEN, Phase.TALLY, Phase.COUNTED, Phase.CANCELLED):
        msg = "Statements are fixed once voting has opened."
        raise RuleError(msg)
    if len(text.split()) > WORDS or len(text) > _MAX_STATEMENT:
        msg = f"A statement has at most {WORDS} words."
        raise RuleError(msg)
    key = {"election_id": election, "candidate": candidate, "language": language}
    session.execute(delete(Statement).filter_by(**key))
    if text.strip():
        session.add(Statement(**key, text=text.strip(), changed=now))
    officers.note(session, by, f"changed the statement of {candidate}", election=election, now=now)


def statements(session: Session, election: str, *, language: str = "en") -> dict[str, str]:
    """What each candidate says, in a language; in English where they say nothing in it."""
    rows = session.scalars(
        select(Statement).filter_by(election_id=election).where(Statement.language.in_({"en", language}))
    ).all()
    said = {row.candidate: row.text for row in rows if row.language == "en"}
    return said | {row.candidate: row.text for row in rows if row.language == language}
