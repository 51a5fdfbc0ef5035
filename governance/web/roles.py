"""Who does what: officers and the secretariat give roles to members, and take them away; nobody for themselves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from governance.domain.signing_in import Role
from governance.errors import NotFoundError
from governance.services import consents, officers, roles
from governance.services.consents import Act, Wish
from governance.web import drafts
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction
from governance.web.forms import CsrfForm, choices
from governance.web.looking import looking

bp = Blueprint("roles", __name__, url_prefix="/members/roles")
ROLES = {
    Role.OFFICER: ("Returning officers", "They set up elections and run them."),
    Role.SECRETARIAT: ("Secretariat", "Looks after the members' list."),
    Role.APPOINTER: ("Appointing authority", "They decide who is appointed to a seat; a second person approves."),
    Role.REGISTRAR: ("Registrars", "They make the voting codes, away from this server."),
    Role.TRUSTEE: ("Trustees", "They keep the key of an election in parts."),
}


class NamingForm(CsrfForm):
    """Names a member by address or id."""

    member = StringField("Member (e-mail or id)", [InputRequired("Please say who."), Length(max=200)])


class GiveForm(NamingForm):
    role = SelectField("Role", choices=choices((role.value, told) for role, (told, _) in ROLES.items()))
    why = StringField("Why (for the log, and for whoever has to approve it)", [Length(max=500)])


class TakeForm(CsrfForm):
    member = StringField(validators=[InputRequired(), Length(max=200)])
    role = SelectField(choices=choices((role.value, told) for role, (told, _) in ROLES.items()))
    why = StringField(validators=[Length(max=500)])


def _page(form: GiveForm) -> str:
    with looking("looked at who does what, with addresses") as reader:
        officers.require(reader, signed_in().id, Role.OFFICER, Role.SECRETARIAT)
        held = [(role, *told, roles.with_role(reader, role)) for role, told in ROLES.items()]
    return render_template("members/roles.html", held=held, form=form, me=signed_in().id, deciding=roles.DECIDING)


@bp.get("/")
def listed() -> str:
    return _page(GiveForm(formdata=None))


@bp.post("/")
def give() -> Response | tuple[str, int]:
    form = GiveForm(request.form)
    who = named(form)
    if who is None:
        return _page(form), 422
    role, why = Role(form.role.data), form.why.data or ""
    if role in roles.DECIDING:
        return _ask(Wish(Act.GRANT, member=who, role=role), why)
    with transaction() as writer:
        roles.grant(writer, signed_in().id, who, role, now=now(), why=why)
    flash("Done.")
    return redirect(url_for("roles.listed"))


def named(form: NamingForm) -> str | None:
    """The id of the member whom an officer or the secretariat names; None if the form says what is wrong.

    Raises:
        NotPermittedError: Somebody else asks, who is not told who is a member.
    """
    valid = form.validate()
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER, Role.SECRETARIAT)
        who = drafts.member_id(reader, form.member.data or "") if valid else None
    if valid and who is None:
        form.member.errors = [f"Nobody among the members is “{form.member.data}”."]
    return who


def _ask(wish: Wish, why: str) -> Response:
    """A role that decides takes two people."""
    with transaction() as writer:
        consents.ask(writer, signed_in().id, wish, why, now=now())
    flash("Asked. It is done once somebody else of the officers or the secretariat has approved it.")
    return redirect(url_for("roles.listed"))


@bp.post("/take")
def take() -> Response:
    with reading() as reader:
        officers.require(reader, signed_in().id, Role.OFFICER, Role.SECRETARIAT)
    form = TakeForm(request.form)
    if not form.validate():
        raise NotFoundError("There is no such role.")
    role, who, why = Role(form.role.data), form.member.data or "", form.why.data or ""
    if role in roles.DECIDING:
        return _ask(Wish(Act.REVOKE, member=who, role=role), why)
    with transaction() as writer:
        roles.revoke(writer, signed_in().id, who, role, now=now(), why=why)
    flash("Done. It holds at once.")
    return redirect(url_for("roles.listed"))
