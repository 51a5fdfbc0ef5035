"""Rules of eligibility: the member's “May I?”, and the officer's page where they are chosen, edited and compared."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answered
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from governance.domain import roll as rolls
from governance.domain.eligibility import facts
from governance.domain.eligibility.answers import Verdict, in_words, supplies, why_not
from governance.domain.eligibility.facts import Value
from governance.domain.eligibility.language import MAX_BYTES, RULES, Purpose, RuleSet, canonical, parse, read_node
from governance.domain.eligibility.templates import TEMPLATES
from governance.domain.phases import Phase
from governance.errors import GovernanceError, MalformedError, NotFoundError, RuleError
from governance.services import elections, eligibility, members
from governance.services.elections import Shown
from governance.web import rule_forms
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, uploads, whole
from governance.web.setting_up import drafted

bp = Blueprint("eligibility", __name__)
AT = "/officer/elections/<election>/rules"
SHOWN = 200
"""Names on a page of who gains and who loses; the figures are of all."""
ROOM = 2 * MAX_BYTES + 2**16
"""Bytes of a request with a file of rules in it."""
MAY = {
    Purpose.VOTE: "vote",
    Purpose.NOMINATE: "nominate somebody",
    Purpose.SECOND: "second a nomination",
    Purpose.STAND: "stand",
    Purpose.SIT: "take the seat, once elected",
}
VERDICTS = {Verdict.YES: "Yes", Verdict.NO: "No", Verdict.UNKNOWN: "Not known, so no"}


class SaveForm(CsrfForm):
    version = HiddenField()
    rules = HiddenField()
    why = StringField("Why (kept in the log)", [Length(max=500)])


# ---- may I? ----------------------------------------------------------------------------------------------------------


@bp.get("/elections/<election>/may-i")
def mine(election: str) -> str:
    with reading() as reader:
        found = eligibility.may_i(reader, signed_in().id, election, now=now())
        shown = elections.show(reader, election)
    return _answers(shown, found, "")


def _answers(shown: Shown, found: list[eligibility.Told], whose: str) -> str:
    return render_template(
        "eligibility/mine.html",
        shown=shown,
        found=found,
        whose=whose,
        may=MAY,
        verdicts=VERDICTS,
        why_not=why_not,
        supplies=supplies,
        words=facts.words,
        value=value,
        public=shown.phase is not Phase.DRAFT,
    )


def value(value: Value) -> str:
    """A fact for a reader."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return (
            ", ".join(
                one
                if isinstance(one, str)
                else f"{one.began.isoformat()} to {one.ended.isoformat() if one.ended else 'now'}"
                for one in value
            )
            or "none"
        )
    return value.isoformat() if isinstance(value, date) else str(value) or "nothing"


# ---- the officer's pages ---------------------------------------------------------------------------------------------


@bp.get(AT)
def show(election: str) -> str:
    with reading() as reader:
        return _page(reader, election)


def _page(reader: Session, election: str, problem: str = "") -> str:
    by = signed_in().id
    book, shown = eligibility.book(reader, by, election), elections.show(reader, election)
    return render_template(
        "eligibility/show.html",
        shown=shown,
        book=book,
        versions=eligibility.versions(reader, by, election),
        in_words=lambda node: in_words(node, rolls.days(shown.draft)),
        purposes=Purpose,
        may=MAY,
        templates=TEMPLATES,
        problem=problem,
    )


@bp.get(f"{AT}/export")
def export(election: str) -> Response:
    with reading() as reader:
        book = eligibility.book(reader, signed_in().id, election)
    headers = {"Content-Disposition": f"attachment; filename=rules-{election}.json"}
    return Response(canonical(book.rules), mimetype="application/json", headers=headers)


def _purpose(name: str) -> Purpose:
    if name not in list(Purpose):
        raise NotFoundError("There are no rules for this.")
    return Purpose(name)


def _contest(shown: Shown) -> str:
    """The contest that the address names; empty for the rules of all contests."""
    name = request.args.get("contest", "")
    if name and shown.draft.contest(name) is None:
        raise NotFoundError("There is no such contest.")
    return name


@bp.get(f"{AT}/<purpose>")
def editing(election: str, purpose: str) -> str:
    with reading() as reader:
        shown = drafted(reader, election)
        what, contest = _purpose(purpose), _contest(shown)
        rules = eligibility.book(reader, signed_in().id, election).rules
    node = rules.contests.get(contest, {}).get(what) if contest else rules.purposes[what]
    return _form(shown, what, contest, rule_forms.rows_of(node))


