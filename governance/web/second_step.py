"""The second step of signing in: passed, set up, changed; and asked for again before what cannot be undone.

Whoever has still to pass it is nobody to all other views (`access.waiting`). It is asked for again here (`once_more`);
before a change of the second step itself the services look too.
"""

from itertools import groupby

import segno
from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_login import current_user
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain import second_step as rules
from governance.domain.limits import TooOftenError
from governance.services import accounts as sessions
from governance.services import consents, second_step, second_step_changes
from governance.services.consents import Act, Wish
from governance.services.second_step import Passed, Waits, Wrong
from governance.web import access, accounts
from governance.web.access import SAFE, public, signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import FIELD, CsrfForm
from governance.web.roles import NamingForm, named

bp = Blueprint("second_step", __name__)
CODE = "second_step_code"
"""The field with the code, beside those of the form that waits for it."""
ALONE = "second_step_alone"
"""What waits had a file in it, which no page can keep: it is sent anew."""
LASTING = frozenset(
    {
        # what takes two people: asked for, and approved
        "appointing.decide",
        "calendars.plan",
        "consents.approve",
        "objections.correct",
        "objections.leave",
        "officer.abandon",
        "officer.cancel",
        "officer.extend",
        "officer.freeze",
        "officer.publish",
        "officer.withdraw",
        "roles.give",
        "roles.take",
        "seat_desk.abolish",
        "seat_desk.change",
        "seat_desk.make",
        "seat_desk.rule",
        "seat_entering.enter",
        "seat_mending.mend",
        "seat_mending.strike",
        "seat_requests.approve",
        "seat_taking.decide",
        "seat_term.enter",
        "seating.certify",
        "second_step.ask_reset",
        "vacancies.end",
        "vacancies.fill",
        "vacancies.leave",
        # what is published for good, moves members' mailboxes, or takes their data away
        "members.apply",
        "members.export",
        "officer.notice",
        "officials.voters",
        # the second step itself
        "second_step.renew",
        "second_step.set_up",
    }
)
"""Endpoints that want it passed lately, by whoever has one."""


@bp.after_request
def unkept(response: FlaskResponse) -> FlaskResponse:
    """No browser keeps a page of signing in: some show codes."""
    response.headers["Cache-Control"] = "no-store"
    return response


class CodeForm(CsrfForm):
    digits = StringField(
        "The code",
        [InputRequired("Please type the code."), Length(max=60)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "digits"},
    )


def _wrong(form: CodeForm, why: str) -> CodeForm:
    """The form once more: a wrong code is not worth mending, so the field is empty."""
    form.digits.errors, form.digits.data = [why], None
    return form


class ResetForm(NamingForm):
    why = TextAreaField(
        "Why, and how you know that it is them (for the log)",
        [InputRequired("Please say why."), Length(max=2000)],
        render_kw={"rows": 3},
    )


# ---- signing in ------------------------------------------------------------------------------------------------------


@bp.get("/sign-in/second-step")
@public
def ask() -> str | Response:
    onward = access.local(request.args.get(accounts.NEXT, ""))
    one = access.waiting()
    if one is None:
        return redirect(url_for("home.page") if current_user.is_authenticated else url_for("accounts.ask"))
    with reading() as reader:
        there = second_step.is_on(reader, one.person.id)
    if not there:
        return redirect(url_for("second_step.preparing", next=onward))
    return _ask(CodeForm(formdata=None), onward)


def _ask(form: CodeForm, onward: str) -> str:
    return render_template("accounts/second_step.html", form=form, next=onward, outbox=accounts.shows_outbox())


@bp.post("/sign-in/second-step")
@public
def answered() -> Response | tuple[str, int]:
    onward = access.local(request.form.get(accounts.NEXT, ""))
    if current_user.is_authenticated:
        return redirect(onward)
    if access.waiting() is None:
        raise Unauthorized
    form = CodeForm(request.form)
    if not form.validate():
        return _ask(form, onward), 422
    told = _told(form.digits.data or "")
    if isinstance(told, str):
        return _ask(_wrong(form, told), onward), 422
    access.begin(told.token)
    _say_left(told)
    return redirect(onward)


def _told(typed: str) -> Passed | str:
    """Pass the step; or why it was not passed.

    Raises:
        TooOftenError: It ended the session.
    """
    with transaction() as writer:
        told = second_step.answer(writer, access.token(), typed, now=now())
    return told if isinstance(told, Passed) else _why(told)


def _why(told: Wrong | Waits) -> str:
    if isinstance(told, Waits):
        until = f"{told.until:%H:%M} UTC"
        return f"Wrong codes were typed too often. Your app's codes are taken again at {until}; a recovery code is taken now."
    if not told.left:
        raise TooOftenError("These were too many wrong codes, so this sign-in has ended. Please sign in again.")
    tries = f"You have {told.left} more {'try' if told.left == 1 else 'tries'}."
    if told.used:
        return f"This code was used already. Wait for the next one, half a minute at most. {tries}"
    return f"This is not the code that your app shows now. {tries}"


def _say_left(told: Passed) -> None:
    if told.left is not None:
        left = f"{told.left or 'None'} {'is' if told.left == 1 else 'are'} left"
        flash(f"That recovery code is used up. {left}. You can make new ones at “A second step”, below.")


@bp.post("/sign-in/leave")
@public
def leave() -> Response:
    """Somebody else wants to sign in here: whoever is half-way, or signed in, no longer is."""
    with transaction() as writer:
        sessions.sign_out(writer, access.end())
    return redirect(url_for("accounts.ask"))


