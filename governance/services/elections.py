"""Setting up an election: from a template or the last one, edited while it is a draft, checked with plain reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain import feasible, phases
from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Candidate, Contest, Draft
from governance.domain.nominations import ballot
from governance.domain.phases import CALLED_OFF, Due, Phase, Progress
from governance.domain.plain import from_plain, to_plain
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import boards, fixed, nomination_records, officers, rulebook, windows
from governance.services.officers import Two
from governance.store.calendars import CalendarPassage
from governance.store.elections import Election, Identity, Statement, Style
from governance.store.members import Body, Member, MemberRole
from governance.store.nominations import Photo

BOTH = 2
"""People for what cannot be undone."""


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
    given_up: str = ""
    """Why, if it was."""

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


def announced(session: Session, row: Election) -> bool:
    """Whether the calendar is public: the clock has passed its notice, or the roll is frozen."""
    noticed = select(CalendarPassage.number).filter_by(election_id=row.id).limit(1)
    return row.frozen is not None or session.scalar(noticed) is not None


def progress(session: Session, row: Election) -> Progress:
    """What stands on an election's board."""
    told = {"frozen": row.frozen is not None, "abandoned": row.abandoned is not None}
    return phases.fold(boards.but_ballots(session, row.id), **told)


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
    return Shown(
        election, row.body_id, draft, row.version, row.frozen is not None, stands, due, row.abandoned_why or ""
    )


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
    rulebook.carry_over(session, by, source, election, now=now)
    officers.note(session, by, f"created {election} from {source}", election=election, now=now)


def begin_again(session: Session, by: str, source: str, *, election: str, calendar: Calendar, now: datetime) -> None:
    """Begin an election that was given up or cancelled anew: all as it was, statements and photos too, under another id.

    Where members nominate, they do so anew: nobody is taken over, and nothing that anybody wrote. An id that is made from a
    name could be somebody else's then.

    It is a draft, so that officials and calendar can change; its roll is frozen anew, its keys are made anew.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is no such election.
        RuleError: The id is taken, or the election was neither given up nor cancelled.
    """
    old = get(session, source)
    if progress(session, old).phase not in CALLED_OFF:
        msg = "Only an election that was given up or cancelled can begin again. For another one, take its rules."
        raise RuleError(msg)
    draft = replace(draft_of(old), calendar=calendar)
    anew = dates.find(calendar, Period.NOMINATIONS) is not None
    _begin(session, by, election, body=old.body_id, draft=ballot.taken_off(draft) if anew else draft, now=now)
    if not anew:
        _copy_profiles(session, source, election)
    rulebook.carry_over(session, by, source, election, now=now)
    officers.note(session, by, f"began {source} again as {election}", election=election, now=now)