def _form(shown: Shown, purpose: Purpose, contest: str, root: rule_forms.Row, problem: str = "") -> str:
    found = shown.draft.contest(contest)
    return render_template(
        "eligibility/edit.html",
        shown=shown,
        purpose=purpose,
        contest=found,
        root=root,
        may=MAY,
        rules=RULES,
        joins=rule_forms.JOINS,
        days=facts.DAYS,
        problem=problem,
    )


@bp.post(f"{AT}/<purpose>")
def edit(election: str, purpose: str) -> str | tuple[str, int]:
    with reading() as reader:
        shown = drafted(reader, election)
        what, contest = _purpose(purpose), _contest(shown)
        before = eligibility.book(reader, signed_in().id, election).rules
    root = rule_forms.read(request.form)
    if request.form.get("do") != "look":
        return _form(shown, what, contest, root)
    try:
        return _look(shown, _changed(before, what, contest, root))
    except (MalformedError, RuleError) as error:
        return _form(shown, what, contest, root, str(error)), status_of(error)


def _changed(before: RuleSet, purpose: Purpose, contest: str, root: rule_forms.Row) -> RuleSet:
    """The rules with one tree replaced; a contest whose rows are all gone asks nothing beside what all ask."""
    if not contest:
        node = read_node(rule_forms.told(root), f"“{purpose}”")
        return replace(before, purposes={**before.purposes, purpose: node})
    others = {name: one for name, one in before.contests.get(contest, {}).items() if name is not purpose}
    if root.rows:
        others[purpose] = read_node(rule_forms.told(root), f"“{purpose}” of “{contest}”")
    kept = {**before.contests, contest: others}
    return replace(before, contests={name: of for name, of in kept.items() if of})


def _look(shown: Shown, rules: RuleSet) -> str:
    """Who would gain and who would lose; nothing is saved. What is shown is in the log."""
    text = canonical(rules).decode()
    rules = parse(text.encode())
    with transaction() as writer:
        found = eligibility.what_if(writer, signed_in().id, shown.id, rules, now=now())
    form = SaveForm(formdata=None, data={"version": shown.version, "rules": text})
    return render_template(
        "eligibility/look.html",
        shown=shown,
        found=found,
        rules=rules,
        in_words=lambda node: in_words(node, rolls.days(shown.draft)),
        form=form,
        may=MAY,
        most=SHOWN,
    )


@bp.post(f"{AT}/template")
def template(election: str) -> str:
    with reading() as reader:
        shown = drafted(reader, election)
    name = request.form.get("template", "")
    if name not in TEMPLATES:
        raise NotFoundError("There is no such set of rules.")
    return _look(shown, TEMPLATES[name][1])


@bp.post(f"{AT}/import")
@uploads(ROOM)
def load(election: str) -> str | tuple[str, int]:
    with reading() as reader:
        shown = drafted(reader, election)
    file = request.files.get("file")
    data = (file.read() if file else b"") or request.form.get("text", "").encode()
    try:
        return _look(shown, parse(data))
    except (MalformedError, RuleError) as error:
        return _refused(election, error)


@bp.post(f"{AT}/save")
def save(election: str) -> Answered | tuple[str, int]:
    form = SaveForm(request.form)
    with reading() as reader:
        drafted(reader, election)
    version = whole(form.version.data)
    if not form.validate():
        return _refused(election, MalformedError("The reason is too long."))
    try:
        with transaction() as writer:
            rules = parse((form.rules.data or "").encode())
            eligibility.save(writer, signed_in().id, election, rules, version, now=now(), why=form.why.data or "")
    except (MalformedError, RuleError) as error:
        return _refused(election, error)
    flash("Saved. Members can read these rules now, and ask what they may.")
    return redirect(url_for("eligibility.show", election=election))


@bp.post(f"{AT}/member")
def look_up(election: str) -> str | tuple[str, int]:
    asked = request.form.get("member", "").strip()
    with reading() as reader:
        eligibility.book(reader, signed_in().id, election)
        one = members.find(reader, asked) if "@" in asked else asked
    if not one:
        return _refused(election, MalformedError("Nobody among the members has this address."))
    try:
        with transaction() as writer:
            found = eligibility.look_up(writer, signed_in().id, election, one, now=now())
            shown, name = elections.show(writer, election), members.facts(writer, one).name
    except NotFoundError as error:
        return _refused(election, error)
    return _answers(shown, found, name)


def _refused(election: str, error: GovernanceError) -> tuple[str, int]:
    with reading() as reader:
        return _page(reader, election, str(error)), status_of(error)
