"""Setting up an election: begun from a template or an earlier one, then edited page by page while it is a draft."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from governance.count.rules import RULES
from governance.domain.draft import Calendar, Contest, Draft
from governance.domain.feasible import ID
from governance.domain.signing_in import Role
from governance.errors import NotFoundError
from governance.services import accounts, elections, members, officers
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("setting_up", __name__, url_prefix="/officer")
MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
COPY = "copy:"
MORE = 4
"""Empty rows for more candidates."""
TEMPLATES = {
    "one-contest": "One contest",
    "advisory-group": "An advisory group: lived experience, youth, regions and at large",
}
RULE_NAMES = {"scottish-stv": "Scottish STV"}
_TITLE = [InputRequired("Please give a title."), Length(max=500)]
_ID = Regexp(ID.pattern + r"\Z", message="1 to 64 letters, digits, hyphens and underscores; a letter or digit first.")


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, [InputRequired("Please say when, in UTC.")], format=MINUTES)


class _Boxes(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CalendarForm(CsrfForm):
    cutoff = _moment("Membership is cut off")
    opens = _moment("Voting opens")
    closes = _moment("Voting closes")
    appeals = _moment("Appeals are possible until")

    def calendar(self) -> Calendar:
        """What the form says, once it has validated."""
        return Calendar(*(_utc(field.data) for field in (self.cutoff, self.opens, self.closes, self.appeals)))


def _utc(value: datetime | None) -> datetime:
    return (value or datetime.min).replace(tzinfo=UTC)  # noqa: DTZ901  the field is required


class NewForm(CalendarForm):
    title = StringField("Title", _TITLE)
    id = StringField("Short name, part of every address", [InputRequired("Please give a short name."), _ID])
    body = SelectField("What is elected")
    template = SelectField("Begin from")


class BodyForm(CsrfForm):
    name = StringField("Name", [InputRequired("Please give a name."), Length(max=200)])
    id = StringField("Short name", [InputRequired("Please give a short name."), _ID])


class DraftForm(CalendarForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", _TITLE)
    trustees = _Boxes("Trustees")
    threshold = IntegerField(
        "How many trustees are needed to open the votes", [NumberRange(1, 99, "A number, please.")]
    )
    registrar = SelectField("Registrar")
    revotes = BooleanField("Members may vote again until voting closes; the last vote counts")


class CandidateForm(Form):
    id = HiddenField()
    name = StringField("Name", [Length(max=500)])
    member = StringField("Member (e-mail or id)", [Length(max=200)])
    reopen = BooleanField("This is the choice “re-open nominations”")


class ContestForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", _TITLE)
    seats = IntegerField("Places to fill", [NumberRange(1, 1000, "A number from 1, please.")])
    rule = SelectField("Rule of the count")
    max_ranks = IntegerField("How many may be ranked", [NumberRange(0, 1000, "A number, please.")])
    min_ballots = IntegerField("Fewest ballots that are opened", [NumberRange(2, 10**6, "A number from 2, please.")])
    electorate = TextAreaField("Who may vote", [Length(max=4000)], render_kw={"rows": 3})
    after = _Boxes("Counted after")
    candidates = FieldList(FormField(CandidateForm), "Candidates", max_entries=400)


class AddForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", _TITLE)


class SayForm(CsrfForm):
    text = TextAreaField("Statement", [Length(max=10_000)], render_kw={"rows": 12})


# ---- a new one -------------------------------------------------------------------------------------------------------


def _new(reader: Session, form: NewForm) -> NewForm:
    officers.require(reader, signed_in().id, Role.OFFICER)
    form.body.choices = choices(members.bodies(reader))
    earlier = [(COPY + one.id, f"The rules of: {one.title}") for one in elections.every(reader)]
    form.template.choices = choices([*TEMPLATES.items(), *earlier])
    return form


def _suggested() -> Calendar:
    start = now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=14)
    return Calendar(*(start + timedelta(days=days) for days in (0, 14, 28, 58)))


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
    election, title, template = form.id.data or "", form.title.data or "", str(form.template.data)
    with transaction() as writer:
        by = signed_in().id
        if template.startswith(COPY):
            source = template.removeprefix(COPY)
            elections.clone(writer, by, source, election=election, title=title, calendar=form.calendar(), now=now())
        else:
            elections.create(
                writer,
                by,
                election,
                body=str(form.body.data),
                template=template,
                title=title,
                calendar=form.calendar(),
                now=now(),
            )
    return redirect(url_for("setting_up.draft", election=election))


@bp.post("/bodies")
def add_body() -> Response | tuple[str, int]:
    form = BodyForm(request.form)
    if not form.validate():
        with reading() as reader:
            empty = _new(reader, NewForm(formdata=None, obj=_suggested()))
        return render_template("officer/new.html", form=empty, body=form), 422
    with transaction() as writer:
        members.add_body(writer, signed_in().id, form.id.data or "", form.name.data or "", now=now())
    flash("Added.")
    return redirect(url_for("setting_up.new"))


# ---- the draft -------------------------------------------------------------------------------------------------------


def _drafted(reader: Session, election: str) -> elections.Shown:
    elections.drafted(reader, signed_in().id, election)
    return elections.show(reader, election)


def _officials(reader: Session, form: DraftForm, draft: Draft) -> DraftForm:
    trustees = [(one.id, one.name) for one in accounts.with_role(reader, Role.TRUSTEE)]
    registrars = [(one.id, one.name) for one in accounts.with_role(reader, Role.REGISTRAR)]
    form.trustees.choices = choices([*trustees, *_others(reader, draft.trustees, trustees)])
    named = (draft.registrar,) if draft.registrar else ()
    form.registrar.choices = choices([("", "Nobody yet"), *registrars, *_others(reader, named, registrars)])
    return form


def _others(reader: Session, named: tuple[str, ...], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Who is named, and has lost the role: shown, so that a problem can be seen and mended."""
    missing = [one for one in named if one not in dict(known)]
    names = officers.names(reader, missing)
    return [(one, f"{names.get(one, one)} (without the role)") for one in missing]


