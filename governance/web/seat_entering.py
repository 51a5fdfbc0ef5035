"""A body's history from a page of text: looked at line by line, mended where it is, then asked for."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from governance.domain.seats.facts import Method
from governance.domain.seats.page import ENDS, HOWS, MAX_BYTES
from governance.errors import MalformedError, RuleError
from governance.services import seat_pages, seat_requests
from governance.services.seat_pages import Preview
from governance.services.seat_requests import Act, Request
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, uploads
from governance.web.seat_desk import DESK, require_body
from governance.web.seat_forms import ASKED, Answered, shows

bp = Blueprint("seat_entering", __name__, url_prefix="/officer/bodies/<body>/page")
ROOM = 3 * MAX_BYTES + 2**16
"""Bytes of a request: a form may take three for one."""
SHOWN = 300
"""Lines of a preview; the figures are of all."""
CAME: Mapping[str, str] = {
    "unopposed": "no more nominees than seats",
    "countback": "the votes of an election counted again",
    "by-election": "a special election",
    "co-opted": "the group chose them itself",
    "earlier": "it is no longer known how",
}
"""Ways to a seat whose word does not say it all."""
SAYS: Mapping[str, str] = {
    "office": "seats of one office count together for the limit of terms",
    "constituency": "whom it is for, in words",
    "anchor": "a day on which a regular term begins, like 2020-02-01: every term ends with that rhythm",
    "consecutive": "how many terms in a row; left out, there is no limit",
    "lifetime": "how many terms in all",
    "partial-days": "a term of up to so many days does not count",
    "gap-days": "terms are in a row with up to so many days between them",
    "filling": f"how a vacancy is filled, in this order, with commas: {', '.join(Method)}",
    "vacant-under": "it stays vacant when fewer days than this remain of the term",
    "vacancy-term": "rest: who fills a vacancy serves to the end of that term, as if this were left out; or new",
    "appointed-by": "who appoints, in words",
    "ratified-by": "whose vote an appointment needs, in words",
    "reserved": "what its holder has to be: an attribute and its values, like region:Africa|Asia",
    "last-day": "for a seat that is no more",
}
"""What else a line may say of a seat."""


class PageForm(CsrfForm):
    text = TextAreaField(
        "The page", render_kw={"rows": 16, "dir": "ltr", "spellcheck": "false", "wrap": "off", "autocomplete": "off"}
    )
    why = TextAreaField(
        "Why, or from where (everybody can read it in the register)", [Length(max=2000), shows], render_kw={"rows": 2}
    )
    digest = HiddenField()


def _page(body: str, form: PageForm, seen: Preview | None = None, problem: str = "") -> str:
    with reading() as reader:
        name = require_body(reader, body)
    return render_template(
        "seats/entering.html",
        body=body,
        name=name,
        form=form,
        written=(form.text.data or "").splitlines(),
        seen=seen,
        problem=problem,
        most=SHOWN,
        HOWS=HOWS,
        ENDS=ENDS,
        CAME=CAME,
        SAYS=SAYS,
    )


@bp.get("")
def page(body: str) -> str:
    return _page(body, PageForm(formdata=None))


@bp.post("")
@uploads(ROOM, *DESK)
def enter(body: str) -> Answered:
    """Look at a page; once exactly that was seen, and why is said, ask a second person to approve it."""
    form = PageForm(request.form)
    with reading() as reader:
        require_body(reader, body)
    problem = _file(form)
    if problem or not form.validate():
        return _page(body, form, problem=problem), 422
    try:
        with reading() as reader:
            seen = seat_pages.preview(reader, signed_in().id, body, _data(form), now=now())
    except (RuleError, MalformedError) as error:
        return _page(body, form, problem=str(error)), status_of(error)
    looked, form.digest.data = form.digest.data == seen.digest, seen.digest
    if not seen.ready or "ask" not in request.form:
        return _page(body, form, seen), 422 if seen.plan.mistakes or seen.plan.conflicts else 200
    return _ask(body, form, seen, looked=looked)


def _ask(body: str, form: PageForm, seen: Preview, *, looked: bool) -> Answered:
    why = form.why.data or ""
    if not looked:
        return _page(body, form, seen, "The page or the register has changed since you looked. Please look again."), 409
    if not why.strip():
        form.why.errors = ["Please say why, in a few words."]
        return _page(body, form, seen), 422
    wish = Request(Act.PAGE, body=body, page=_data(form).decode(), digest=seen.digest)
    try:
        with transaction() as writer:
            number = seat_requests.ask(writer, signed_in().id, wish, why, now=now())
    except RuleError as error:
        return _page(body, form, seen, str(error)), status_of(error)
    flash(ASKED)
    return redirect(url_for("seat_requests.show", number=number))


def _data(form: PageForm) -> bytes:
    return (form.text.data or "").encode()


def _file(form: PageForm) -> str:
    """Put the text of a file, if one came, into the form; why it cannot be, in a sentence."""
    file = request.files.get("file")
    data = file.read() if file else b""
    if not data:
        return ""
    try:
        form.text.data = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "The file is not UTF-8 text. Save it as “plain text, UTF-8”, and choose it again."
    return ""
