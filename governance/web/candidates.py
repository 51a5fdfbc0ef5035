"""What a candidate says: a page for everybody, the same as data for the booth, and where it is written."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from governance.domain.phases import Phase
from governance.errors import NotFoundError, RuleError
from governance.services import elections, nominations, outstanding, photos, statements
from governance.services.elections import Shown
from governance.services.photos import Photo
from governance.services.statements import Speaker
from governance.web.access import public, signed_in
from governance.web.errors import status_of
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices

bp = Blueprint("candidates", __name__, url_prefix="/elections/<election>/candidates/<candidate>")
_OTHER = "other-"
"""Before the name of the language to go on with."""


class SayForm(CsrfForm):
    language = HiddenField(validators=[AnyOf(list(statements.LANGUAGES))])
    text = TextAreaField("Statement", render_kw={"rows": 12, "dir": "auto"})
    why = StringField("Why you correct it (kept in the log; the candidate is told)", [Length(max=500)])


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
        photo = photos.get(reader, election, candidate) if photos.is_public(reader, election, candidate) else None
    return _shown(shown, speaker, photo, preview=False)


def _shown(shown: Shown, speaker: Speaker, photo: Photo | None, *, preview: bool) -> str:
    draft, who = shown.draft, speaker.id
    return render_template(
        "candidates/page.html",
        shown=shown,
        speaker=speaker,
        photo=photo,
        contests=[one for one in draft.contests if any(c.id == who for c in one.candidates)],
        elected=[one.title for one in draft.unopposed if any(c.id == who for c in one.candidates)],
        gone={contest for contest, one in shown.progress.withdrawn if one == who},
        preview=preview,
    )


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


@bp.get("/preview")
def preview(election: str, candidate: str) -> str:
    """The page as voters will see it, for whoever may write it."""
    with reading() as reader:
        row = elections.get(reader, election)
        statements.may_say(reader, signed_in().id, row, candidate)
        shown = elections.show(reader, election)
        speaker = statements.speaker(reader, election, candidate, nominated=True)
        photo = photos.get(reader, election, candidate)
    return _shown(shown, speaker, photo, preview=True)


# ---- writing ---------------------------------------------------------------------------------------------------------


@bp.get("/write")
def writing(election: str, candidate: str) -> str:
    asked = request.args.get("language", "en")
    language = asked if asked in statements.LANGUAGES else "en"
    return _write(election, candidate, language, None)


def _write(election: str, candidate: str, language: str, form: SayForm | None, problem: str = "") -> str:
    me = signed_in().id
    with reading() as reader:
        row = elections.get(reader, election)
        own = statements.may_say(reader, me, row, candidate)
        shown = elections.show(reader, election)
        speaker = statements.speaker(reader, election, candidate, nominated=True)
        mine = [one.number for one in nominations.mine(reader, me, election, now=now()) if one.candidate == candidate]
    text = next((one.text for one in speaker.said if one.language == language), "")
    return render_template(
        "candidates/write.html",
        shown=shown,
        speaker=speaker,
        form=form or SayForm(formdata=None, text=text, language=language),
        other=LanguageForm(formdata=None, prefix=_OTHER, language=language),
        language=statements.LANGUAGES[language],
        words=statements.most(shown.draft),
        letters=statements.LETTERS,
        until=statements.until(shown.draft),
        fixed=own and statements.is_late(shown.draft, now()),
        needs_reason=not own and outstanding.nominated(shown.draft),
        nomination=mine[0] if own and mine else 0,
        problem=problem,
    )


@bp.post("/write")
def write(election: str, candidate: str) -> AnyResponse | tuple[str, int]:
    form = SayForm(request.form)
    form.validate()
    text, language = form.text.data or "", form.language.data or ""
    with reading() as reader:
        most = statements.most(elections.draft_of(elections.get(reader, election)))
    if why := statements.problem(text, most):
        form.text.errors = [why]
    if form.errors or why:
        return _write(election, candidate, language if language in statements.LANGUAGES else "en", form), 422
    try:
        with transaction() as writer:
            given = form.why.data or ""
            statements.say(writer, signed_in().id, election, candidate, text, now=now(), language=language, why=given)
    except RuleError as error:
        return _write(election, candidate, language, form, str(error)), status_of(error)
    flash("Saved.")
    wanted = request.form.get(f"{_OTHER}language", "") if request.form.get("then") else language
    following = wanted if wanted in statements.LANGUAGES else language
    return redirect(url_for("candidates.writing", election=election, candidate=candidate, language=following))