def _copy_profiles(session: Session, source: str, election: str) -> None:
    for row in session.scalars(select(Statement).filter_by(election_id=source)).all():
        said = {"candidate": row.candidate, "language": row.language, "text": row.text, "changed": row.changed}
        session.add(Statement(election_id=election, **said))
    for photo in session.scalars(select(Photo).filter_by(election_id=source)).all():
        copied = ("candidate", "jpeg", "digest", "width", "height", "about", "changed")
        session.add(Photo(election_id=election, **{name: getattr(photo, name) for name in copied}))


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
    terms = draft.nominations
    draft = replace(draft, nominations=replace(terms, window=max(terms.window, windows.rule(session))))
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
        RuleError: The roll is frozen, somebody edited the draft meanwhile, the calendar was announced and differs, or
            what differs is fixed since nominations began (`fixed`).
    """
    row = drafted(session, by, election)
    if row.version != version:
        msg = "Somebody has changed this election meanwhile. Look at it again before you change it."
        raise RuleError(msg)
    before = draft_of(row)
    out = announced(session, row)
    fixed.check(before, draft, announced=out, now=now)
    if draft.calendar != before.calendar and out:
        msg = "The calendar was announced: changing it takes a reason and a second person, on its own page."
        raise RuleError(msg)
    row.draft = to_plain(from_plain(Draft, to_plain(draft)))
    row.version += 1
    what = ", ".join(changed(before, draft_of(row))) or "nothing"
    officers.note(session, by, f"edited {election}: {what}", election=election, now=now)
    return row.version


def changed(before: Draft, after: Draft) -> list[str]:
    """What differs between two drafts, for the log: names of fields, and titles of contests."""
    parts = [field.name for field in fields(Draft) if field.name not in ("contests", "planned")]
    found = [name for name in parts if getattr(before, name) != getattr(after, name)]
    ids = dict.fromkeys(one.id for one in (*before.contests, *after.contests))
    for name in ids:
        old, new = before.contest(name), after.contest(name)
        if old is None or new is None:
            found.append(f"{'added' if old is None else 'took away'} the contest {name}")
        elif old != new:
            parts = [field.name for field in fields(Contest) if getattr(old, field.name) != getattr(new, field.name)]
            found.append(f"{', '.join(parts)} of the contest {name}")
    return found


def drafted(session: Session, by: str, election: str) -> Election:
    """The row of an election that is still a draft, for an officer.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is none.
        RuleError: The roll is frozen.
    """
    officers.require(session, by, Role.OFFICER)
    return still_drafted(session, election)


def still_drafted(session: Session, election: str) -> Election:
    """The row of an election that is still a draft.

    Raises:
        NotFoundError: There is none.
        RuleError: The roll is frozen, or it was given up.
    """
    row = get(session, election)
    if row.frozen is not None:
        msg = "The roll is frozen: this election is no longer a draft."
        raise RuleError(msg)
    if row.abandoned is not None:
        msg = "This election was given up. It can begin again, under another short name."
        raise RuleError(msg)
    return row


def require_two(session: Session, by: Two, election: str) -> None:
    """Check that two people who may, and who do not stand, want something that cannot be undone.

    Raises:
        NotFoundError: There is no such election.
        NotPermittedError: It is one person, one of them has no such role, or stands in this election.
    """
    standing = {one.member for one in draft_of(get(session, election)).standing}
    standing |= nomination_records.standing(session, election)
    officers.require_two(session, by)
    if standing & {by.asked, by.approved}:
        msg = "Whoever stands in an election has no part in running it."
        raise NotPermittedError(msg)


def problems(session: Session, election: str) -> tuple[str, ...]:
    """Why a draft cannot be an election yet, in plain sentences; empty if it can."""
    row = get(session, election)
    draft, out = draft_of(row), announced(session, row)
    short = windows.problem(session, draft, announced=out) if dates.find(draft.calendar, Period.NOMINATIONS) else ""
    padding = "" if out else dates.padding(draft.calendar)  # what was announced before this was a rule stays
    return (*feasible.problems(draft), *filter(None, [short, padding]), *_people(session, draft))


def _people(session: Session, draft: Draft) -> list[str]:
    """What only the members' list knows: officials have their roles, officers do not stand."""
    found: list[str] = []
    for role, ids in ((Role.TRUSTEE, draft.trustees), (Role.REGISTRAR, tuple(filter(None, (draft.registrar,))))):
        held = set(session.scalars(select(MemberRole.member_id).filter_by(role=role)))
        names = officers.names(session, ids)
        found += [f"{names.get(one, one)} does not have the role of {role}." for one in ids if one not in held]
    if len(officers.deciders(session)) < BOTH:
        found.append(
            "What cannot be undone takes two people: a second one needs the role of officer or of secretariat."
        )
    running = set(session.scalars(select(MemberRole.member_id).filter_by(role=Role.OFFICER)))
    standing = {one.member: one.name for one in draft.standing if one.member}
    found += [f"{name} is a returning officer and cannot stand." for one, name in standing.items() if one in running]
    if draft.registrar in officers.deciders(session):
        name = officers.names(session, [draft.registrar])[draft.registrar]
        found.append(
            f"{name} is a returning officer or of the secretariat: who makes the codes stays apart from those who run "
            "the election and look after the members' list."
        )
    known = set(session.scalars(select(Member.id).where(Member.id.in_(standing))))
    found += [f"{name} is not among the members." for one, name in standing.items() if one not in known]
    return found


def warnings(session: Session, election: str) -> tuple[str, ...]:
    """What is allowed in a draft, and should be meant; `cautions` knows the roll too."""
    return feasible.warnings(draft_of(get(session, election)))
