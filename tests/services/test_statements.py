"""Statements: several languages, their direction, how long they may be, and what they cannot hold."""

import pytest

from governance.errors import NotFoundError, RuleError
from governance.services import statements
from tests.services.stage import ELECTION, START, Stage, a_draft


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft(a_draft())
    return stage


def say(stage: Stage, text: str, language: str = "en", candidate: str = "a1") -> None:
    with stage.writing() as session:
        statements.say(session, "officer", ELECTION, candidate, text, now=START, language=language)


def test_english_comes_first_and_each_language_has_its_name_and_direction(drafted: Stage) -> None:
    say(drafted, "سأستمع أولا.", "ar")
    say(drafted, "J'écouterai.\r\n\r\nEt j'écrirai.", "fr")
    say(drafted, "I will listen.")

    with drafted.reading() as session:
        speaker = statements.speaker(session, ELECTION, "a1")
    assert [(one.language, one.name, one.dir) for one in speaker.said] == [
        ("en", "English", "ltr"),
        ("ar", "العربية", "rtl"),
        ("fr", "Français", "ltr"),
    ]
    assert speaker.said[2].paragraphs == ["J'écouterai.", "Et j'écrirai."]


def test_who_says_nothing_in_a_language_is_shown_in_another(drafted: Stage) -> None:
    say(drafted, "سأستمع أولا.", "ar")

    with drafted.reading() as session:
        assert statements.texts(session, ELECTION, language="fr") == {"a1": "سأستمع أولا."}
        assert statements.speaker(session, ELECTION, "a2").said == ()
        with pytest.raises(NotFoundError):
            statements.speaker(session, ELECTION, "nobody")


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("x " * 501, "en", "at most 500 words"),
        ("字" * 5001, "zh", "5000 letters; this one has 1 and 5001"),
        ("I will\u202elisten", "en", "cannot be shown"),
        ("I will\x00listen", "en", "cannot be shown"),
        ("Hello", "tlh", "not on the list"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(drafted: Stage, text: str, language: str, why: str) -> None:
    say(drafted, "Before.")

    with pytest.raises(RuleError, match=why):
        say(drafted, text, language)

    with drafted.reading() as session:
        assert statements.texts(session, ELECTION) == {"a1": "Before."}


def test_a_reopen_candidate_says_nothing(drafted: Stage) -> None:
    with pytest.raises(NotFoundError):
        say(drafted, "Hello", candidate="ron")
