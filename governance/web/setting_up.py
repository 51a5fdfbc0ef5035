"""Setting up an election: begun from a template or an earlier one, then edited page by page while it is a draft."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain.draft import Calendar, Draft
from governance.domain.feasible import ID
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import cautions, elections, members, officers, roles, roll
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices, whole

bp = Blueprint("setting_up", __name__, url_prefix="/officer")
MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
COPY = "copy:"
TEMPLATES = {
    "one-contest": "One contest",
    "advisory-group": "An advisory group: lived experience, youth, regions and at large",
}
TITLE = [InputRequired("Please give a title."), Length(max=500)]
ID_FORM = Regexp(
    ID.pattern + r"\Z", message="1 to 64 letters, digits, hyphens and underscores; a letter or digit first."
)


def moment_field(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [InputRequired("Please say when, in UTC.")], format=MINUTES)


class Boxes(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CalendarForm(CsrfForm):
    cutoff = moment_field("Membership is cut off")
    opens = moment_field("Voting opens")
    closes = moment_field("Voting closes")
    appeals = moment_field("Appeals are possible until")

    def calendar(self) -> Calendar:
        """What the form says, once it has validated."""
        return Calendar(_utc(self.cutoff.data), _utc(self.opens.data), _utc(self.closes.data), _utc(self.appeals.data))


def _utc(value: datetime | None) -> datetime:
    return (value or datetime.min).replace(tzinfo=UTC)  # noqa: DTZ901  the field is required


class NewForm(CalendarForm):
    title = StringField("Title", TITLE)
    id = StringField("Short name, part of every address", [InputRequired("Please give a short name."), ID_FORM])
    body = SelectField("What is elected")
    template = SelectField("Begin from")


class BodyForm(CsrfForm):
    name = StringField("Name", [InputRequired("Please give a name."), Length(max=200)])
    id = StringField("Short name", [InputRequired("Please give a short name."), ID_FORM])


class DraftForm(CalendarForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", TITLE)
    trustees = Boxes("Trustees")
    threshold = IntegerField(
        "How many trustees are needed to open the votes", [NumberRange(1, 99, "A number, please.")]
    )
    registrar = SelectField("Registrar")
    revotes = BooleanField("Members may vote again until voting closes; the last vote counts")
    witnesses = TextAreaField("Witnesses' keys, one a line", [Length(max=10_000)], render_kw={"rows": 3})
    quorum = IntegerField("How many witnesses are needed", [Optional(), NumberRange(0, 99, "A number, please.")])


class AddForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", TITLE)


class AgainForm(CalendarForm):
    id = StringField("Another short name", [InputRequired("Please give a short name."), ID_FORM])


# ---- a new one -------------------------------------------------------------------------------------------------------


def _new(reader: Session, form: NewForm) -> NewForm:
    officers.require(reader, signed_in().id, Role.OFFICER)
    form.body.choices = choices(members.bodies(reader))
    earlier = [(COPY + one.id, f"The rules of: {one.title}") for one in elections.every(reader)]
    form.template.choices = choices([*TEMPLATES.items(), *earlier])
    return form


def _suggested() -> Calendar:
    start = now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=14)
    day = timedelta(days=1)
    return Calendar(start, start + 14 * day, start + 28 * day, start + 58 * day)


@bp.get("/new")
def new() -> str:
    with reading() as reader:
        form = _new(reader, NewForm(obj=_suggested()))
    return render_template("officer/new.html", form=form, body=BodyForm(formdata=None))


@bp.post("/new")
def create() -> Response | tuple[str, int]:
    with reading() as reader:
        form = _new(reader, NewForm(request.form))
    if not form.validate():
        return render_template("officer/new.html", form=form, body=BodyForm(formdata=None)), 422
    election, template = form.id.data or "", str(form.template.data)
    try:
        with transaction() as writer:
            _begin(writer, form, election, template)
    except RuleError as error:
        form.id.errors = [str(error)]
        return render_template("officer/new.html", form=form, body=BodyForm(formdata=None)), status_of(error)
    return redirect(url_for("setting_up.draft", election=election))


def _begin(writer: Session, form: NewForm, election: str, template: str) -> None:
    by, title, calendar = signed_in().id, form.title.data or "", form.calendar()
    if template.startswith(COPY):
        source = template.removeprefix(COPY)
        elections.clone(writer, by, source, election=election, title=title, calendar=calendar, now=now())
        return
    body = str(form.body.data)
    elections.create(writer, by, election, body=body, template=template, title=title, calendar=calendar, now=now())


def _bodies(form: BodyForm) -> str:
    with reading() as reader:
        empty = _new(reader, NewForm(formdata=None, obj=_suggested()))
    return render_template("officer/new.html", form=empty, body=form)


@bp.post("/bodies")
def add_body() -> Response | tuple[str, int]:
    form = BodyForm(request.form)
    if not form.validate():
        return _bodies(form), 422
    try:
        with transaction() as writer:
            members.add_body(writer, signed_in().id, form.id.data or "", form.name.data or "", now=now())
    except RuleError as error:
        form.id.errors = [str(error)]
        return _bodies(form), status_of(error)
    flash("Added.")
    return redirect(url_for("setting_up.new"))


@bp.get("/elections/<election>/again")
def again(election: str) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        before = elections.show(reader, election).draft.calendar
    calendar = before if before.opens > now() else _suggested()
    return _again(election, AgainForm(formdata=None, obj=calendar, data={"id": _next(election)}))


def _next(election: str) -> str:
    """A short name that tells that it is another one."""
    return f"{election[:60]}-2"


def _again(election: str, form: AgainForm) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown = elections.show(reader, election)
    return render_template("officer/again.html", shown=shown, form=form)


@bp.post("/elections/<election>/again")
def begin_again(election: str) -> Response | tuple[str, int]:
    form = AgainForm(request.form)
    if not form.validate():
        return _again(election, form), 422
    new, by = form.id.data or "", signed_in().id
    try:
        with transaction() as writer:
            elections.begin_again(writer, by, election, election=new, calendar=form.calendar(), now=now())
    except RuleError as error:
        form.id.errors = [str(error)]
        return _again(election, form), status_of(error)
    flash("It is a draft now. Look at officials and calendar, then freeze its roll.")
    return redirect(url_for("setting_up.draft", election=new))


# ---- the draft -------------------------------------------------------------------------------------------------------


def drafted(reader: Session, election: str) -> elections.Shown:
    elections.drafted(reader, signed_in().id, election)
    return elections.show(reader, election)


def _officials(reader: Session, form: DraftForm, draft: Draft) -> DraftForm:
    trustees = [(one.id, one.name) for one in roles.with_role(reader, Role.TRUSTEE)]
    registrars = [(one.id, one.name) for one in roles.with_role(reader, Role.REGISTRAR)]
    form.trustees.choices = choices([*trustees, *_others(reader, draft.trustees, trustees)])
    named = (draft.registrar,) if draft.registrar else ()
    form.registrar.choices = choices([("", "Nobody yet"), *registrars, *_others(reader, named, registrars)])
    return form


def _others(reader: Session, named: tuple[str, ...], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Who is named, and has lost the role: shown, so that a problem can be seen and mended."""
    missing = [one for one in named if one not in dict(known)]
    names = officers.names(reader, missing)
    return [(one, f"{names.get(one, one)} (without the role)") for one in missing]


