"""The booklet of candidates: who stands where, what they say and declared, who nominated and seconded them.

Members see it once the list of candidates was adopted; everybody does from the freezing of the roll on, as each candidate's
own page (`web.candidates`).
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Contest, Draft
from governance.errors import NotFoundError
from governance.report import booklet_pdf
from governance.report.booklet import Answer, Booklet, Entry, Kind, Part, Picture, Said
from governance.services import (
    declarations,
    elections,
    nomination_numbers,
    nomination_records,
    officers,
    outstanding,
    photos,
    statements,
)
from governance.services.elections import Shown
from governance.services.nomination_records import Filed
from governance.services.photos import Photo
from governance.services.statements import Statement

FORMER = "a former member"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all candidates: by their ids, or by the ids of members."""

    said: Mapping[str, Sequence[Statement]]
    photos: Mapping[str, Photo]
    filed: Sequence[Filed]
    names: Mapping[str, str]
    declared: Mapping[str, Sequence[declarations.Declared]]
    withdrawn: frozenset[tuple[str, str]]


def may_see(session: Session, reader: str, shown: Shown) -> bool:
    """Whether somebody may see it: `reader` is a member's id, or empty."""
    if shown.frozen:
        return True
    return bool(reader) and not shown.given_up and outstanding.is_adopted(session, shown.id)


def show(session: Session, reader: str, election: str) -> Booklet:
    """The booklet, for whoever may see it: `reader` is a member's id, or empty.

    Raises:
        NotFoundError: There is no such election, or its candidates are not published yet, or not to this reader.
    """
    shown = elections.show(session, election)
    if not may_see(session, reader, shown):
        msg = "There is no such election, or it is not published yet who stands."
        raise NotFoundError(msg)
    known = _known(session, shown)
    parts = tuple(_part(one, shown.draft, known) for one in shown.draft.plan)
    return Booklet(
        election, shown.title, parts, public=shown.frozen, others=nomination_numbers.sentences(session, election)
    )


def pdf(session: Session, booklet: Booklet, address: str) -> bytes:
    """The booklet as a PDF; `address` is where its page is."""
    return booklet_pdf.write(booklet, photos.jpegs(session, booklet.election), address)


def _known(session: Session, shown: Shown) -> _Known:
    draft = shown.draft
    filed = [one for one in nomination_records.every(session, shown.id) if one.nomination.candidate]
    members = {one.member for one in draft.standing if one.member}
    people = {who for one in filed for who in (one.nomination.by, *one.nomination.seconders)}
    return _Known(
        statements.every(session, shown.id),
        photos.every(session, shown.id),
        filed,
        officers.names(session, people),
        declarations.published(
            session, members, draft.nominations.questions, nomination_records.accepted_until(draft.calendar)
        )
        if outstanding.nominated(draft)
        else {},
        frozenset(shown.progress.withdrawn),
    )


def _part(planned: Contest, draft: Draft, known: _Known) -> Part:
    """A contest as it was planned, whatever became of it when the list was adopted."""
    held = [one for one in draft.contests if one.planned_as == planned.id]
    unopposed = [one for one in draft.unopposed if one.contest == planned.id]
    standing = [(one.id, candidate) for one in held for candidate in one.candidates if not candidate.reopen]
    standing += [(one.contest, candidate) for one in unopposed for candidate in one.candidates]
    kind = Kind.VOTE if held else Kind.ELECTED
    if any(one.of for one in held):
        kind = Kind.CONFIRM
    entries = [_entry(contest, planned.id, candidate, known) for contest, candidate in standing]
    return Part(
        planned.id,
        planned.title,
        planned.seats,
        kind,
        tuple(sorted(entries, key=lambda one: (_sorting(one.name), one.id))),
        vacant=sum(one.vacant for one in unopposed),
        reopen=any(candidate.reopen for one in held for candidate in one.candidates),
    )


def _sorting(name: str) -> str:
    """A name in a form in which Émile stands between Emil and Emma."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _entry(contest: str, planned: str, candidate: Candidate, known: _Known) -> Entry:
    filed = [
        one.nomination
        for one in known.filed
        if (one.nomination.candidate, one.nomination.contest) == (candidate.id, planned)
    ]
    photo = known.photos.get(candidate.id)
    return Entry(
        candidate.id,
        candidate.name,
        tuple(_said(one) for one in known.said.get(candidate.id, ())),
        Picture(photo.digest, photo.width, photo.height, photo.about) if photo else None,
        itself=any(one.itself for one in filed),
        nominators=_names((one.by for one in filed if not one.itself), known),
        seconders=_names((who for one in filed for who in one.seconders), known),
        answers=tuple(Answer(one.asked, one.yes, one.text) for one in known.declared.get(candidate.member, ())),
        withdrawn=(contest, candidate.id) in known.withdrawn,
    )


def _said(one: Statement) -> Said:
    return Said(one.language, one.name, one.dir, tuple(one.paragraphs))


def _names(members: Iterable[str], known: _Known) -> tuple[str, ...]:
    return tuple(known.names.get(one, FORMER) for one in dict.fromkeys(members))
