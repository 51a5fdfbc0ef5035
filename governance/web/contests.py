"""The contests of a draft: what is filled, by which rule, who stands, and whom the places are kept for."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from governance.count.rules import RULES
from governance.domain import feasible
from governance.domain.draft import Constraint, Contest
from governance.domain.names import slug
from governance.errors import NotFoundError, RuleError
from governance.services import cautions, elections, members, outstanding
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.filters import RULE_WORDS, rule
from governance.web.forms import CsrfForm, choices
from governance.web.setting_up import TITLE, AddForm, Boxes, drafted, save

bp = Blueprint("contests", __name__, url_prefix="/officer/elections/<election>/contests")
MORE = 4
"""Empty rows for more candidates."""
_COUNT = NumberRange(0, 10**4, "A number from 0, please.")


class CandidateForm(Form):
    id = HiddenField()
    name = StringField("Name", [Length(max=500)])
    member = StringField("Member (e-mail or id)", [Length(max=200)])
    reopen = BooleanField("This is the choice “re-open nominations”")


class ContestForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    title = StringField("Title", TITLE)
    seats = IntegerField("Places to fill", [NumberRange(1, 1000, "A number from 1, please.")])
    rule = SelectField("Rule of the count")
    max_ranks = IntegerField("How many may be ranked", [NumberRange(0, 1000, "A number, please.")])
    min_ballots = IntegerField("Fewest ballots that are opened", [NumberRange(2, 10**6, "A number from 2, please.")])
    electorate = TextAreaField("Who may vote", [Length(max=4000)], render_kw={"rows": 3})
    after = Boxes("Counted after")
    candidates = FieldList(FormField(CandidateForm), "Candidates", max_entries=400)


class LimitForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    attribute = StringField("What it is about", [InputRequired("Please say what, like region."), Length(max=200)])
    value = StringField("For which value", [InputRequired("Please say which, like Africa."), Length(max=200)])
    min = IntegerField("At least so many of them in the body", [_COUNT])
    max = IntegerField("At most so many of them in the body", [_COUNT])
    seated = IntegerField("So many of them sit already, in places that are not filled now", [Optional(), _COUNT])
    candidates = Boxes("Who counts for it")
    fill = BooleanField("Tick by the members' list instead, whatever is ticked above")


@bp.post("")
def add(election: str) -> Response:
    form = AddForm(request.form)
    with reading() as reader:
        before = drafted(reader, election).draft
    if not form.validate():
        flash("A contest needs a title.")
        return redirect(url_for("setting_up.draft", election=election))
    title = (form.title.data or "").strip()
    one = Contest(slug(title, {contest.id for contest in before.contests}), title, 1)
    return save(election, replace(before, contests=(*before.contests, one)), form.version.data)


def _contest(shown: elections.Shown, name: str) -> Contest:
    found = shown.draft.contest(name)
    if found is None:
        raise NotFoundError("There is no such contest.")
    return found


def _earlier(form: ContestForm, shown: elections.Shown, name: str) -> ContestForm:
    ids = [one.id for one in shown.draft.contests]
    form.after.choices = choices((one.id, one.title) for one in shown.draft.contests[: ids.index(name)])
    form.rule.choices = choices((one, rule(one)) for one in RULES)
    return form


def _rows(form: ContestForm, contest: Contest) -> None:
    for _ in range(max(0, len(contest.candidates) + MORE - len(form.candidates))):
        form.candidates.append_entry()


def _page(shown: elections.Shown, one: Contest, form: ContestForm, problems: list[str]) -> str:
    words = [(rule(name), RULE_WORDS[name][1]) for name in RULES if name in RULE_WORDS]
    return render_template(
        "officer/contest.html",
        shown=shown,
        contest=one,
        form=form,
        problems=problems,
        rules=words,
        names=_names(shown),
        nominated=outstanding.nominated(shown.draft),
    )


def _names(shown: elections.Shown) -> dict[str, str]:
    return {one.id: one.name for contest in shown.draft.contests for one in contest.candidates}


@bp.get("/<contest>")
def show(election: str, contest: str) -> str:
    with reading() as reader:
        shown = drafted(reader, election)
    one = _contest(shown, contest)
    form = ContestForm(formdata=None, data=drafts.plain_contest(one) | {"version": shown.version})
    _rows(form, one)
    return _page(shown, one, _earlier(form, shown, contest), list(feasible.problems_of(shown.draft, contest)))


@bp.post("/<contest>")
def edit(election: str, contest: str) -> Response | tuple[str, int]:
    with reading() as reader:
        shown = drafted(reader, election)
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
            return _page(shown, before, form, problems), 422
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
        constraints=drafts.kept(before, candidates, form.after.data or (), shown.draft),
    )
    contests = tuple(after if one.id == contest else one for one in shown.draft.contests)
    try:
        return save(election, replace(shown.draft, contests=contests), form.version.data)
    except RuleError as error:
        return _page(shown, before, form, [str(error)]), status_of(error)


@bp.post("/<contest>/remove")
def remove(election: str, contest: str) -> Response:
    with reading() as reader:
        shown = drafted(reader, election)
    _contest(shown, contest)
    contests = tuple(
        replace(one, after=tuple(name for name in one.after if name != contest))
        for one in shown.draft.contests
        if one.id != contest
    )
    return save(election, replace(shown.draft, contests=contests), request.form.get("version"))


# ---- reserved places, guarantees, caps -------------------------------------------------------------------------------


def _limit(contest: Contest, number: int) -> Constraint | None:
    """The limit of a number from 1 on; None for the next one, which is not there yet."""
    if not 1 <= number <= len(contest.constraints) + 1:
        raise NotFoundError("There is no such limit.")
    return contest.constraints[number - 1] if number <= len(contest.constraints) else None


def _standing(shown: elections.Shown, contest: Contest) -> dict[str, str]:
    """Who can count for a limit: whoever stands here, or in a contest that is counted before."""
    others = [one for one in shown.draft.contests if one.id in contest.after]
    return {one.id: one.name for part in (contest, *others) for one in part.candidates if not one.reopen}


def _limit_page(shown: elections.Shown, contest: Contest, number: int, form: LimitForm, problems: list[str]) -> str:
    there = number <= len(contest.constraints)
    return render_template(
        "officer/limit.html", shown=shown, contest=contest, number=number, there=there, form=form, problems=problems
    )


@bp.get("/<contest>/limits/<int:number>")
def limit(election: str, contest: str, number: int) -> str:
    with reading() as reader:
        shown = drafted(reader, election)
    one = _contest(shown, contest)
    there = _limit(one, number)
    data: dict[str, Any] = {"version": shown.version, "min": 0, "max": one.seats}
    form = LimitForm(formdata=None, data=data | (drafts.plain_limit(there) if there else {}))
    form.candidates.choices = choices(_standing(shown, one).items())
    return _limit_page(shown, one, number, form, list(feasible.problems_of(shown.draft, contest)) if there else [])


@bp.post("/<contest>/limits/<int:number>")
def edit_limit(election: str, contest: str, number: int) -> Response | tuple[str, int]:
    with reading() as reader:
        shown = drafted(reader, election)
    one, form = _contest(shown, contest), LimitForm(request.form)
    _limit(one, number)
    form.candidates.choices = choices(_standing(shown, one).items())
    if not form.validate():
        return _limit_page(shown, one, number, form, []), 422
    low, high = form.min.data or 0, form.max.data or 0
    if low > high:
        return _limit_page(shown, one, number, form, ["The least is more than the most."]), 422
    attribute, value = (form.attribute.data or "").strip(), (form.value.data or "").strip()
    chosen = tuple(form.candidates.data or ())
    if form.fill.data:
        chosen = _by_the_list(shown, one, attribute, value)
    seated = form.seated.data
    if seated is None:
        seated = _by_the_register(election, attribute, value)
    made = Constraint(attribute, value, low, high, chosen, seated)
    limits = (*one.constraints[: number - 1], made, *one.constraints[number:])
    try:
        return _saved(shown, replace(one, constraints=limits), form.version.data)
    except RuleError as error:
        return _limit_page(shown, one, number, form, [str(error)]), status_of(error)


def _by_the_list(shown: elections.Shown, contest: Contest, attribute: str, value: str) -> tuple[str, ...]:
    """Who stands and has a value by the members' list; that somebody looked is in the log."""
    standing = _standing(shown, contest)
    known = {one.id: one.member for part in shown.draft.contests for one in part.candidates if one.member}
    asked = {known[one]: one for one in standing if one in known}
    with transaction() as writer:
        found = members.with_value(
            writer, signed_in().id, asked, drafts.attribute(attribute), value, election=shown.id, now=now()
        )
    return tuple(asked[one] for one in asked if one in found)


def _by_the_register(election: str, attribute: str, value: str) -> int:
    """How many of a value sit already; nobody where the register knows no seats of this body."""
    with transaction() as writer:
        found = cautions.sitting(writer, signed_in().id, election, drafts.attribute(attribute), value, now=now())
    return found or 0


def _saved(shown: elections.Shown, contest: Contest, version: str | None) -> Response:
    """Keep a contest's limits; the page that follows says at once whether they can be met."""
    contests = tuple(contest if one.id == contest.id else one for one in shown.draft.contests)
    after = replace(shown.draft, contests=contests)
    save(shown.id, after, version)
    return redirect(url_for("contests.show", election=shown.id, contest=contest.id))


@bp.post("/<contest>/limits/<int:number>/remove")
def remove_limit(election: str, contest: str, number: int) -> Response:
    with reading() as reader:
        shown = drafted(reader, election)
    one = _contest(shown, contest)
    if _limit(one, number) is None:
        raise NotFoundError("There is no such limit.")
    limits = (*one.constraints[: number - 1], *one.constraints[number:])
    return _saved(shown, replace(one, constraints=limits), request.form.get("version"))