# ---- setting it up ---------------------------------------------------------------------------------------------------


@bp.get("/second-step/set-up")
@public
def preparing() -> str | Response:
    one = access.waiting()
    if one is None and not current_user.is_authenticated:
        return redirect(url_for("accounts.ask", next=request.full_path.removesuffix("?")))
    onward = access.local(request.args.get(accounts.NEXT, ""))
    with reading() as reader:
        if one is not None and second_step.is_on(reader, one.person.id):
            return redirect(url_for("second_step.ask", next=onward))
    return _prepare(CodeForm(formdata=None), onward)


def _prepare(form: CodeForm, onward: str) -> str:
    one = access.waiting()
    person = one.person if one else signed_in()
    token = access.token()
    with reading() as reader:
        proposed = second_step.proposal(reader, token, now=now())
        demonstrated = second_step.shown_to_be(reader, token, now=now()) if accounts.shows_outbox() else ""
        there = second_step.is_on(reader, person.id)
    return render_template(
        "accounts/set_up.html",
        form=form,
        next=onward,
        proposed=proposed,
        drawn=_draw(proposed.address),
        demonstrated=demonstrated,
        needed=rules.is_needed(person.roles),
        moves=there,
    )


def _draw(text: str) -> tuple[int, str]:
    """A QR code: the squares of a side with the quiet zone around them, and a path of SVG that fills the dark ones."""
    code, zone = segno.make_qr(text, error="l"), 4
    path = []
    for y, row in enumerate(code.matrix):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.append(f"M{x + zone} {y + zone}h{width}v1h-{width}z")
            x += width
    return len(code.matrix) + 2 * zone, "".join(path)


@bp.post("/second-step/set-up")
@public
def set_up() -> Response | str | tuple[str, int]:
    onward = access.local(request.form.get(accounts.NEXT, ""))
    if access.waiting() is None and not current_user.is_authenticated:
        raise Unauthorized
    form = CodeForm(request.form)
    if not form.validate():
        return _prepare(form, onward), 422
    with transaction() as writer:
        made = second_step.set_up(writer, access.token(), form.digits.data or "", now=now())
    if isinstance(made, Wrong):
        told = "This is not the code that goes with this picture. Is the clock of your device right?"
        return _prepare(_wrong(form, told), onward), 422
    access.begin(made.token)
    return render_template("accounts/recovery_codes.html", codes=made.codes, next=onward, new=False)


# ---- one's own -------------------------------------------------------------------------------------------------------


@bp.get("/second-step")
def mine() -> str:
    return _mine(CodeForm(formdata=None))


def _mine(form: CodeForm) -> str:
    with reading() as reader:
        state = second_step_changes.state(reader, signed_in().id)
    return render_template("accounts/my_second_step.html", state=state, form=form)


@bp.post("/second-step/codes")
def renew() -> str:
    with transaction() as writer:
        codes = second_step_changes.renew(writer, access.token(), now=now())
    return render_template("accounts/recovery_codes.html", codes=codes, next=url_for("second_step.mine"), new=True)


@bp.post("/second-step/off")
def switch_off() -> Response | tuple[str, int]:
    form = CodeForm(request.form)
    if not form.validate():
        return _mine(form), 422
    with transaction() as writer:
        told = second_step_changes.switch_off(writer, access.token(), form.digits.data or "", now=now())
    if not isinstance(told, Passed):
        return _mine(_wrong(form, _why(told))), 422
    flash("The second step is switched off. From now on a mail is enough to sign in.")
    return redirect(url_for("second_step.mine"))


# ---- others' ---------------------------------------------------------------------------------------------------------


@bp.get("/members/second-steps")
def others() -> str:
    return _others(ResetForm(formdata=None))


def _others(form: ResetForm) -> str:
    with reading() as reader:
        officials = second_step_changes.officials(reader, signed_in().id)
    return render_template("accounts/second_steps.html", officials=officials, form=form)


@bp.post("/members/second-steps")
def ask_reset() -> Response | tuple[str, int]:
    form = ResetForm(request.form)
    who = named(form)
    if who is None:
        return _others(form), 422
    with transaction() as writer:
        consents.ask(writer, signed_in().id, Wish(Act.RESET, member=who), form.why.data or "", now=now())
    flash("Asked. It is done once somebody else of the officers or the secretariat has approved it.")
    return redirect(url_for("second_step.others"))


# ---- before what cannot be undone ------------------------------------------------------------------------------------


def once_more() -> Response | tuple[str, int] | None:
    """Ask for the step before what cannot be undone, if it was passed too long ago; what was sent waits on the page."""
    if request.method in SAFE or request.endpoint not in LASTING or not current_user.is_authenticated:
        return None
    if current_user.passed is None or rules.is_fresh(current_user.passed, now()):
        return None  # who has no second step has no role either: all that they may do of these is to set one up
    form = CodeForm(formdata=None)
    typed = request.form.get(CODE)
    if typed is not None:
        told = _told(typed[:60])
        if isinstance(told, Passed):
            _say_left(told)
            return redirect(request.path) if ALONE in request.form else None
        _wrong(form, told)
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, CODE)]
    if any(file.filename for file in request.files.values()):
        kept = [(ALONE, "1")]
    page = render_template(
        "accounts/once_more.html", form=form, kept=kept, code=CODE, outbox=accounts.shows_outbox(), alone=ALONE
    )
    return page, 403


def register(app: Flask) -> None:
    """After `forms`: what another site sent is refused before anything is asked."""
    app.before_request(once_more)
