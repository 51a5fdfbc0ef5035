"""One's own declarations of interest, for whoever has a seat: looked over once a year, and whenever something changes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from governance.services import declarations, interests
from governance.services.interests import Own
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.profiles import Asked
from governance.web.seat_forms import Answered

bp = Blueprint("interests", __name__, url_prefix=interests.ADDRESS)


@bp.get("")
def mine() -> str:
    return _page(_own(), None)


def _own() -> list[Own]:
    with reading() as reader:
        return interests.mine(reader, signed_in().id, now=now())


def _page(own: list[Own], typed: list[Asked] | None) -> str:
    asked = typed or [_asked(one) for one in own]
    me = signed_in().id
    with reading() as reader:
        history = declarations.history(reader, me, me, now=now())
    return render_template(
        "seats/mine.html", rows=list(zip(own, asked, strict=True)), history=history, wrong=bool(typed)
    )


def _asked(one: Own) -> Asked:
    given = one.answer
    return Asked(one.question, "yes" if given.yes else "no", given.text) if given else Asked(one.question)


@bp.post("")
def declare() -> Answered:
    """Answers to all of them, each kept anew: that they were looked over is part of the register."""
    own = _own()
    asked = [
        Asked(
            one.question,
            request.form.get(f"yes-{one.question.id}", ""),
            request.form.get(f"text-{one.question.id}", ""),
        )
        for one in own
    ]
    for one in asked:
        if one.yes in ("yes", "no"):
            one.problem = declarations.problem(one.text, yes=one.yes == "yes")
        else:
            one.problem = "Please choose yes or no."
    if any(one.problem for one in asked):
        return _page(own, asked), 422
    if not asked:
        return redirect(url_for("interests.mine"))
    with transaction() as writer:
        for one in asked:
            yes = one.yes == "yes"
            declarations.make(writer, signed_in().id, one.question, yes=yes, text=one.text, anew=True, now=now())
    flash("Saved, with today's date.")
    return redirect(url_for("interests.mine"))
