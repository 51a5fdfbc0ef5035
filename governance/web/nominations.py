"""Nominations for members: what is open, who is nominated; accepting, seconding, withdrawing (docs/nominations.md)."""

from itertools import groupby
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from governance.domain.nominations.record import Status
from governance.domain.nominations.support import support
from governance.errors import GovernanceError, NotPermittedError, RuleError
from governance.services import nomination_rules, nominations, officers, photos, statements
from governance.services.nominations import Offer, Seeking
from governance.web.access import origin, signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("nominations", __name__, url_prefix="/elections/<election>/nominations")
NUMBER = "/<int(max=2147483647):number>"
_WHICH = InputRequired("Please choose for which place.")
Answered = Response | tuple[str, int]


class StandForm(CsrfForm):
    contest = RadioField("For which place?", [_WHICH], id="stand-contest")


class NominateForm(CsrfForm):
    contest = RadioField("For which place?", [_WHICH], id="nominate-contest")
    email = StringField(
        "Their e-mail address",
        [
            InputRequired("Please give their e-mail address."),
            Length(max=nominations.MOST_LETTERS),
            Regexp(r"\s*[^@\s]+@[^@\s]+\s*\Z", message="This is no e-mail address. It looks like name@example.org."),
        ],
        render_kw={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class Group(NamedTuple):
    """Contests for which the same sentence says why something cannot be done; the sentence is empty where it can."""

    why: str
    titles: list[str]


# ---- the nominations of an election ----------------------------------------------------------------------------------


@bp.get("")
def page(election: str) -> str:
    return _page(election)


def _page(
    election: str, stand: StandForm | None = None, nominate: NominateForm | None = None, problem: str = ""
) -> str:
    me = signed_in().id
    with reading() as reader:
        here = nomination_rules.setting(reader, election, now=now())
        seeking = nominations.seeking(reader, election, now=now(), here=here)  # reads all: what follows asks these
        offers = nominations.offers(reader, me, election, now=now(), here=here)
        stand, nominate = stand or StandForm(formdata=None), nominate or NominateForm(formdata=None)
        _offer(stand, [one for one in offers if not one.stand])
        _offer(nominate, [one for one in offers if not one.others])
        return render_template(
            "nominations/page.html",
            here=here,
            shut=nomination_rules.closed(here),
            offers=offers,
            not_stand=_why_not(offers, itself=True),
            not_others=_why_not(offers, itself=False),
            stand=stand,
            nominate=nominate,
            problem=problem,
            mine=nominations.mine(reader, me, election, now=now(), here=here),
            needed=support(here.terms, ()),
            seeking=_by_contest(seeking),
            Status=Status,
        )


def _offer(form: StandForm | NominateForm, offers: list[Offer]) -> None:
    """Let these be chosen; what is the only one is chosen already."""
    form.contest.choices = choices((one.contest, one.title) for one in offers)
    if len(offers) == 1 and not form.contest.data:
        form.contest.data = offers[0].contest


def _by_contest(found: list[Seeking]) -> list[tuple[str, list[Seeking]]]:
    return [(title, list(group)) for title, group in groupby(found, lambda one: one.title)]


def _why_not(offers: list[Offer], *, itself: bool) -> list[Group]:
    """Why one cannot nominate, each sentence once, with the contests for which it holds."""
    found: dict[str, list[str]] = {}
    for one in offers:
        why = one.stand if itself else one.others
        if why:
            found.setdefault(why, []).append(one.title)
    return [Group(why, titles) for why, titles in found.items()]


@bp.post("/stand")
def stand(election: str) -> Answered:
    form = StandForm(request.form)
    if not (contest := _chosen(form, election)):
        return _page(election, stand=form), 422
    try:
        with transaction() as writer:
            number = nominations.nominate(writer, signed_in().id, election, contest, now=now())
    except RuleError as error:
        return _page(election, stand=form, problem=str(error)), status_of(error)
    flash("You are nominated. Now write your statement, and find members who second you.")
    return redirect(url_for("nominations.show", election=election, number=number))


@bp.post("/nominate")
def nominate(election: str) -> Answered:
    form = NominateForm(request.form)
    contest = _chosen(form, election)
    if not contest or form.email.errors:
        return _page(election, nominate=form), 422
    try:
        with transaction() as writer:
            email, link = form.email.data or "", _link(writer, election)
            number = nominations.nominate(writer, signed_in().id, election, contest, email=email, now=now(), link=link)
    except RuleError as error:
        return _page(election, nominate=form, problem=str(error)), status_of(error)
    flash("Thank you. If a member has this address, we have written to them.")
    return redirect(url_for("nominations.show", election=election, number=number))


def _chosen(form: StandForm | NominateForm, election: str) -> str:
    """The contest that was chosen; empty where none was, and then the form says so."""
    with reading() as reader:
        plan = nomination_rules.setting(reader, election, now=now()).draft.plan
    form.contest.choices = choices((one.id, one.title) for one in plan)
    form.validate()
    return "" if form.contest.errors else form.contest.data or ""


def _link(writer: Session, election: str) -> str:
    """Where mail about nominations leads."""
    return origin(officers.organisation(writer).host) + url_for("nominations.page", election=election)


# ---- one nomination --------------------------------------------------------------------------------------------------


@bp.get(NUMBER)
def show(election: str, number: int) -> str:
    return _show(election, number)


def _show(election: str, number: int, problem: str = "") -> str:
    me = signed_in().id
    with reading() as reader:
        here = nomination_rules.setting(reader, election, now=now())
        one = nominations.show(reader, me, election, number, now=now(), here=here)
        shows = bool(one.candidate)
        return render_template(
            "nominations/show.html",
            here=here,
            one=one,
            shut=nomination_rules.closed(here),
            said=statements.every(reader, election).get(one.candidate, ()) if shows else (),
            photo=_photo(reader, me, election, one.candidate) if shows else None,
            problem=problem,
            Status=Status,
        )


def _photo(reader: Session, me: str, election: str, candidate: str) -> photos.Photo | None:
    found = photos.get(reader, election, candidate)
    return found if found is not None and photos.may_see(reader, me, election, candidate) else None


def _answer(election: str, number: int, problem: GovernanceError) -> tuple[str, int]:
    """The page again, with what was wrong; nothing was changed."""
    return _show(election, number, str(problem)), status_of(problem)


def _back(election: str, number: int, told: str) -> Response:
    flash(told)
    return redirect(url_for("nominations.show", election=election, number=number))


@bp.post(f"{NUMBER}/accept")
def accept(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            link = _link(writer, election)
            nominations.accept(writer, signed_in().id, election, number, now=now(), link=link)
    except (RuleError, NotPermittedError) as error:
        return _answer(election, number, error)
    return _back(election, number, "You have accepted. Members can see your nomination now, and second it.")


@bp.post(f"{NUMBER}/decline")
def decline(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            link = _link(writer, election)
            nominations.decline(writer, signed_in().id, election, number, now=now(), link=link)
    except (RuleError, NotPermittedError) as error:
        return _answer(election, number, error)
    return _back(election, number, "You have declined. Whoever nominated you is told that, and nobody else.")


@bp.post(f"{NUMBER}/second")
def second(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            link = _link(writer, election)
            nominations.second(writer, signed_in().id, election, number, now=now(), link=link)
    except (RuleError, NotPermittedError) as error:
        return _answer(election, number, error)
    return _back(election, number, "You second this nomination. Thank you.")


@bp.post(f"{NUMBER}/take-back")
def take_back(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            nominations.take_back(writer, signed_in().id, election, number, now=now())
    except (RuleError, NotPermittedError) as error:
        return _answer(election, number, error)
    return _back(election, number, "You no longer second this nomination.")


@bp.get(f"{NUMBER}/withdraw")
def withdrawing(election: str, number: int) -> str | Response:
    with reading() as reader:
        here = nomination_rules.setting(reader, election, now=now())
        one = nominations.show(reader, signed_in().id, election, number, now=now(), here=here)
    if not one.nominee:
        raise NotPermittedError("Only whoever is nominated can do this.")
    if one.status is Status.WITHDRAWN or one.cannot_withdraw:
        return redirect(url_for("nominations.show", election=election, number=number))
    return render_template("nominations/withdraw.html", here=here, one=one)


@bp.post(f"{NUMBER}/withdraw")
def withdraw(election: str, number: int) -> Answered:
    try:
        with transaction() as writer:
            nominations.withdraw(writer, signed_in().id, election, number, now=now())
    except (RuleError, NotPermittedError) as error:
        return _answer(election, number, error)
    return _back(election, number, "You have withdrawn.")
