"""Mail that did not arrive: for officers and the secretariat, with what to do about it."""

from flask import Blueprint, render_template

from governance.services import undelivered
from governance.web.access import signed_in
from governance.web.extensions import now, reading

bp = Blueprint("mail", __name__)


@bp.get("/officer/mail")
def page() -> str:
    with reading() as reader:
        return render_template("officer/mail.html", mail=undelivered.look(reader, signed_in().id, now=now()))
