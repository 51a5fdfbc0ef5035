"""The terms of nominations and the caps of each contest: an officer's page, until nominations begin."""

import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from governance.domain import feasible, terms_in_words
from governance.domain.draft import Cap, Draft
from governance.domain.eligibility.facts import shown as words
from governance.domain.names import slug
from governance.domain.signing_in import Role
from governance.domain.terms import CONFIRM, ELECTED, EXTEND, FILL, Independence, Question, Terms, problems
from governance.errors import RuleError
from governance.services import elections, fixed, officers, windows
from governance.services.elections import Shown
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices, whole
from governance.web.setting_up import drafted

bp = Blueprint("terms", __name__, url_prefix="/officer/elections/<election>/terms")
MORE = 2
"""Empty rows for more questions."""
_NUMBER = NumberRange(0, 10**4, "A number from 0, please.")
_LINES = re.compile(r"(.+?):\s*([0-9]{1,4})")


class QuestionForm(Form):
    id = HiddenField()
    text = StringField("The question", [Length(max=500)])
    published = BooleanField("The answer is shown with the candidate")


class CapForm(Form):
    contest = HiddenField()
    lines = TextAreaField("At most", [Length(max=1000)], render_kw={"rows": 2})


class TermsForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])
    by_self = BooleanField("Members may nominate themselves")
    by_others = BooleanField("Members may nominate each other")
    seconders = IntegerField("Seconders that a nomination needs", [_NUMBER])
    independent = TextAreaField("In what they have to differ", [Length(max=1000)], render_kw={"rows": 2})
    petition = IntegerField("Supporters who are enough wherever they are from", [_NUMBER])
    contests = IntegerField("In how many contests one person may stand", [_NUMBER])
    words = IntegerField("Words of a statement, in each language", [_NUMBER])
    photo = BooleanField("Whoever stands may give a photo")
    questions = FieldList(FormField(QuestionForm), "Declarations of interest", max_entries=20 + MORE)
    unopposed = RadioField("As many stand as there are places")
    fewer = RadioField("Fewer stand than there are places")
    window = IntegerField("Days in which a decision can be challenged, at least", [_NUMBER])
    hearing = IntegerField("Hours in which whoever a challenge is about can answer it", [_NUMBER])
    quorum = IntegerField("Percent of a contest's roll who have to vote", [_NUMBER])
    caps = FieldList(FormField(CapForm), "Caps", max_entries=400)


def _choices(form: TermsForm) -> TermsForm:
    form.unopposed.choices = choices(
        [(ELECTED, "They are elected without a vote"), (CONFIRM, "Members confirm each of them by a vote, yes or no")]
    )
    form.fewer.choices = choices(
        [(EXTEND, "Nominations go on for longer"), (FILL, "Those places are filled, the others stay vacant")]
    )
    return form


def _plain(draft: Draft) -> dict[str, object]:
    terms = draft.nominations
    names = [field.name for field in TermsForm() if hasattr(terms, field.name)]
    return {name: getattr(terms, name) for name in names} | {
        "independent": _written((one.attribute, one.least) for one in terms.independent),
        "questions": [{"id": one.id, "text": one.text, "published": one.published} for one in terms.questions],
        "caps": [
            {"contest": one.id, "lines": _written((cap.attribute, cap.most) for cap in one.caps)} for one in draft.plan
        ],
    }


def _written(pairs: Iterable[tuple[str, int]]) -> str:
    return "\n".join(f"{words(name)}: {number}" for name, number in pairs)


def _lines(text: str) -> tuple[list[tuple[str, int]], list[str]]:
    """Lines like “country: 2”, and what is wrong with those that are not."""
    read: dict[str, int] = {}
    wrong = []
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LINES.fullmatch(line)
        name = drafts.attribute(found[1]) if found else ""
        if found is None or not name or name in read:
            wrong.append(f"“{line[:60]}” should be a line like “country: 2”, each attribute once.")
        else:
            read[name] = int(found[2])
    return list(read.items()), wrong


