"""Signing in by a mailed link or six digits, and signing out.

The ticket that the asking browser holds lies in its cookie. Looking at a link uses nothing up: mail scanners follow links.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask import Response as FlaskResponse
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from governance.services import accounts, officers, post, second_step_changes
from governance.services.accounts import Wrong
from governance.web import access
from governance.web.access import public, signed_in
from governance.web.extensions import has_database, now, reading, transaction
from governance.web.forms import CsrfForm

bp = Blueprint("accounts", __name__)
TICKET = "ticket"
NEXT = "next"
_PLACE = "{}"


@bp.after_request
def unkept(response: FlaskResponse) -> FlaskResponse:
    """No browser keeps a page of signing in: some show six digits."""
    response.headers["Cache-Control"] = "no-store"
    return response


class AskForm(CsrfForm):
    email = StringField(
        "Your e-mail address",
        [InputRequired("Please type your e-mail address."), Length(max=200)],
        render_kw={"type": "email", "autocomplete": "email"},
    )


class CodeForm(CsrfForm):
    digits = StringField(
        "The six digits from the mail",
        [InputRequired("Please type the six digits."), Length(max=40)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "digits"},
    )


@bp.get("/sign-in")
@public
def ask() -> str | Response:
    if not has_database():
        abort(503)
    if current_user.is_authenticated:
        return redirect(url_for("home.page"))
    if access.waiting():
        return redirect(url_for("second_step.ask", next=request.args.get(NEXT) or None))
    form = AskForm(email=request.args.get("email", ""))
    return render_template("accounts/ask.html", form=form, next=request.args.get(NEXT, ""))


@bp.post("/sign-in")
@public
def asked() -> Response | tuple[str, int]:
    form = AskForm(request.form)
    onward = access.local(request.form.get(NEXT, ""))
    if not form.validate():
        return render_template("accounts/ask.html", form=form, next=onward), 422
    with transaction() as writer:
        ours = access.origin(officers.organisation(writer).host)
        address = ours + url_for("accounts.link", link=_PLACE).replace("%7B%7D", _PLACE)
        ticket = accounts.request_sign_in(writer, form.email.data or "", address, now=now(), origin=_place())
    session[TICKET], session[NEXT] = ticket, onward
    return redirect(url_for("accounts.code"))


def _place() -> str:
    """Where a request comes from, as far as it can be told: an address, or a network where one has many.

    Empty where it is none of the internet: that is a proxy of our own of which the configuration says nothing (PROXIES).
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if not address.is_global:
        return ""
    return str(ip_network((address, 64), strict=False) if isinstance(address, IPv6Address) else address)


@bp.get("/sign-in/code")
@public
def code() -> str | Response:
    if TICKET not in session:
        return redirect(url_for("accounts.ask"))
    return render_template("accounts/code.html", form=CodeForm(), outbox=shows_outbox())


@bp.post("/sign-in/code")
@public
def typed() -> Response | tuple[str, int]:
    form = CodeForm(request.form)
    if form.validate():
        with transaction() as writer:
            answer = accounts.redeem_code(writer, session.get(TICKET, ""), form.digits.data or "", now=now())
        if not isinstance(answer, Wrong):
            return _onward(answer)
        left = f"{answer.left} more {'try' if answer.left == 1 else 'tries'}" if answer.left else "no more tries"
        again = "" if answer.left else " Please ask for a new mail."
        other = " Or open the link of the mail in this browser."
        form.digits.errors = [f"These are not the digits of the newest mail. You have {left}.{again or other}"]
    return render_template("accounts/code.html", form=form, outbox=shows_outbox()), 422


@bp.get("/sign-in/link/<link>")
@public
def link(link: str) -> str:
    with reading() as reader:
        seen = accounts.look_at_link(reader, link, session.get(TICKET, ""), now=now())
    return render_template("accounts/link.html", link=link, seen=seen)


@bp.post("/sign-in/link/<link>")
@public
def redeemed(link: str) -> Response:
    with transaction() as writer:
        token = accounts.redeem_link(writer, link, session.get(TICKET, ""), now=now())
    return _onward(token)


def _onward(token: str) -> Response:
    onward = access.local(session.get(NEXT, ""))
    signed_in_now = access.begin(token)
    return redirect(onward if signed_in_now else url_for("second_step.ask", next=onward))


@bp.post("/sign-out")
def sign_out() -> Response:
    with transaction() as writer:
        accounts.sign_out(writer, access.end())
    return redirect(url_for("results.front"))


@bp.post("/sign-out/everywhere")
def sign_out_everywhere() -> Response:
    person = signed_in()
    with transaction() as writer:
        accounts.sign_out_everywhere(writer, person.id)
    access.end()
    flash("You are signed out on every device.")
    return redirect(url_for("results.front"))


def shows_outbox() -> bool:
    """Whether this is somebody's own computer, without a mail server."""
    return bool(current_app.config["DEVELOPMENT"]) and not current_app.config["MAIL_URL"]


@bp.get("/development/outbox")
@public
def outbox() -> str:
    """For trying out: mail that nobody sends, and the codes that nobody's authenticator shows."""
    if not shows_outbox():
        abort(404)
    with reading() as reader:
        mails = post.outbox(reader)
        codes = second_step_changes.shown(reader, now=now())
    return render_template("accounts/outbox.html", mails=mails, codes=codes)
