"""How the membership grows, with what is unusual marked: a page, and a file for auditors."""

from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response
from wtforms import DateField

from governance.domain.growth import FEWEST, RULES
from governance.errors import RuleError
from governance.services import growth
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm

bp = Blueprint("growth", __name__, url_prefix="/members/growth")


class UntilForm(CsrfForm):
    until = DateField("Up to which day (in UTC)")


def _until(given: str | None) -> date:
    """The day that was asked for; today if none was.

    Raises:
        RuleError: It is none.
    """
    try:
        return date.fromisoformat(given) if given else now().date()
    except ValueError:
        raise RuleError("That is no day like 2026-03-01.") from None


@bp.get("")
def page() -> str | tuple[str, int]:
    problem, status = "", 200
    with reading() as reader:
        try:
            told = growth.report(reader, signed_in().id, _until(request.args.get("until")), now=now())
        except RuleError as error:
            problem, status = str(error), status_of(error)
            told = growth.report(reader, signed_in().id, now().date(), now=now())
    form = UntilForm(formdata=None, until=told.last)
    return render_template(
        "members/growth.html", told=told, form=form, rules=RULES, fewest=FEWEST, problem=problem
    ), status


@bp.post("/file")
def file() -> Response:
    last = _until(request.form.get("until"))
    with transaction() as writer:
        data = growth.export(writer, signed_in().id, last, now=now())
    headers = {"Content-Disposition": f"attachment; filename=growth-{last.isoformat()}.csv"}
    return Response(data, mimetype="text/csv", headers=headers)
