"""What a candidate says: a page for everybody, the same as data for the booth, and where it is written."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import AnyOf, ValidationError

from governance.domain.phases import Phase
from governance.errors import NotFoundError
from governance.services import elections, statements
from governance.web.access import public, signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("candidates", __name__, url_prefix="/elections/<election>/candidates/<candidate>")


def _fits(_form: object, field: TextAreaField) -> None:
    if why := statements.problem(field.data or ""):
        raise ValidationError(why)


class SayForm(CsrfForm):
    language = HiddenField(validators=[AnyOf(list(statements.LANGUAGES))])
    text = TextAreaField("Statement", [_fits], render_kw={"rows": 12, "dir": "auto"})


class LanguageForm(CsrfForm):
    language = SelectField("Language", choices=choices(statements.LANGUAGES.items()))


@bp.get("")
@public
def page(election: str, candidate: str) -> str:
    with reading() as reader:
        shown = elections.show(reader, election)
        if shown.phase is Phase.DRAFT:
            raise NotFoundError("There is no such candidate.")
        speaker = statements.speaker(reader, election, candidate)
    contests = [one for one in shown.draft.contests if any(c.id == candidate for c in one.candidates)]
    gone = {contest for contest, who in shown.progress.withdrawn if who == candidate}
    return render_template("candidates/page.html", shown=shown, speaker=speaker, contests=contests, gone=gone)


@bp.get("/statements")
@public
def said(election: str, candidate: str) -> Response:
    """The statements of one candidate as JSON, for the booth: {id, name, said: [{language, name, dir, text}]}."""
    with reading() as reader:
        if elections.show(reader, election).phase is Phase.DRAFT:
            raise NotFoundError("There is no such candidate.")
        speaker = statements.speaker(reader, election, candidate)
    listed = [{"language": s.language, "name": s.name, "dir": s.dir, "text": s.text} for s in speaker.said]
    told = {"id": speaker.id, "name": speaker.name, "said": listed}
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")


# ---- writing ---------------------------------------------------------------------------------------------------------


@bp.get("/write")
def writing(election: str, candidate: str) -> str:
    asked = request.args.get("language", "en")
    language = asked if asked in statements.LANGUAGES else "en"
    return _write(election, candidate, language, None)


def _write(election: str, candidate: str, language: str, form: SayForm | None) -> str:
    with reading() as reader:
        row = elections.get(reader, election)
        statements.may_say(reader, signed_in().id, row, candidate)
        shown = elections.show(reader, election)
        speaker = statements.speaker(reader, election, candidate)
    text = next((one.text for one in speaker.said if one.language == language), "")
    return render_template(
        "candidates/write.html",
        shown=shown,
        speaker=speaker,
        form=form or SayForm(formdata=None, text=text, language=language),
        other=LanguageForm(formdata=None, language=language),
        language=statements.LANGUAGES[language],
        words=statements.WORDS,
        letters=statements.LETTERS,
    )


@bp.post("/write")
def write(election: str, candidate: str) -> AnyResponse | tuple[str, int]:
    form = SayForm(request.form)
    if not form.validate():
        given = form.language.data or ""
        return _write(election, candidate, given if given in statements.LANGUAGES else "en", form), 422
    language = form.language.data or ""
    with transaction() as writer:
        statements.say(writer, signed_in().id, election, candidate, form.text.data or "", now=now(), language=language)
    flash("Saved.")
    return redirect(url_for("candidates.writing", election=election, candidate=candidate, language=language))
