"""A nominee's own profile: statements, photo, declarations of interest."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from governance.domain.terms import Question
from governance.services import declarations, nomination_rules, nominations, photos, statements
from governance.web.access import signed_in
from governance.web.candidates import LanguageForm
from governance.web.extensions import now, reading, transaction
from governance.web.nominations import NUMBER, Answered

bp = Blueprint("profiles", __name__, url_prefix=f"/elections/<election>/nominations{NUMBER}/profile")


@dataclass(slots=True)
class Asked:
    """A question of the register, with what was answered or typed."""

    question: Question
    yes: str = ""
    text: str = ""
    problem: str = ""


@bp.get("")
def page(election: str, number: int) -> str:
    return _page(election, number)


def _page(election: str, number: int, asked: list[Asked] | None = None) -> str:
    me = signed_in().id
    with reading() as reader:
        candidate = nominations.require_writing(reader, me, election, number, now=now())
        here = nomination_rules.setting(reader, election, now=now())
        questions = here.terms.questions
        return render_template(
            "nominations/profile.html",
            here=here,
            one=nominations.show(reader, me, election, number, now=now()),
            speaker=statements.speaker(reader, election, candidate, nominated=True),
            words=statements.most(here.draft),
            photo=photos.get(reader, election, candidate),
            asked=asked or _asked(questions, declarations.answers(reader, me, questions)),
            wrong=asked is not None,
            other=LanguageForm(formdata=None, language="en"),
            history=declarations.history(reader, me, me, now=now()),
        )


def _asked(questions: tuple[Question, ...], given: list[declarations.Declared]) -> list[Asked]:
    told = {one.question: one for one in given}
    return [
        Asked(one, "yes" if told[one.id].yes else "no", told[one.id].text) if one.id in told else Asked(one)
        for one in questions
    ]


@bp.post("/declarations")
def declare(election: str, number: int) -> Answered:
    """Answers to the questions; one that is not answered yet may wait."""
    me = signed_in().id
    with reading() as reader:
        nominations.require_writing(reader, me, election, number, now=now())
        questions = nomination_rules.setting(reader, election, now=now()).terms.questions
    asked = [
        Asked(one, request.form.get(f"yes-{one.id}", ""), request.form.get(f"text-{one.id}", "")) for one in questions
    ]
    for one in asked:
        one.problem = _problem(one)
    if any(one.problem for one in asked):
        return _page(election, number, asked=asked), 422
    with transaction() as writer:
        nominations.require_writing(writer, me, election, number, now=now())
        for one in asked:
            if one.yes:
                declarations.make(writer, me, one.question, yes=one.yes == "yes", text=one.text, now=now())
    flash("Saved.")
    return _back(election, number)


def _problem(one: Asked) -> str:
    if one.yes not in ("yes", "no", ""):
        return "Please choose yes or no."
    if not one.yes:
        return "Please choose yes or no as well." if one.text.strip() else ""
    return declarations.problem(one.text, yes=one.yes == "yes")


def _back(election: str, number: int) -> Response:
    return redirect(url_for("profiles.page", election=election, number=number))
