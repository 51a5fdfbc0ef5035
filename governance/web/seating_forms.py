"""The forms on the way from a result to seats."""

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.services import result_challenges
from governance.web.forms import CsrfForm, choices
from governance.web.setting_up import Boxes


class ChallengeForm(CsrfForm):
    text = TextAreaField(
        "What is wrong with the result",
        [InputRequired("Please say what is wrong with the result."), Length(max=result_challenges.MAX_TEXT)],
        render_kw={"rows": 6},
    )


class DecideForm(CsrfForm):
    upheld = RadioField(
        "Is the challenge right?",
        [InputRequired("Please choose one.")],
        choices=choices(
            [
                ("no", "No, the result stays"),
                ("yes", "Yes, it is upheld: this result is never certified"),
            ]
        ),
    )
    answer = TextAreaField(
        "The reason",
        [InputRequired("Please give the reason: the member reads it."), Length(max=result_challenges.MAX_TEXT)],
        render_kw={"rows": 5},
    )


class ReportForm(CsrfForm):
    name = StringField("Who verified the record", [InputRequired("Please say who."), Length(max=200)])
    tool = StringField("With which tool", [InputRequired("Please name the tool."), Length(max=200)])
    root = StringField(
        "Root of the record that they checked",
        [InputRequired("Please copy it from the report."), Length(max=200)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    holds = RadioField(
        "What do they say?",
        [InputRequired("Please choose one.")],
        choices=choices([("yes", "The record verifies"), ("no", "It does not verify")]),
    )
    address = StringField("Where the report is published", [Length(max=200)], render_kw={"inputmode": "url"})


class CertifyForm(CsrfForm):
    why = TextAreaField(
        "Why it can be certified (everybody can read it)",
        [InputRequired("Please say why."), Length(max=2000)],
        render_kw={"rows": 3},
    )


class FillsForm(CsrfForm):
    seats = Boxes("Seats")