def _draft_page(reader: Session, election: str, form: DraftForm | None = None) -> str:
    shown = _drafted(reader, election)
    given = form or DraftForm(
        formdata=None, obj=shown.draft.calendar, data=drafts.plain(shown.draft) | {"version": shown.version}
    )
    return render_template(
        "officer/draft.html",
        shown=shown,
        form=_officials(reader, given, shown.draft),
        add=AddForm(formdata=None, version=str(shown.version)),
        problems=elections.problems(reader, election),
        warnings=elections.warnings(reader, election),
    )


@bp.get("/elections/<election>/draft")
def draft(election: str) -> str:
    with reading() as reader:
        return _draft_page(reader, election)


@bp.post("/elections/<election>/draft")
def edit(election: str) -> Response | tuple[str, int]:
    with reading() as reader:
        before = _drafted(reader, election).draft
        form = _officials(reader, DraftForm(request.form), before)
        if not form.validate():
            return _draft_page(reader, election, form), 422
    ticked = form.trustees.data or []
    kept = [one for one in before.trustees if one in ticked]  # an order that was given stays
    after = replace(
        before,
        title=(form.title.data or "").strip(),
        calendar=form.calendar(),
        trustees=(*kept, *(one for one in ticked if one not in kept)),
        registrar=form.registrar.data or "",
        threshold=form.threshold.data or 0,
        revotes=bool(form.revotes.data),
    )
    return _save(election, after, form.version.data)


def _save(election: str, after: Draft, version: str | None) -> Response:
    number = int(version) if version and version.isdecimal() else 0
    with transaction() as writer:
        elections.edit(writer, signed_in().id, election, after, number, now=now())
    flash("Saved.")
    return redirect(url_for("setting_up.draft", election=election))


# ---- contests --------------------------------------------------------------------------------------------------------


@bp.post("/elections/<election>/contests")
def add(election: str) -> Response:
    form = AddForm(request.form)
    with reading() as reader:
        before = _drafted(reader, election).draft
    if not form.validate():
        flash("A contest needs a title.")
        return redirect(url_for("setting_up.draft", election=election))
    title = (form.title.data or "").strip()
    one = Contest(drafts.slug(title, {contest.id for contest in before.contests}), title, 1)
    return _save(election, replace(before, contests=(*before.contests, one)), form.version.data)


