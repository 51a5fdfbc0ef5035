"""Appointments as everybody sees them: open calls, decisions with their instruments; members apply, and take it back."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import appointment_decisions, appointments, elections, seats
from governance.services.appointments import Call
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import has_database, now, reading, transaction
from governance.web.forms import CsrfForm, whole

bp = Blueprint("appointments", __name__, url_prefix="/appointments")
NUMBER = "/<int(max=2147483647):number>"
YEAR = 365 * 24 * 60 * 60
PDF = b"%PDF-"


class ApplyForm(CsrfForm):
    text = TextAreaField(
        "Why you, in a few words",
        [InputRequired("Please say in a few words why."), Length(max=appointments.MAX_TEXT)],
        render_kw={"rows": 8},
    )


@bp.get("")
@public
def every() -> str:
    if not has_database():
        raise NotFoundError("There are no appointments here.")
    with reading() as reader:
        book = seats.book(reader)
        return render_template("appointments/every.html", found=appointments.every(reader, now=now()), book=book)


@bp.get(NUMBER)
@public
def show(number: int) -> str:
    if not has_database():
        raise appointments.nothing()
    with reading() as reader:
        call, book = appointments.show(reader, number, now=now()), seats.book(reader)
        return render_template(
            "appointments/show.html",
            call=call,
            book=book,
            body=book.body(book.seats[call.seat].body, call.start),
            waits=elections.show(reader, call.waits_for).title if call.waits_for else "",
            decided=appointment_decisions.decided(reader, call.decided) if call.decided else None,
        )


@bp.get("/files/<string(length=64):digest>")
@public
def file(digest: str) -> Response:
    """The file of an instrument, at an address that names its bytes; it is saved, never shown inside a page of ours."""
    if not has_database():
        raise appointments.nothing()
    with reading() as reader:
        _, data = appointment_decisions.file(reader, digest)
    kind, end = ("application/pdf", "pdf") if data.startswith(PDF) else ("text/plain", "txt")
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{digest[:16]}.{end}"'
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.set_etag(digest)
    response.make_conditional(request)
    return response


# ---- members ---------------------------------------------------------------------------------------------------------


@bp.get(f"{NUMBER}/apply")
def applying(number: int) -> str:
    return _page(number, ApplyForm(formdata=None))


def _page(number: int, form: ApplyForm, problem: str = "") -> str:
    me = signed_in().id
    with reading() as reader:
        call: Call = appointments.show(reader, number, now=now())
        book = seats.book(reader)
        own = [(one, gone) for one, of, gone in appointments.mine(reader, me) if of == number]
        return render_template(
            "appointments/apply.html",
            call=call,
            body=book.body(book.seats[call.seat].body, call.start),
            own=own,
            again=seats.may_serve(reader, me, call.seat, call.start),
            form=form,
            problem=problem,
        )


@bp.post(f"{NUMBER}/apply")
def apply(number: int) -> Redirect | tuple[str, int]:
    form = ApplyForm(request.form)
    if not form.validate():
        return _page(number, form), 422
    try:
        with transaction() as writer:
            appointments.apply(writer, signed_in().id, number, form.text.data or "", now=now())
    except RuleError as error:
        return _page(number, form, str(error)), status_of(error)
    flash("Your application is here. Only those who decide read it.")
    return redirect(url_for("appointments.applying", number=number))


@bp.post(f"{NUMBER}/withdraw")
def withdraw(number: int) -> Redirect | tuple[str, int]:
    me, application = signed_in().id, whole(request.form.get("application"))
    try:
        with transaction() as writer:
            if (application, number) not in {(one, of) for one, of, _ in appointments.mine(writer, me)}:
                raise appointments.nothing()
            appointments.withdraw(writer, me, application, now=now())
    except (RuleError, NotPermittedError) as error:
        return _page(number, ApplyForm(formdata=None), str(error)), status_of(error)
    flash("Taken back. What you wrote is erased.")
    return redirect(url_for("appointments.applying", number=number))
