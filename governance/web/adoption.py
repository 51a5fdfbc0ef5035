"""Adopting the list of candidates: what would be on the ballot, what keeps it back, and taking it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import InputRequired

from governance.errors import RuleError
from governance.services import adoption, elections, outstanding
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, transaction
from governance.web.forms import CsrfForm, whole

bp = Blueprint("adoption", __name__, url_prefix="/officer/elections/<election>/nominations/list")


class AdoptForm(CsrfForm):
    version = HiddenField(validators=[InputRequired()])


@bp.get("")
def show(election: str) -> str:
    return _page(election)


def _page(election: str, problem: str = "") -> str:
    """That somebody looked is in the log."""
    with transaction() as writer:
        seen = adoption.preview(writer, signed_in().id, election, now=now())
        shown = elections.show(writer, election)
        freeze = outstanding.before_freeze(writer, election, now=now())
    draft = seen.outcome.draft if seen.outcome else shown.draft
    names = {one.id: one.name for contest in draft.contests for one in contest.candidates}
    return render_template(
        "scrutiny/list.html",
        shown=shown,
        seen=seen,
        draft=draft,
        names=names | {one.id: one.name for one in draft.standing},
        freeze=freeze,
        form=AdoptForm(formdata=None, data={"version": seen.version}),
        problem=problem,
    )


@bp.post("")
def adopt(election: str) -> Response | tuple[str, int]:
    form = AdoptForm(request.form)
    try:
        with transaction() as writer:
            adoption.adopt(writer, signed_in().id, election, whole(form.version.data), now=now())
    except RuleError as error:
        return _page(election, str(error)), status_of(error)
    flash("The list is adopted: these are on the ballot once the roll is frozen.")
    return redirect(url_for("adoption.show", election=election))


@bp.post("/undo")
def undo(election: str) -> Response | tuple[str, int]:
    form = AdoptForm(request.form)
    try:
        with transaction() as writer:
            adoption.undo(writer, signed_in().id, election, whole(form.version.data), now=now())
    except RuleError as error:
        return _page(election, str(error)), status_of(error)
    flash("Taken back: the contests are as planned, and the list can be adopted again.")
    return redirect(url_for("adoption.show", election=election))