def _contest(shown: elections.Shown, name: str) -> Contest:
    found = shown.draft.contest(name)
    if found is None:
        raise NotFoundError("There is no such contest.")
    return found


def _earlier(form: ContestForm, shown: elections.Shown, name: str) -> ContestForm:
    ids = [one.id for one in shown.draft.contests]
    form.after.choices = choices((one.id, one.title) for one in shown.draft.contests[: ids.index(name)])
    form.rule.choices = choices((one, RULE_NAMES.get(one, one)) for one in RULES)
    return form


def _rows(form: ContestForm, contest: Contest) -> None:
    for _ in range(max(0, len(contest.candidates) + MORE - len(form.candidates))):
        form.candidates.append_entry()


@bp.get("/elections/<election>/contests/<contest>")
def contest(election: str, contest: str) -> str:
    with reading() as reader:
        shown = _drafted(reader, election)
    one = _contest(shown, contest)
    form = ContestForm(formdata=None, data=drafts.plain_contest(one) | {"version": shown.version})
    _rows(form, one)
    return render_template("officer/contest.html", shown=shown, contest=one, form=_earlier(form, shown, contest))


@bp.post("/elections/<election>/contests/<contest>")
def edit_contest(election: str, contest: str) -> Response | tuple[str, int]:
    with reading() as reader:
        shown = _drafted(reader, election)
        before = _contest(shown, contest)
        form = _earlier(ContestForm(request.form), shown, contest)
        valid = form.validate()
        electorate, wrong = drafts.read_electorate(form.electorate.data or "")
        form.electorate.errors = [*form.electorate.errors, *wrong]
        said = [
            drafts.Said(
                row.form.id.data or "", row.form.name.data or "", row.form.member.data or "", bool(row.form.reopen.data)
            )
            for row in form.candidates
        ]
        unknown = [one.member for one in said if one.member and drafts.member_id(reader, one.member) is None]
        if not valid or wrong or unknown:
            problems = [f"Nobody among the members is “{one}”." for one in unknown]
            page = render_template("officer/contest.html", shown=shown, contest=before, form=form, problems=problems)
            return page, 422
        candidates = drafts.candidates(reader, shown.draft, before, said)
    after = replace(
        before,
        title=(form.title.data or "").strip(),
        seats=form.seats.data or 0,
        rule=form.rule.data or "",
        max_ranks=form.max_ranks.data or 0,
        min_ballots=form.min_ballots.data or 0,
        electorate=electorate,
        after=tuple(form.after.data or ()),
        candidates=candidates,
    )
    contests = tuple(after if one.id == contest else one for one in shown.draft.contests)
    return _save(election, replace(shown.draft, contests=contests), form.version.data)


@bp.post("/elections/<election>/contests/<contest>/remove")
def remove(election: str, contest: str) -> Response:
    with reading() as reader:
        shown = _drafted(reader, election)
    _contest(shown, contest)
    contests = tuple(
        replace(one, after=tuple(name for name in one.after if name != contest))
        for one in shown.draft.contests
        if one.id != contest
    )
    return _save(election, replace(shown.draft, contests=contests), request.form.get("version"))


# ---- what candidates say ---------------------------------------------------------------------------------------------


@bp.get("/elections/<election>/candidates/<candidate>/statement")
def saying(election: str, candidate: str) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        form = SayForm(formdata=None, text=elections.statements(reader, election).get(candidate, ""))
        return _say_page(reader, election, candidate, form)


def _say_page(reader: Session, election: str, candidate: str, form: SayForm) -> str:
    shown = elections.show(reader, election)
    names = [one.name for contest in shown.draft.contests for one in contest.candidates if one.id == candidate]
    if not names:
        raise NotFoundError("There is no such candidate.")
    return render_template("officer/statement.html", shown=shown, name=names[0], form=form, words=elections.WORDS)


@bp.post("/elections/<election>/candidates/<candidate>/statement")
def say(election: str, candidate: str) -> Response | tuple[str, int]:
    form = SayForm(request.form)
    if not form.validate():
        with reading() as reader:
            return _say_page(reader, election, candidate, form), 422
    with transaction() as writer:
        elections.say(writer, signed_in().id, election, candidate, form.text.data or "", now=now())
    flash("Saved.")
    return redirect(url_for("officer.show", election=election))
