"""Where a photo is given or taken away, by whoever stands or by an officer."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, StringField
from wtforms.validators import Length, ValidationError

from governance.errors import MalformedError, RuleError
from governance.services import elections, nominations, photos, pictures
from governance.web.access import signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, uploads

bp = Blueprint("photos", __name__, url_prefix="/elections/<election>/candidates/<candidate>/photo")
_FORM = 2**16
"""Bytes of a form around a file."""


def _describes(_form: object, field: StringField) -> None:
    if why := photos.problem(field.data or ""):
        raise ValidationError(why)


class PhotoForm(CsrfForm):
    file = FileField("A picture file", render_kw={"accept": "image/jpeg,image/png,image/webp"})
    about = StringField("What it shows", [_describes], render_kw={"maxlength": photos.LETTERS, "dir": "auto"})
    why = StringField("Why you change it (for the log)", [Length(max=2000)])


class RemoveForm(CsrfForm):
    why = StringField(
        "Why you take it away (for the log)", [Length(max=2000, message="A reason has at most 2000 letters.")]
    )


@bp.get("")
def page(election: str, candidate: str) -> str:
    return _page(election, candidate)


def _page(
    election: str, candidate: str, form: PhotoForm | None = None, remove: RemoveForm | None = None, problem: str = ""
) -> str:
    me = signed_in().id
    with reading() as reader:
        may = photos.rights(reader, me, election, candidate, now=now())
        found = photos.get(reader, election, candidate)
        name = photos.name(reader, election, candidate)
        shown = elections.show(reader, election)
        mine = [one.number for one in nominations.mine(reader, me, election, now=now()) if one.candidate == candidate]
    return render_template(
        "booklet/photo.html",
        shown=shown,
        candidate=candidate,
        name=name,
        photo=found,
        may=may,
        nomination=mine[0] if mine else 0,
        form=form or PhotoForm(formdata=None, about=found.about if found else ""),
        remove=remove or RemoveForm(formdata=None),
        problem=problem,
    )


@bp.post("")
@uploads(pictures.MOST + _FORM)
def give(election: str, candidate: str) -> Response | tuple[str, int]:
    me, form = signed_in().id, PhotoForm(request.form)
    with reading() as reader:
        photos.rights(reader, me, election, candidate, now=now())
    file = request.files.get("file")
    data = file.read() if file else b""
    valid = form.validate()
    if not valid or not data:
        what = (
            "Please choose the picture once more: it was not kept." if data else "Please choose the file of a picture."
        )
        return _page(election, candidate, form, problem=what), 422
    try:
        with transaction() as writer:
            photos.prepare(writer, me, election, candidate, now=now())
        picture = pictures.encode(data)
        with transaction() as writer:
            why = form.why.data or ""
            photos.put(writer, me, election, candidate, picture, form.about.data or "", now=now(), why=why)
    except (MalformedError, RuleError) as error:
        return _page(election, candidate, form, problem=str(error)), status_of(error)
    flash("The photo is here.")
    return redirect(url_for("photos.page", election=election, candidate=candidate))


@bp.post("/remove")
def remove(election: str, candidate: str) -> Response | tuple[str, int]:
    form = RemoveForm(request.form)
    if not form.validate():
        return _page(election, candidate, remove=form, problem=" ".join(form.why.errors)), 422
    try:
        with transaction() as writer:
            photos.remove(writer, signed_in().id, election, candidate, now=now(), why=form.why.data or "")
    except RuleError as error:
        return _page(election, candidate, remove=form, problem=str(error)), status_of(error)
    flash("The photo is taken away.")
    return redirect(url_for("photos.page", election=election, candidate=candidate))
