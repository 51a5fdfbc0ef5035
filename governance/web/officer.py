"""The officer's desk: every election, what is due next, and what only an officer decides."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.services import ceremony, elections, officers, roll, running, voting
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("officer", __name__, url_prefix="/officer")
MINUTES = "%Y-%m-%dT%H:%M"
_REASON = [InputRequired("Please say why: everybody will read it."), Length(max=20_000)]


class ExtendForm(CsrfForm):
    closes = DateTimeLocalField(
        "New close, in UTC", [InputRequired("Please say until when.")], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    reason = TextAreaField("Why", _REASON, render_kw={"rows": 4})


class CancelForm(CsrfForm):
    reason = TextAreaField("Why", _REASON, render_kw={"rows": 4})


class WithdrawForm(CsrfForm):
    candidate = SelectField("Who withdraws")
    reason = TextAreaField("Why (for the log alone)", [Length(max=2000)], render_kw={"rows": 3})


class NoticeForm(CsrfForm):
    subject = StringField("Subject", [InputRequired("Please give a subject."), Length(max=500)])
    body = TextAreaField("Text", [Length(max=20_000)], render_kw={"rows": 8})


def utc(value: datetime | None) -> datetime:
    """What was typed into a field that says “in UTC”."""
    return (value or datetime.min).replace(tzinfo=UTC)  # noqa: DTZ901  the field is required


@bp.get("/")
def every() -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        return render_template("officer/every.html", every=elections.every(reader))


@bp.get("/log")
def log() -> str:
    with reading() as reader:
        lines = officers.log(reader, signed_in().id)
    return render_template("officer/log.html", lines=lines, shown=None)


@bp.get("/elections/<election>/log")
def log_of(election: str) -> str:
    with reading() as reader:
        shown = elections.show(reader, election)
        lines = officers.log(reader, signed_in().id, election=election)
    return render_template("officer/log.html", lines=lines, shown=shown)


@bp.get("/elections/<election>")
def show(election: str) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown = elections.show(reader, election)
        draft = shown.draft
        people = officers.names(reader, [*draft.trustees, draft.registrar])
        return render_template(
            "officer/show.html",
            shown=shown,
            people=people,
            identities=ceremony.identities(reader, election),
            problems=() if shown.frozen else elections.problems(reader, election),
            warnings=() if shown.frozen else elections.warnings(reader, election),
            turnout=voting.turnout(reader, election) if shown.frozen else None,
            open=shown.progress.is_voting(now()),
            may=_may(shown),
        )


def _may(shown: elections.Shown) -> set[str]:
    """What to offer; the services have the last word."""
    stands, phase = shown.progress, shown.phase
    ways = {one.step for one in shown.due} & {"freeze", "start", "publish"}
    if stands.ceremony:
        ways.add("notice")
    if stands.manifest and phase not in (Phase.CANCELLED, Phase.COUNTED):
        ways.add("cancel")
    if stands.is_voting(now()):
        ways.add("extend")
    if phase is Phase.READINESS or stands.is_voting(now()):
        ways.add("withdraw")
    if phase in (Phase.DRAFT, Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS, Phase.READINESS):
        ways.add("statements")
    return ways


def _do(election: str, act: Callable[[Session, str, str], object], told: str) -> Response:
    """One use case, then back to the election."""
    with transaction() as writer:
        act(writer, signed_in().id, election)
    flash(told)
    return redirect(url_for("officer.show", election=election))


@bp.get("/elections/<election>/freeze")
def freezing(election: str) -> str:
    with reading() as reader:
        frozen = roll.preview(reader, signed_in().id, election)
        shown = elections.show(reader, election)
        problems = elections.problems(reader, election)
    titles = {contest.id: contest.title for contest in shown.draft.contests}
    return render_template(
        "officer/freeze.html", shown=shown, frozen=frozen, problems=problems, titles=titles, now=now()
    )


@bp.post("/elections/<election>/freeze")
def freeze(election: str) -> Response:
    return _do(election, lambda session, by, one: roll.freeze(session, by, one, now=now()), "The roll is frozen.")


@bp.post("/elections/<election>/start")
def start(election: str) -> Response:
    return _do(
        election, lambda session, by, one: ceremony.start(session, by, one, now=now()), "The key ceremony has begun."
    )


@bp.post("/elections/<election>/publish")
def publish(election: str) -> Response:
    return _do(
        election, lambda session, by, one: ceremony.publish(session, by, one, now=now()), "The election is announced."
    )


# ---- decisions that everybody reads ----------------------------------------------------------------------------------


def _shown(election: str) -> elections.Shown:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        return elections.show(reader, election)


def _form(name: str, form: CsrfForm, election: str) -> str:
    return render_template("officer/decide.html", what=name, form=form, shown=_shown(election))


@bp.get("/elections/<election>/extend")
def extending(election: str) -> str:
    return _form("extend", ExtendForm(), election)


@bp.post("/elections/<election>/extend")
def extend(election: str) -> Response | tuple[str, int]:
    form = ExtendForm(request.form)
    if not form.validate():
        return _form("extend", form, election), 422
    closes, why = utc(form.closes.data), form.reason.data or ""
    return _do(
        election,
        lambda session, by, one: running.extend(session, by, one, closes, why, now=now()),
        "Voting closes later now.",
    )


@bp.get("/elections/<election>/cancel")
def cancelling(election: str) -> str:
    return _form("cancel", CancelForm(), election)


@bp.post("/elections/<election>/cancel")
def cancel(election: str) -> Response | tuple[str, int]:
    form = CancelForm(request.form)
    if not form.validate():
        return _form("cancel", form, election), 422
    why = form.reason.data or ""
    return _do(
        election,
        lambda session, by, one: running.cancel(session, by, one, why, now=now()),
        "The election is cancelled.",
    )


def _standing(form: WithdrawForm, shown: elections.Shown) -> WithdrawForm:
    form.candidate.choices = choices(
        (f"{contest.id}/{one.id}", f"{one.name} ({contest.title})")
        for contest in shown.draft.contests
        for one in contest.candidates
        if not one.reopen and (contest.id, one.id) not in shown.progress.withdrawn
    )
    return form


@bp.get("/elections/<election>/withdraw")
def withdrawing(election: str) -> str:
    return _form("withdraw", _standing(WithdrawForm(), _shown(election)), election)


@bp.post("/elections/<election>/withdraw")
def withdraw(election: str) -> Response | tuple[str, int]:
    form = _standing(WithdrawForm(request.form), _shown(election))
    if not form.validate():
        return _form("withdraw", form, election), 422
    contest, _, candidate = str(form.candidate.data).partition("/")
    why = form.reason.data or ""
    return _do(
        election,
        lambda session, by, one: running.withdraw(
            session, by, one, contest=contest, candidate=candidate, reason=why, now=now()
        ),
        "The candidate has withdrawn.",
    )


@bp.get("/elections/<election>/notice")
def noticing(election: str) -> str:
    return _form("notice", NoticeForm(), election)


@bp.post("/elections/<election>/notice")
def notice(election: str) -> Response | tuple[str, int]:
    form = NoticeForm(request.form)
    if not form.validate():
        return _form("notice", form, election), 422
    subject, body = form.subject.data or "", form.body.data or ""
    return _do(
        election,
        lambda session, by, one: running.notice(session, by, one, subject, body, now=now()),
        "The notice is published.",
    )
