"""A member's own page: what needs me now."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, render_template, url_for
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.nominations.record import Status
from governance.domain.phases import Phase, Who
from governance.domain.signing_in import Role
from governance.services import (
    adoption,
    consents,
    elections,
    eligibility,
    nominations,
    objections,
    outstanding,
    roles,
    roll,
    scrutiny_due,
    statements,
    voting,
)
from governance.services.consents import Act
from governance.services.elections import Shown
from governance.services.officers import Person
from governance.web import seat_needs
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
        seated = seat_needs.look(reader, person, every, now=now())
        needs = [
            *_second(reader, person),
            *(Need(*one) for one in seated.due),
            *(need for shown in every for need in _needs(reader, person, shown)),
        ]
        running = [one for one in every if one.progress.manifest and one.phase not in (Phase.COUNTED, Phase.CANCELLED)]
        done = [one for one in every if one.phase is Phase.COUNTED]
        return render_template(
            "home/page.html",
            person=person,
            needs=needs,
            running=running,
            preparing=eligibility.in_preparation(reader),
            nominating=nominations.in_time(reader, now=now()),
            done=done,
            calls=seated.calls,
            seated=seated.holds,
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
    needs += _nominations(reader, person, shown)
    needs += _scrutiny(reader, person, shown)
    if shown.phase in WRITING and now() < statements.until(draft):
        needs += _own_statement(reader, person, shown)
    for due in shown.due:
        if due.who is Who.OFFICER and Role.OFFICER in person.roles:
            what = _freeze(reader, shown) if due.step == "freeze" else OFFICERS[due.step]
            at = None if due.step == "freeze" else due.at  # the roll is frozen after it, not before
            if what:
                needs.append(Need(what, shown.title, url_for("officer.show", election=shown.id), at))
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


def _freeze(reader: Session, shown: Shown) -> str:
    """What an officer has to do with a draft; nothing while it is not settled who stands, or once it was asked for."""
    if elections.problems(reader, shown.id):
        return "Set the election up"
    early = now() < shown.draft.calendar.cutoff or outstanding.before_freeze(reader, shown.id, now=now())
    asked = consents.waiting(reader, election=shown.id, now=now())
    return "" if early or any(one.wish.act is Act.FREEZE and not one.stale for one in asked) else "Freeze the roll"


def _own_statement(reader: Session, person: Person, shown: Shown) -> list[Need]:
    """Whoever stands writes for themselves, until voting opens."""
    mine = {one.id for contest in shown.draft.contests for one in contest.candidates if one.member == person.id}
    said = statements.every(reader, shown.id) if mine else {}
    return [
        Need(
            "Look over your statement" if one in said else "Write your statement",
            shown.title,
            url_for("candidates.writing", election=shown.id, candidate=one),
            statements.until(shown.draft),
        )
        for one in sorted(mine)
    ]


def _nominations(reader: Session, person: Person, shown: Shown) -> list[Need]:
    """What waits for an answer, what is incomplete; for officers, who is to be taken off the ballot."""
    needs, until = [], statements.until(shown.draft)
    for one in nominations.mine(reader, person.id, shown.id, now=now()) if shown.phase is Phase.DRAFT else ():
        address = url_for("nominations.show", election=shown.id, number=one.number)
        needs += [
            Need(
                "Somebody objects to your nomination: read it, and answer",
                shown.title,
                _heard(shown, one.number, asked),
                by,
            )
            for asked, by in one.to_reply
        ]
        if one.nominee and one.status is Status.ASKED:
            needs.append(Need("Somebody has nominated you: accept or decline", shown.title, address, until))
        elif one.nominee and one.status is Status.REJECTED:
            decision = url_for("challenges.decision", election=shown.id, number=one.number)
            needs.append(Need("Your nomination was not admitted: read why, and how to appeal", shown.title, decision))
        elif one.lacks:
            period = dates.find(shown.draft.calendar, Period.NOMINATIONS)
            by = period.ends if period is not None and now() < period.ends and one.support.lacks else until
            needs.append(Need(f"Your nomination lacks: {', '.join(one.lacks)}", shown.title, address, by))
    if Role.OFFICER in person.roles and shown.phase in (Phase.READINESS, Phase.OPEN):
        address = url_for("officer.withdrawing", election=shown.id)
        needs += [
            Need(f"Take {gone.name} out of “{gone.title}”: they have withdrawn", shown.title, address)
            for gone in adoption.gone(reader, shown.id, now=now())
            if gone.due
        ]
    return needs


def _heard(shown: Shown, nomination: int, challenge: int) -> str:
    """Where whoever a challenge is about reads it."""
    return url_for("challenges.hearing", election=shown.id, number=nomination, challenge=challenge)


def _scrutiny(reader: Session, person: Person, shown: Shown) -> list[Need]:
    """What officers, and the secretariat, have to decide about nominations."""
    todo = scrutiny_due.due(reader, person, shown, now=now())
    asked = url_for("challenges.every", election=shown.id)
    pages = (
        (todo.decide, "Decide {} nomination{s}", url_for("scrutiny.every", election=shown.id)),
        (todo.appeals, "Answer {} appeal{s}", asked),
        (todo.objections, "Answer {} objection{s} to nominations", asked),
        (todo.adopt, "Adopt the list of candidates", url_for("adoption.show", election=shown.id)),
    )
    needs = [
        Need(
            "Somebody appeals against your decision: read it, and answer",
            shown.title,
            _heard(shown, nomination, one),
            by,
        )
        for nomination, one, by in todo.reply
    ]
    return needs + [
        Need(what.format(number, s="" if number == 1 else "s"), shown.title, address)
        for number, what, address in pages
        if number
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
