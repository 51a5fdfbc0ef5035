"""A member's own page: what needs me now."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, render_template, url_for
from sqlalchemy.orm import Session

from governance.domain.phases import Phase, Who
from governance.domain.signing_in import Role
from governance.services import consents, elections, eligibility, objections, roles, roll, statements, voting
from governance.services.elections import Shown
from governance.services.officers import Person
from governance.web.access import signed_in
from governance.web.extensions import now, reading

bp = Blueprint("home", __name__)
_PAGES = "voting.page"
"""The page of one election, if this version has it."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: what, of which election, where, and until when."""

    what: str
    title: str
    address: str
    at: datetime | None = None


@bp.get("/home")
def page() -> str:
    person = signed_in()
    with reading() as reader:
        every = elections.every(reader)
        needs = [need for shown in every for need in _needs(reader, person, shown)]
        needs = [*_second(reader, person), *needs]
        running = [one for one in every if one.progress.manifest and one.phase not in (Phase.COUNTED, Phase.CANCELLED)]
        done = [one for one in every if one.phase is Phase.COUNTED]
        preparing = eligibility.in_preparation(reader)
        return render_template(
            "home/page.html",
            person=person,
            needs=needs,
            running=running,
            preparing=preparing,
            done=done,
            address=_address,
        )


def _address(election: str) -> str:
    """Where an election is shown."""
    if _PAGES in current_app.view_functions:
        return url_for(_PAGES, election=election)
    return url_for("results.front")


def _needs(reader: Session, person: Person, shown: Shown) -> list[Need]:
    needs = []
    if shown.progress.is_voting(now()) and roll.contests_of(reader, shown.id, person.id):
        closes = next((one.at for one in shown.due if one.step == "vote"), None)
        voted = voting.has_voted(reader, person.id, shown.id)
        what = "You have voted. You can change your vote until voting closes" if voted else "Vote"
        if not voted or shown.draft.revotes:
            needs.append(Need(what, shown.title, _address(shown.id), closes))
    if Role.OFFICER in person.roles and objections.numbers(reader, shown.id).waiting:
        needs.append(Need("Decide objections to the roll", shown.title, url_for("objections.every", election=shown.id)))
    draft = shown.draft
    if shown.phase in WRITING:
        needs += _own_statement(reader, person, shown)
    for due in shown.due:
        if due.who is Who.OFFICER and Role.OFFICER in person.roles:
            needs.append(Need(OFFICERS[due.step], shown.title, url_for("officer.show", election=shown.id), due.at))
        mine = draft.trustees.index(person.id) + 1 if person.id in draft.trustees else 0
        trustee = mine and (mine in due.trustees or due.step == "identity")
        registrar = person.id == draft.registrar and due.step in ("identity", "credentials")
        if (due.who is Who.TRUSTEE and trustee) or registrar:
            what = OFFICIALS.get(due.step, due.step)
            contest = draft.contest(due.contest)
            title = f"{shown.title}, {contest.title}" if contest else shown.title
            needs.append(Need(what, title, url_for("officials.show", election=shown.id), due.at))
    return needs


WRITING = (Phase.DRAFT, Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS, Phase.READINESS)


def _own_statement(reader: Session, person: Person, shown: Shown) -> list[Need]:
    """Whoever stands writes for themselves, until voting opens."""
    mine = {one.id for contest in shown.draft.contests for one in contest.candidates if one.member == person.id}
    said = statements.every(reader, shown.id) if mine else {}
    return [
        Need(
            "Look over your statement" if one in said else "Write your statement",
            shown.title,
            url_for("candidates.writing", election=shown.id, candidate=one),
            shown.draft.calendar.opens,
        )
        for one in sorted(mine)
    ]


def _second(reader: Session, person: Person) -> list[Need]:
    """What somebody else asked for, and this person may approve."""
    if not person.roles.intersection(roles.DECIDING):
        return []
    return [
        Need(f"Approve or decline: {one.what}", one.title, url_for("consents.show", number=one.number), one.until)
        for one in consents.waiting(reader, now=now())
        if one.asked_by != person.id and not one.stale
    ]


OFFICERS = {
    "freeze": "Set the election up, and freeze the roll after membership is cut off",
    "start": "Begin the key ceremony",
    "publish": "Announce the election",
}
OFFICIALS = {
    "identity": "Hand in your public keys",
    "commit": "Commit to your key",
    "key": "Hand in your key and the shares for the others",
    "confirm": "Confirm the shares that you received",
    "credentials": "Make the voting codes, and hand in the lists",
    "ready": "Show that you still have your key",
    "mix": "Mix the sealed votes",
    "decrypt": "Give your part of opening the votes",
}
