"""The forms of those who appoint: a call, a proposal, a decision with its vote, giving up."""

from datetime import date

from wtforms import (
    DateField,
    DateTimeLocalField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from governance.services import appointments
from governance.services.appointment_decisions import Decision, Vote
from governance.web.forms import CsrfForm, choices, whole
from governance.web.setting_up import MINUTES


class OpenForm(CsrfForm):
    seat = SelectField("Seat")
    call = RadioField(
        "How are people found?",
        [InputRequired("Please choose one.")],
        choices=choices(
            [
                ("yes", "An open call: members apply"),
                ("no", "A direct proposal: you name people yourselves"),
            ]
        ),
    )
    text = TextAreaField(
        "What is asked for (everybody reads it)",
        [InputRequired("Please say in a few words what is asked for."), Length(max=appointments.MAX_TEXT)],
        render_kw={"rows": 6},
    )
    start = DateField("First day in office", [InputRequired("Please say from which day on.")])
    closes = DateTimeLocalField("Applications until, in UTC", [Optional()], format=MINUTES)
    after_election = SelectField("Does it wait for an election?")


class ProposeForm(CsrfForm):
    member = StringField("A member: their e-mail address or id", [Length(max=200)])
    name = StringField("Or somebody who is no member: their name", [Length(max=200)])
    email = StringField("Their e-mail address", [Length(max=320)])
    attributes = TextAreaField("What they declared, a line each", [Length(max=2000)], render_kw={"rows": 3})
    text = TextAreaField(
        "Why (those who decide read it)",
        [InputRequired("Please say in a few words why."), Length(max=appointments.MAX_TEXT)],
        render_kw={"rows": 4},
        id="propose-text",
    )


class DecideForm(CsrfForm):
    application = RadioField("Who is appointed?", [InputRequired("Please choose one.")])
    reference = StringField(
        "Reference of the instrument", [InputRequired("Please give its reference."), Length(max=200)]
    )
    day = DateField("Its date", [InputRequired("Please give its date.")])
    file = FileField("Its file", render_kw={"accept": "application/pdf,text/plain"})
    kept = HiddenField(validators=[Length(max=64)])
    reasons = TextAreaField(
        "Reasons", [InputRequired("Please give the reasons."), Length(max=appointments.MAX_TEXT)], render_kw={"rows": 5}
    )
    recused = TextAreaField("Who took no part, and why", [Length(max=2000)], render_kw={"rows": 3})
    vote_day = DateField("Day of the vote", [Optional()])
    in_favour = IntegerField("For", [Optional(), NumberRange(0, 10**6, "A number, please.")])
    against = IntegerField("Against", [Optional(), NumberRange(0, 10**6, "A number, please.")])
    abstained = IntegerField("Abstained", [Optional(), NumberRange(0, 10**6, "A number, please.")])
    vote_reference = StringField("Reference of the vote", [Length(max=200)])
    exception = StringField("Decision by which the limit of terms does not hold for them", [Length(max=500)])
    why = TextAreaField(
        "Why now (for whoever approves it; everybody can read it)",
        [InputRequired("Please say why."), Length(max=2000)],
        render_kw={"rows": 2},
    )

    def decision(self, whose: str, file: str) -> Decision:
        """What the form says, once it has validated."""
        vote = None
        if whose and self.vote_day.data:
            yes, no, none = (one.data or 0 for one in (self.in_favour, self.against, self.abstained))
            vote = Vote(whose, self.vote_day.data, yes, no, none, (self.vote_reference.data or "").strip())
        return Decision(
            application=whole(self.application.data),
            reference=(self.reference.data or "").strip(),
            day=self.day.data or date.min,
            reasons=(self.reasons.data or "").strip(),
            recused=tuple(filter(None, (line.strip() for line in (self.recused.data or "").splitlines()))),
            ratified=vote,
            file=file,
            exception=(self.exception.data or "").strip(),
        )


class GiveUpForm(CsrfForm):
    why = TextAreaField(
        "Why (for the log)", [InputRequired("Please say why."), Length(max=2000)], render_kw={"rows": 2}, id="give-up"
    )
