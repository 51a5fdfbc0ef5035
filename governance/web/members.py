"""The members' list, for the secretariat and officers: imported from a file after a look at what would change."""

import base64
import binascii

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from governance.domain.membership import MAX_BYTES
from governance.domain.signing_in import Role
from governance.errors import MalformedError
from governance.services import members, officers
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, uploads
from governance.web.looking import looking

bp = Blueprint("members", __name__, url_prefix="/members")
PAGE = 100
ROOM = MAX_BYTES * 4 // 3 + 2**16
"""Bytes of a request with the file in it, in base 64."""
SHOWN = 200
"""Lines of a preview; the figures are of all."""


class ApplyForm(CsrfForm):
    remove_missing = BooleanField("End the membership of everybody who is not in the file and has no role")


class ExportForm(CsrfForm):
    attributes = BooleanField("With what members declared (some of it is about health)")
    why = StringField("Why the declarations are needed", [Length(max=500)])


@bp.get("/")
def listed() -> str:
    start = min(max(request.args.get("start", 0, type=int), 0), 2**31)
    with looking("looked at the members' list, with addresses") as reader:
        rows = members.listed(reader, signed_in().id, start=start, limit=PAGE + 1)
        count = members.how_many(reader)
    return render_template(
        "members/list.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        start=start,
        count=count,
        page=PAGE,
        form=ExportForm(),
    )


@bp.get("/import")
def choose() -> str:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.SECRETARIAT, Role.OFFICER)
    return render_template("members/import.html", problem="")


@bp.post("/import")
@uploads(ROOM, Role.SECRETARIAT, Role.OFFICER)
def preview() -> str | tuple[str, int]:
    file = request.files.get("file")
    data = file.read() if file else b""
    try:
        with looking("looked at what a members' file would change, with what is declared") as reader:
            seen = members.preview(reader, signed_in().id, data)
    except MalformedError as error:
        return render_template("members/import.html", problem=str(error)), 422
    kept = base64.b64encode(data).decode()
    return render_template("members/preview.html", seen=seen, kept=kept, form=ApplyForm(), most=SHOWN)


@bp.post("/import/apply")
@uploads(ROOM, Role.SECRETARIAT, Role.OFFICER)
def apply() -> Response:
    form = ApplyForm(request.form)
    try:
        data = base64.b64decode(request.form.get("data", ""), validate=True)
    except binascii.Error:
        raise MalformedError("The file did not arrive whole. Please choose it again.") from None
    digest, remove = request.form.get("digest", ""), bool(form.remove_missing.data)
    with transaction() as writer:
        plan = members.apply(writer, signed_in().id, data, digest, now=now(), remove_missing=remove)
    gone = f", {len(plan.removals)} ended" if remove else ""
    flash(f"Done: {len(plan.additions)} new, {len(plan.changes)} changed{gone}.")
    return redirect(url_for("members.listed"))


@bp.post("/export")
def export() -> Response:
    form = ExportForm(request.form)
    why = form.why.data or ""
    with transaction() as writer:
        data = members.export(writer, signed_in().id, now=now(), attributes=bool(form.attributes.data), why=why)
    headers = {"Content-Disposition": "attachment; filename=members.csv"}
    return Response(data, mimetype="text/csv", headers=headers)