def _questions(form: TermsForm, before: Terms) -> tuple[Question, ...]:
    """Those with a text; one that was there keeps its id, under which answers are kept."""
    known = {one.id for one in before.questions}
    made: list[Question] = []
    taken = set(known)
    for row in form.questions:
        text = " ".join((row.form.text.data or "").split())
        if text:
            said = row.form.id.data or ""
            one = said if said in known - {other.id for other in made} else slug(text, taken)
            taken.add(one)
            made.append(Question(one, text, bool(row.form.published.data)))
    return tuple(made)


def _said(form: TermsForm, before: Draft) -> Draft:
    """The draft that the form says; what cannot be read stands in the errors of its field."""
    independent, wrong = _lines(form.independent.data or "")
    form.independent.errors = [*form.independent.errors, *wrong]
    terms = Terms(
        by_self=bool(form.by_self.data),
        by_others=bool(form.by_others.data),
        seconders=form.seconders.data or 0,
        independent=tuple(Independence(name, least) for name, least in independent),
        petition=form.petition.data or 0,
        contests=form.contests.data or 0,
        words=form.words.data or 0,
        photo=bool(form.photo.data),
        questions=_questions(form, before.nominations),
        unopposed=str(form.unopposed.data),
        fewer=str(form.fewer.data),
        quorum=form.quorum.data or 0,
        window=form.window.data or 0,
        hearing=form.hearing.data or 0,
    )
    caps: dict[str, tuple[Cap, ...]] = {}
    for row in form.caps:
        pairs, wrong = _lines(row.form.lines.data or "")
        row.form.lines.errors = [*row.form.lines.errors, *wrong]
        caps[row.form.contest.data or ""] = tuple(Cap(name, most) for name, most in pairs)
    contests = tuple(replace(one, caps=caps.get(one.id, one.caps)) for one in before.contests)
    return replace(before, nominations=terms, contests=contests)


def _page(reader: Session, shown: Shown, form: TermsForm | None = None, wrong: Iterable[str] = ()) -> str:
    draft = shown.draft
    given = form or _choices(TermsForm(formdata=None, data=_plain(draft) | {"version": shown.version}))
    for _ in range(max(0, len(draft.nominations.questions) + MORE - len(given.questions))):
        given.questions.append_entry()
    out = elections.announced(reader, elections.get(reader, shown.id))
    return render_template(
        "officer/terms.html",
        shown=shown,
        form=given,
        problems=list(wrong),
        begun=fixed.begun(draft, announced=out, now=now()),
        titles={one.id: one.title for one in draft.plan},
        told=terms_in_words.told(draft.nominations),
        contests=terms_in_words.contests(draft),
        revotes=draft.revotes,
    )


@bp.get("")
def show(election: str) -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER)
        shown = elections.show(reader, election)
        return _page(reader, shown, wrong=() if shown.frozen else problems(shown.draft.nominations))


@bp.post("")
def edit(election: str) -> Response | tuple[str, int]:
    with reading() as reader:
        shown = drafted(reader, election)
        form = _choices(TermsForm(request.form))
        valid = form.validate()
        after = _said(form, shown.draft)
        unread = form.independent.errors or any(row.form.lines.errors for row in form.caps)
        wrong = [*problems(after.nominations), *feasible.problems_of_caps(after), *feasible.confirming_problems(after)]
        wrong += filter(
            None,
            [windows.problem(reader, after, announced=elections.announced(reader, elections.get(reader, election)))],
        )
        if not valid or unread or wrong:
            return _page(reader, shown, form, wrong), 422
    try:
        with transaction() as writer:
            elections.edit(writer, signed_in().id, election, after, whole(form.version.data), now=now())
    except RuleError as error:
        with reading() as reader:
            return _page(reader, shown, form, [str(error)]), status_of(error)
    flash("Saved.")
    return redirect(url_for("terms.show", election=election))