def _draft_page(reader: Session, election: str, form: DraftForm | None = None, problem: str = "") -> str:
    shown = drafted(reader, election)
    frozen = roll.preview(reader, signed_in().id, election)
    given = form or DraftForm(
        formdata=None, obj=shown.draft.calendar, data=drafts.plain(shown.draft) | {"version": shown.version}
    )
    return render_template(
        "officer/draft.html",
        shown=shown,
        form=_officials(reader, given, shown.draft),
        add=AddForm(formdata=None, version=str(shown.version)),
        problems=elections.problems(reader, election),
        short=cautions.of_roll(reader, election, frozen),
        warnings=cautions.warnings(reader, election, frozen),
        problem=problem,
    )


@bp.get("/elections/<election>/draft")
def draft(election: str) -> str:
    with reading() as reader:
        return _draft_page(reader, election)


@bp.post("/elections/<election>/draft")
def edit(election: str) -> Response | tuple[str, int]:
    with reading() as reader:
        before = drafted(reader, election).draft
        form = _officials(reader, DraftForm(request.form), before)
        if not form.validate():
            return _draft_page(reader, election, form), 422
    ticked = form.trustees.data or []
    kept = [one for one in before.trustees if one in ticked]  # an order that was given stays
    after = replace(
        before,
        title=(form.title.data or "").strip(),
        calendar=replace(form.calendar(), periods=before.calendar.periods),
        trustees=(*kept, *(one for one in ticked if one not in kept)),
        registrar=form.registrar.data or "",
        threshold=form.threshold.data or 0,
        revotes=bool(form.revotes.data),
        witnesses=tuple((form.witnesses.data or "").split()),
        quorum=form.quorum.data or 0,
    )
    try:
        return save(election, after, form.version.data)
    except RuleError as error:
        with reading() as reader:
            return _draft_page(reader, election, form, str(error)), status_of(error)


def save(election: str, after: Draft, version: str | None) -> Response:
    with transaction() as writer:
        elections.edit(writer, signed_in().id, election, after, whole(version), now=now())
    flash("Saved.")
    return redirect(url_for("setting_up.draft", election=election))
