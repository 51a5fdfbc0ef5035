"""The register of declarations of interest, and statements of those who are nominated."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from governance.domain.terms import PHARMA, Question, Terms
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import declarations, officers, statements
from governance.services.declarations import Declared
from governance.store.declarations import Declaration
from tests.services.nominating import (
    ACCEPTED,
    DAY,
    a_nominating_draft,
    accept,
    nominate,
    nominating,
    withdraw,
)
from tests.services.stage import ELECTION, START, Stage

SECRET = Question("health", "Do you receive care yourself?", published=False)
LATER = START + DAY
SAID = "A grant of Example Pharma since 2024."


@pytest.fixture
def bare(stage: Stage) -> Stage:
    stage.set_up()
    return stage


@pytest.fixture
def opened(bare: Stage) -> Stage:
    nominating(bare, a_nominating_draft(Terms(words=5)))
    return bare


def make(stage: Stage, by: str = "m1", question: Question = PHARMA, *, yes: bool = True, said: str = SAID) -> None:
    with stage.writing() as session:
        declarations.make(session, by, question, yes=yes, text=said, now=stage.now)


def newest(stage: Stage, member: str, *questions: Question) -> list[Declared]:
    with stage.reading() as session:
        return declarations.answers(session, member, questions)


def test_the_newest_answer_holds_and_none_is_lost(bare: Stage) -> None:
    make(bare, yes=False, said="")
    bare.now += DAY
    make(bare)
    make(bare)  # sent twice

    assert [(one.yes, one.text, one.made) for one in newest(bare, "m1", PHARMA)] == [(True, SAID, bare.now)]
    with bare.reading() as session:
        history = declarations.history(session, "m1", "m1", now=bare.now)
        needed = [declarations.needed(session, one, [PHARMA, SECRET]) for one in ("m1", "m2")]
    assert [(one.yes, one.made) for one in history] == [(True, bare.now), (False, bare.now - DAY)]
    assert needed == [[SECRET], [PHARMA, SECRET]]


def test_what_is_declared_is_encrypted(bare: Stage) -> None:
    make(bare)

    with bare.reading() as session:
        kept = session.scalars(select(Declaration.answer)).one()
        log = officers.log(session, "officer")[0]
    assert b"Pharma" not in kept
    assert (log.what, log.why) == ("made a declaration (pharma)", "")


def test_a_question_that_was_put_otherwise_is_asked_anew(bare: Stage) -> None:
    make(bare, yes=False, said="")

    with bare.reading() as session:
        asked = [
            declarations.needed(session, "m1", [replace(PHARMA, **changes)])
            for changes in ({}, {"text": "Are you paid by anybody?"}, {"published": False})
        ]
    assert [len(one) for one in asked] == [0, 1, 0]


def test_only_what_was_published_when_it_was_answered_is_shown(bare: Stage) -> None:
    make(bare)
    make(bare, question=SECRET, said="Yes, for years.")
    make(bare, "m2", yes=False, said="")
    told = replace(SECRET, published=True)

    with bare.reading() as session:
        found = declarations.published(session, ["m1", "m2", "m3"], [PHARMA, told], LATER)
        hidden = declarations.published(session, ["m1"], [replace(PHARMA, published=False)], LATER)
        assert declarations.needed(session, "m1", [told]) == [told]
    assert {one: [(d.question, d.yes, d.text) for d in of] for one, of in found.items()} == {
        "m1": [("pharma", True, SAID)],
        "m2": [("pharma", False, "")],
        "m3": [],
    }
    assert hidden == {"m1": []}


@pytest.mark.parametrize(
    ("yes", "said", "why"),
    [
        (True, " \n", "A few words are needed"),
        (True, "x" * 1001, "At most 1000 letters"),
        (False, "x" * 1001, "At most 1000 letters"),
        (True, "a\u202eb", "cannot be shown"),
        (True, "a\x00b", "cannot be shown"),
    ],
    ids=["empty", "long", "long no", "turned around", "control"],
)
def test_what_cannot_be_declared_is_refused(bare: Stage, *, yes: bool, said: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        make(bare, yes=yes, said=said)

    assert newest(bare, "m1", PHARMA) == []


def test_who_reads_what_others_declared_is_in_the_log(bare: Stage) -> None:
    make(bare)

    for by in ("officer", "secretary"):
        with bare.writing() as session:
            assert declarations.history(session, by, "m1", now=bare.now)[0].text == SAID
    with bare.reading() as session:
        for by in ("m2", "registrar", "t1"):
            with pytest.raises(NotPermittedError):
                declarations.history(session, by, "m1", now=bare.now)
        log = [(line.who, line.what) for line in officers.log(session, "officer")[:2]]
    assert log == [
        ("Official secretary", "read the declarations of m1"),
        ("Official officer", "read the declarations of m1"),
    ]


def test_a_suspended_member_declares_nothing(bare: Stage) -> None:
    with bare.writing() as session:
        session.execute(text("UPDATE member SET status = 'suspended' WHERE id = 'm1'"))

    with pytest.raises(NotPermittedError):
        make(bare)


# ---- statements of those who are nominated ---------------------------------------------------------------------------


def say(stage: Stage, by: str, candidate: str, said: str = "I listen.", why: str = "") -> None:
    with stage.writing() as session:
        statements.say(session, by, ELECTION, candidate, said, now=stage.now, why=why)


def test_a_nominee_writes_before_standing_in_the_draft(opened: Stage) -> None:
    nominate(opened, "m1")
    say(opened, "m1", "member-1")

    with opened.reading() as session:
        told = statements.speaker(session, ELECTION, "member-1", nominated=True)
        with pytest.raises(NotFoundError):
            statements.speaker(session, ELECTION, "member-1")
    assert (told.name, [one.text for one in told.said]) == ("Member 1", ["I listen."])


def test_nobody_writes_for_another_nominee_or_before_accepting(opened: Stage) -> None:
    nominate(opened, "m1")
    number = nominate(opened, "m1", email="m2@example.org")
    with pytest.raises(NotPermittedError):
        say(opened, "m2", "member-1")
    for candidate in ("member-2", ""):
        with pytest.raises(NotPermittedError):
            say(opened, "m2", candidate)
        with pytest.raises(NotFoundError):
            say(opened, "officer", candidate)
    accept(opened, "m2", number)
    say(opened, "m2", "member-2")
    withdraw(opened, "m2", number)
    with pytest.raises(NotPermittedError):
        say(opened, "m2", "member-2")


def test_the_terms_say_how_many_words(opened: Stage) -> None:
    nominate(opened, "m1")
    say(opened, "m1", "member-1", "one two three four five")

    with pytest.raises(RuleError, match="at most 5 words and 5000 letters; this one has 6"):
        say(opened, "m1", "member-1", "one two three four five six")


def test_a_statement_is_fixed_once_acceptance_has_ended_and_an_officer_says_why(opened: Stage) -> None:
    nominate(opened, "m1")
    say(opened, "m1", "member-1", "I lisen.")
    opened.now = ACCEPTED

    with pytest.raises(RuleError, match="fixed since 27 February 2026"):
        say(opened, "m1", "member-1")
    with pytest.raises(RuleError, match="Say why"):
        say(opened, "officer", "member-1", why=" ")
    say(opened, "officer", "member-1", "I listen.", why="A letter was missing.")

    with opened.reading() as session:
        line = officers.log(session, "officer", election=ELECTION)[0]
        assert statements.texts(session, ELECTION) == {"member-1": "I listen."}
    assert (line.who, line.what, line.why) == (
        "Official officer",
        "changed the statement of member-1 (English)",
        "A letter was missing.",
    )


def test_without_dated_nominations_all_is_as_before(bare: Stage) -> None:
    bare.draft()
    bare.now = START + DAY

    say(bare, "officer", "a1", "x " * 500)

    with bare.reading() as session:
        assert "a1" in statements.texts(session, ELECTION)
