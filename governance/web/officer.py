"""The officer's desk: every election, what is due next, and what only an officer decides."""

import re
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import (
    cautions,
    ceremony,
    consents,
    continuity,
    elections,
    nominations,
    officers,
    outstanding,
    roll,
    running,
    undelivered,
    voting,
)
from governance.services.consents import Act, Wish
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, published, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("officer", __name__, url_prefix="/officer")
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
"""Of a line of the log; larger than the database can count is none."""
_PUBLIC = [InputRequired("Please say why: everybody will read it."), Length(max=20_000)]
_LOG = [InputRequired("Please say why: whoever approves it reads it, and it is kept in the log."), Length(max=2000)]


class AskForm(CsrfForm):
    reason = TextAreaField("Why, or why now (for whoever approves it, and the log)", _LOG, render_kw={"rows": 3})


class ExtendForm(AskForm):
    closes = DateTimeLocalField(
        "New close, in UTC", [InputRequired("Please say until when.")], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    reason = TextAreaField("Why", _PUBLIC, render_kw={"rows": 4})


class EndForm(AskForm):
    reason = TextAreaField("Why", _PUBLIC, render_kw={"rows": 4})


class WithdrawForm(AskForm):
    candidate = SelectField("Who withdraws")
    reason = TextAreaField("Why (for whoever approves it, and the log)", _LOG, render_kw={"rows": 3})


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
        return render_template(
            "officer/every.html",
            every=elections.every(reader),
            nominating={one.id for one in _in_time(reader) if one.open},
            mail=undelivered.look(reader, signed_in().id, now=now()),
        )


def _in_time(reader: Session) -> list[nominations.Open]:
    return nominations.in_time(reader, now=now())


@bp.get("/log")
def log() -> str:
    return _log(None)


@bp.get("/elections/<election>/log")
def log_of(election: str) -> str:
    return _log(election)


def _log(election: str | None) -> str:
    """The newest lines, or those before a number; one more is asked for, to know whether there are older ones."""
    asked = request.args.get("before", "")
    before = int(asked) if _NUMBER.fullmatch(asked) else None
    with reading() as reader:
        shown = elections.show(reader, election) if election else None
        more = officers.LINES + 1
        found = officers.log(reader, signed_in().id, election=election, before=before, limit=more)
    lines = found[: officers.LINES]
    older = lines[-1].number if len(found) > len(lines) else 0
    return render_template("officer/log.html", lines=lines, shown=shown, older=older, newest=before is None)


@bp.get("/elections/<election>")
def show(election: str) -> str:
    with reading() as reader:  # of its own, so that it sees no less than what is published at this moment
        behind = continuity.behind(reader, election, published())
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown = elections.show(reader, election)
        draft = shown.draft
        people = officers.names(reader, [*draft.trustees, draft.registrar])
        return render_template(
            "officer/show.html",
            shown=shown,
            contests=roll.with_quorum(reader, election, draft),
            people=people,
            identities=ceremony.identities(reader, election),
            problems=() if shown.frozen else elections.problems(reader, election),
            warnings=() if shown.frozen else elections.warnings(reader, election),
            turnout=voting.turnout(reader, election) if shown.frozen else None,
            open=shown.progress.is_voting(now()),
            may=_may(shown),
            nominated=outstanding.nominated(draft),
            nominating=not shown.frozen and any(one.id == election and one.open for one in _in_time(reader)),
            waiting=consents.waiting(reader, election=election, now=now()),
            behind=behind,
        )


def _may(shown: elections.Shown) -> set[str]:
    """What to offer; the services have the last word."""
    stands, phase = shown.progress, shown.phase
    ways = {one.step for one in shown.due} & {"freeze", "start", "publish"}
    if stands.ceremony:
        ways.add("notice")
    if stands.manifest and phase not in (Phase.CANCELLED, Phase.COUNTED):
        ways.add("cancel")
    notice = dates.find(shown.draft.calendar, Period.NOTICE)
    told = phase is Phase.DRAFT and notice is not None and notice.begins <= now()
    if told or phase in (Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS):
        ways.add("abandon")
    if phase in (Phase.ABANDONED, Phase.CANCELLED):
        ways.add("again")
    if stands.is_voting(now()):
        ways.add("extend")
    if phase is Phase.READINESS or stands.is_voting(now()):
        ways.add("withdraw")
    if phase in (Phase.DRAFT, Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS, Phase.READINESS):
        ways.add("statements")
    return ways


def _ask(wish: Wish, form: AskForm) -> Response | tuple[str, int]:
    """Ask for what cannot be undone; somebody else approves it. If it is refused, the page keeps what was typed."""
    try:
        with transaction() as writer:
            consents.ask(writer, signed_in().id, wish, form.reason.data or "", now=now())
    except RuleError as error:
        page = _freezing(wish.election, form, str(error)) if wish.act is Act.FREEZE else ""
        return page or _form(wish.act, form, wish.election, str(error)), status_of(error)
    flash("Asked. It is done once somebody else of the officers or the secretariat has approved it.")
    return redirect(url_for("officer.show", election=wish.election))


@bp.get("/elections/<election>/freeze")
def freezing(election: str) -> str:
    return _freezing(election, AskForm(formdata=None))


def _freezing(election: str, form: AskForm, problem: str = "") -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        frozen = roll.preview(reader, signed_in().id, election)
        shown = elections.show(reader, election)
        problems = (
            *elections.problems(reader, election),
            *outstanding.before_freeze(reader, election, now=now()),
            *cautions.of_roll(reader, election, frozen),
        )
        warnings = cautions.warnings(reader, election, frozen)
    titles = {contest.id: contest.title for contest in shown.draft.contests}
    return render_template(
        "officer/freeze.html",
        shown=shown,
        frozen=frozen,
        problems=problems,
        warnings=warnings,
        titles=titles,
        now=now(),
        form=form,
        problem=problem,
    )


@bp.post("/elections/<election>/freeze")
def freeze(election: str) -> Response | tuple[str, int]:
    form = AskForm(request.form)
    if not form.validate():
        return _freezing(election, form), 422
    return _ask(Wish(Act.FREEZE, election), form)


@bp.post("/elections/<election>/start")
def start(election: str) -> Response:
    with transaction() as writer:
        ceremony.start(writer, signed_in().id, election, now=now())
    flash("The key ceremony has begun.")
    return redirect(url_for("officer.show", election=election))


@bp.get("/elections/<election>/publish")
def publishing(election: str) -> str:
    return _form("publish", AskForm(formdata=None), election)


@bp.post("/elections/<election>/publish")
def publish(election: str) -> Response | tuple[str, int]:
    form = AskForm(request.form)
    if not form.validate():
        return _form("publish", form, election), 422
    return _ask(Wish(Act.PUBLISH, election), form)


# ---- decisions -------------------------------------------------------------------------------------------------------


def _shown(election: str) -> elections.Shown:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        return elections.show(reader, election)


def _form(name: str, form: CsrfForm, election: str, problem: str = "") -> str:
    told = {"what": name, "form": form, "problem": problem, "back": "officer.show"}
    return render_template("officer/decide.html", shown=_shown(election), **told)


@bp.get("/elections/<election>/extend")
def extending(election: str) -> str:
    return _form("extend", ExtendForm(formdata=None), election)


@bp.post("/elections/<election>/extend")
def extend(election: str) -> Response | tuple[str, int]:
    form = ExtendForm(request.form)
    if not form.validate():
        return _form("extend", form, election), 422
    return _ask(Wish(Act.EXTEND, election, closes=utc(form.closes.data)), form)


@bp.get("/elections/<election>/cancel")
def cancelling(election: str) -> str:
    return _form("cancel", EndForm(formdata=None), election)


@bp.post("/elections/<election>/cancel")
def cancel(election: str) -> Response | tuple[str, int]:
    form = EndForm(request.form)
    if not form.validate():
        return _form("cancel", form, election), 422
    return _ask(Wish(Act.CANCEL, election), form)


@bp.get("/elections/<election>/abandon")
def abandoning(election: str) -> str:
    return _form("abandon", EndForm(formdata=None), election)


@bp.post("/elections/<election>/abandon")
def abandon(election: str) -> Response | tuple[str, int]:
    form = EndForm(request.form)
    if not form.validate():
        return _form("abandon", form, election), 422
    return _ask(Wish(Act.ABANDON, election), form)


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
    asked = {"candidate": request.args.get("candidate", "")}  # as the page of nominations fills it in
    return _form("withdraw", _standing(WithdrawForm(formdata=None, data=asked), _shown(election)), election)


@bp.post("/elections/<election>/withdraw")
def withdraw(election: str) -> Response | tuple[str, int]:
    form = _standing(WithdrawForm(request.form), _shown(election))
    if not form.validate():
        return _form("withdraw", form, election), 422
    contest, _, candidate = str(form.candidate.data).partition("/")
    return _ask(Wish(Act.WITHDRAW, election, contest=contest, candidate=candidate), form)


def _notice(election: str, form: NoticeForm, problem: str = "") -> str:
    """For the secretariat and the registrar too, who have no other page of the desk."""
    with reading() as reader:
        running.require_notice(reader, signed_in().id, election)
        shown = elections.show(reader, election)
    return render_template("officer/decide.html", what="notice", form=form, shown=shown, problem=problem, back=_back())


def _back() -> str:
    """The endpoint of an election's page, for who reads: the desk is for officers."""
    return "officer.show" if Role.OFFICER in signed_in().roles else "voting.board"


@bp.get("/elections/<election>/notice")
def noticing(election: str) -> str:
    return _notice(election, NoticeForm(formdata=None))


@bp.post("/elections/<election>/notice")
def notice(election: str) -> Response | tuple[str, int]:
    form = NoticeForm(request.form)
    if not form.validate():
        return _notice(election, form), 422
    try:
        with transaction() as writer:
            running.notice(writer, signed_in().id, election, form.subject.data or "", form.body.data or "", now=now())
    except RuleError as error:
        return _notice(election, form, str(error)), status_of(error)
    flash("The notice is published.")
    return redirect(url_for(_back(), election=election))
