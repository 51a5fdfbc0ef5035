"""Calendars: the page of an election's, its feed and the organisation's; the officer's page where one is planned or changed."""

from datetime import UTC, datetime
from typing import NamedTuple

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect
from wtforms import BooleanField, DateTimeLocalField, Field, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from governance.domain import calendar as dates
from governance.domain import terms_in_words
from governance.domain.calendar import MOMENTS, NAMES, Edge, Period
from governance.domain.draft import Calendar, Span
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import calendars, consents, elections, feed, officers
from governance.services.calendars import Shown
from governance.services.consents import Act, Wish
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, whole
from governance.web.setting_up import MINUTES

bp = Blueprint("calendars", __name__)
FRESH = 15 * 60
"""Seconds for which a feed may be kept."""

HINTS = {
    Period.NOTICE: "From then on everybody can see this calendar, and changing it takes a reason and a second person.",
    Period.NOMINATIONS: (
        "7 days at least. If this stays empty, you enter the candidates by hand. Membership is best cut off before."
    ),
    Period.SCRUTINY: "Officers look at each nomination, and decide. It ends when acceptance ends, or later.",
    Period.OBJECTIONS: "Appeals, and other members' objections, after nominations: as long as the terms of nominations say, at least.",
    Period.ACCEPTANCE: "Whoever was nominated by somebody else says yes or no. A day longer than nominations, at least.",
    Period.CUTOFF: "Who is a member then may vote.",
    Period.ROLL: "The announcement of the election, with its frozen roll. Who stands is fixed from then on.",
    Period.CHALLENGES: "They begin with the provisional result. At their end, who cast a ballot is forgotten for good.",
}


class PlanForm(CsrfForm):
    """For each period, when it begins and ends, and whether that was given anywhere on Earth."""

    version = HiddenField(validators=[InputRequired()])
    reason = TextAreaField("Why (everybody will read it)", [Length(max=20_000)], render_kw={"rows": 3})


def _edges(period: Period) -> tuple[Edge, ...]:
    """What is typed in for a period; challenges begin by themselves."""
    if period is Period.CHALLENGES:
        return (Edge.ENDS,)
    return (Edge.BEGINS,) if period in MOMENTS else (Edge.BEGINS, Edge.ENDS)


def _label(period: Period, edge: Edge) -> str:
    if period in MOMENTS:
        return "When"
    return "From" if edge is Edge.BEGINS else "Until"


for _period in Period:
    for _edge in _edges(_period):
        _field = DateTimeLocalField(_label(_period, _edge), [Optional()], format=MINUTES)
        setattr(PlanForm, f"{_period}_{_edge}", _field)
    setattr(PlanForm, f"{_period}_aoe", BooleanField("Anywhere on Earth (UTC-12) instead of UTC"))


class Row(NamedTuple):
    """A period on the officer's page; one that cannot change any more has no fields."""

    name: str
    hint: str
    fields: tuple[Field, ...]
    aoe: Field | None
    span: Span | None


# ---- for everybody ---------------------------------------------------------------------------------------------------


@bp.get("/elections/<election>/calendar")
@public
def page(election: str) -> str:
    with reading() as reader:
        shown = calendars.public(reader, election, now=now())
        found = elections.show(reader, election)
    dated = dates.find(found.draft.calendar, Period.NOMINATIONS)
    return render_template(
        "elections/calendar.html",
        shown=shown,
        begun=found.frozen,
        names=NAMES,
        now=now(),
        told=terms_in_words.told(found.draft.nominations) if dated else (),
        revotes=found.draft.revotes,
        contests=terms_in_words.contests(found.draft),
    )


@bp.get("/elections/<election>/calendar.ics")
@public
def feed_of(election: str) -> Response:
    with reading() as reader:
        shown = calendars.public(reader, election, now=now())
        return _feed(reader, [shown], shown.title)


@bp.get("/calendar.ics")
@public
def feed_of_all() -> Response:
    with reading() as reader:
        every = calendars.announced(reader, now=now())
        return _feed(reader, every, f"{officers.organisation(reader).name}: elections")


def _feed(reader: Session, shown: list[Shown], name: str) -> Response:
    host = officers.organisation(reader).host  # not the request's: what is kept for others names nobody else's host
    data = feed.feed(
        shown, name=name, host=host, address=lambda one: f"https://{host}{url_for('calendars.page', election=one)}"
    )
    response = Response(data, mimetype=feed.TYPE)
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    response.add_etag()
    response.make_conditional(request)
    return response


