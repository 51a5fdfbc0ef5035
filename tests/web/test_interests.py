"""Declarations of interest: the public register, and one's own page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from governance.domain.terms import Question
from governance.services import declarations
from tests.services import seated
from tests.services.seated import at
from tests.services.stage import Stage, a_stage
from tests.web.browser import Someone, words

BODY = "/bodies/group"
As = Callable[[str], Someone]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The register as of 1 April 2024, entered on 24 February 2026."""
    with a_stage(tmp_path) as made:
        seated.begin(made)
        yield made


OPEN = Question("interests", "Any interests?")
SHUT = replace(OPEN, published=False)


def declare(stage: Stage, member: str, question: Question, text: str) -> None:
    with stage.writing() as session:
        declarations.make(session, member, question, yes=True, text=text, now=stage.now)


def test_declarations_are_shown_as_far_as_their_question_said(stage: Stage, anybody: Someone) -> None:
    declare(stage, "m1", OPEN, "Once from Acme.")
    declare(stage, "m2", SHUT, "Private words.")
    declare(stage, "m5", OPEN, "Of somebody who does not sit.")
    stage.now += timedelta(days=1)
    declare(stage, "m1", OPEN, "From <i>Acme</i>, since May.")

    told = words(anybody.get(f"{BODY}/declarations"))

    assert "Yes. From <i>Acme</i>, since May." in told
    assert "Yes . Once from Acme." in told.replace("Yes.", "Yes .")
    assert f"Declared on {(stage.now - timedelta(days=1)).date()} . The answer is not published." in told
    assert "Not declared." in told  # of the outsider
    assert "Private words." not in told
    assert "does not sit" not in told
    assert "From <i>Acme</i>, since May." in words(anybody.get(f"{BODY}/people/p1"))


def test_what_somebody_made_private_is_not_shown_any_more(stage: Stage, anybody: Someone) -> None:
    declare(stage, "m1", OPEN, "Once from Acme.")
    stage.now += timedelta(days=1)
    declare(stage, "m1", SHUT, "Private words.")

    told = words(anybody.get(f"{BODY}/declarations"))

    assert "Acme" not in told
    assert "Private" not in told


def test_declarations_are_shown_while_somebody_sits(changed: Stage, anybody: Someone) -> None:
    declare(changed, "m1", OPEN, "From Acme.")

    assert "Acme" not in words(anybody.get(f"{BODY}/declarations"))
    assert "Acme" not in words(anybody.get(f"{BODY}/people/p1"))


def test_a_holder_looks_their_declarations_over(stage: Stage, as_: As) -> None:
    me = as_("m1")
    assert "You have not answered yet" in words(me.get("/declarations"))
    assert "Look over your declarations of interest" in words(me.get("/home"))

    empty = me.post("/declarations", {"text-interests": "Half a sentence"})
    bare = me.post("/declarations", {"yes-interests": "yes", "text-interests": " "})
    done = me.post("/declarations", {"yes-interests": "yes", "text-interests": "From Acme."}, follow_redirects=True)
    twice = me.post("/declarations", {"yes-interests": "yes", "text-interests": "From Acme."}, follow_redirects=True)

    assert (empty.status_code, "Please choose yes or no." in words(empty), "Half a sentence" in empty.text) == (
        422,
        True,
        True,
    )
    assert (bare.status_code, "A few words are needed" in words(bare)) == (422, True)
    assert "Saved, with today's date." in words(done)
    assert "Look over your declarations of interest" not in words(me.get("/home"))
    assert words(twice).count("From Acme.") == 2  # in the field, and once in the history
    stage.now = at(2026, 3, 20)
    me = as_("m1")
    again = me.post("/declarations", {"yes-interests": "yes", "text-interests": "From Acme."}, follow_redirects=True)
    assert words(again).count("From Acme.") == 3  # looked over: a line of its own


def test_somebody_without_a_seat_has_nothing_to_declare(stage: Stage, as_: As) -> None:
    other = as_("m5")

    assert "You have no seat" in words(other.get("/declarations"))
    assert other.post("/declarations", {"yes-interests": "no"}).status_code == 302
    assert "You have no seat" in words(other.get("/declarations"))
    with stage.reading() as session:
        assert declarations.history(session, "m5", "m5", now=stage.now) == []