# ---- the officer's ---------------------------------------------------------------------------------------------------


def _typed(form: PlanForm, period: Period, edge: Edge) -> datetime | None:
    value: datetime | None = form[f"{period}_{edge}"].data
    return dates.given(value, aoe=bool(form[f"{period}_aoe"].data)) if value else None


def _said(form: PlanForm, before: Calendar, fixed: frozenset[Period]) -> tuple[Calendar, list[str]]:
    """The calendar that the form says, and what it leaves open."""
    open_: list[str] = []
    periods: list[Span] = []
    core = {one: dates.find(before, one) for one in dates.CORE}
    for period in Period:
        if period in fixed:
            continue
        typed = [_typed(form, period, edge) for edge in _edges(period)]
        times = [one for one in typed if one]
        if len(times) < len(typed) and (times or period in dates.CORE):
            open_.append(f"{NAMES[period]}: say when{' it begins and when it ends' if len(typed) > 1 else ''}.")
        elif times:
            one = Span(period, times[0], times[-1], bool(form[f"{period}_aoe"].data))
            if period in core:
                core[period] = one
            else:
                periods.append(one)
    cutoff, voting, challenges = (core[one] or Span(one, before.cutoff, before.cutoff) for one in dates.CORE)
    after = Calendar(cutoff.begins, voting.begins, voting.ends, challenges.ends)
    return dates.with_periods(after, periods), open_


def _fixed(shown: elections.Shown) -> frozenset[Period]:
    """What a frozen roll fixes."""
    return frozenset({Period.CUTOFF, Period.VOTING}) if shown.frozen else frozenset()


def _filled(calendar: Calendar, version: int) -> PlanForm:
    data: dict[str, object] = {"version": version}
    for one in dates.every(calendar):
        zone = dates.AOE if one.aoe else UTC
        for edge in _edges(Period(one.name)):
            data[f"{one.name}_{edge}"] = dates.at(one, edge).astimezone(zone).replace(tzinfo=None)
        data[f"{one.name}_aoe"] = one.aoe
    return PlanForm(formdata=None, data=data)


def _rows(form: PlanForm, calendar: Calendar, fixed: frozenset[Period]) -> list[Row]:
    rows = []
    for period in Period:
        free = period not in fixed
        fields = tuple(form[f"{period}_{edge}"] for edge in _edges(period)) if free else ()
        aoe = form[f"{period}_aoe"] if free else None
        rows.append(Row(NAMES[period], HINTS.get(period, ""), fields, aoe, dates.find(calendar, period)))
    return rows


def _page(election: str, form: PlanForm | None = None, problems: list[str] | None = None) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown, found = elections.show(reader, election), calendars.show(reader, election, now=now())
        waiting = [
            one
            for one in consents.waiting(reader, election=election, now=now())
            if one.wish.act is Act.CALENDAR and not one.stale
        ]
    given = form or _filled(found.calendar, shown.version)
    return render_template(
        "officer/calendar.html",
        shown=shown,
        found=found,
        form=given,
        rows=_rows(given, found.calendar, _fixed(shown)),
        problems=problems or [],
        waiting=waiting,
    )


@bp.get("/officer/elections/<election>/calendar")
def planning(election: str) -> str:
    return _page(election)


@bp.post("/officer/elections/<election>/calendar")
def plan(election: str) -> Redirect | tuple[str, int]:
    form = PlanForm(request.form)
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown, found = elections.show(reader, election), calendars.show(reader, election, now=now())
    valid = form.validate()
    after, problems = _said(form, found.calendar, _fixed(shown))
    if not valid or problems:
        return _page(election, form, problems), 422
    number = whole(form.version.data)
    try:
        with transaction() as writer:
            if found.announced_at is None:
                calendars.plan(writer, signed_in().id, election, after, number, now=now())
            else:
                calendars.require_version(writer, election, number)
                wish = Wish(Act.CALENDAR, election, calendar=after)
                consents.ask(writer, signed_in().id, wish, form.reason.data or "", now=now())
    except RuleError as error:
        with reading() as reader:
            reasons = list(calendars.reasons(reader, election, after, now=now()))
        return _page(election, form, reasons or [str(error)]), status_of(error)
    if found.announced_at is None:
        flash("Saved.")
        return redirect(url_for("calendars.planning", election=election))
    flash("Asked. It is done once somebody else of the officers or the secretariat has approved it.")
    return redirect(url_for("officer.show", election=election))
