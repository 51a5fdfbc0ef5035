"""What is declared before nominations begin (docs/nominations.md, section 1): part of the draft of an election."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ELECTED, CONFIRM = "elected", "confirm"
FILL, EXTEND = "fill", "extend"
MOST_WORDS = 500
LEAST_WINDOW, MOST_WINDOW = 2, 60
"""Days in which a decision can be challenged; an organisation can ask for more than the least."""
_MOST_SECONDERS, _MOST_PETITION, _MOST_CONTESTS, _MOST_QUESTIONS, _MOST_QUORUM = 50, 5000, 40, 20, 90
_LEAST_HEARING, _MOST_HEARING = 1, 7 * 24
_LONGEST = 500
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Independence:
    """At least so many different values of an attribute among the seconders."""

    attribute: str
    least: int


@dataclass(frozen=True, slots=True)
class Question:
    """A declaration of interest: answered yes or no, a yes with a few words.

    Attributes:
        id: Under which the register of declarations keeps it.
        published: Whether the answer is shown with the candidate.
    """

    id: str
    text: str
    published: bool = True


PHARMA = Question(
    "pharma",
    "Do you, or does your employer, receive money from a company that makes or sells medicines?",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of nominations; `docs/nominations.md` says what each means."""

    by_self: bool = True
    by_others: bool = True
    seconders: int = 2
    independent: tuple[Independence, ...] = (Independence("country", 2),)
    petition: int = 0
    contests: int = 1
    words: int = 300
    photo: bool = True
    questions: tuple[Question, ...] = (PHARMA,)
    unopposed: str = ELECTED
    fewer: str = EXTEND
    quorum: int = 0
    window: int = LEAST_WINDOW
    hearing: int = 24


def problems(terms: Terms) -> tuple[str, ...]:
    """Why terms cannot hold, in plain sentences; empty if they can."""
    return (*_of_support(terms), *_of_candidates(terms), *_of_challenges(terms), *_of_outcomes(terms))


def _of_support(terms: Terms) -> Iterator[str]:
    if not (terms.by_self or terms.by_others):
        yield "Nominations: members have to be able to nominate themselves, or each other."
    if not 0 <= terms.seconders <= _MOST_SECONDERS:
        yield f"Nominations: 0 to {_MOST_SECONDERS} seconders can be asked for."
    names = [one.attribute.strip() for one in terms.independent]
    if not all(names) or len(set(names)) < len(names):
        yield "Nominations: say in what seconders have to differ, each attribute once."
    for one in terms.independent:
        if terms.seconders and not 1 <= one.least <= terms.seconders:
            many = "1 seconder" if terms.seconders == 1 else f"{terms.seconders} seconders"
            yield f"Nominations: {many} cannot have {one.least} different values of {one.attribute}."
    if terms.petition and not terms.seconders < terms.petition <= _MOST_PETITION:
        yield f"Nominations: a petition needs more supporters than there are seconders, and at most {_MOST_PETITION}."


def _of_candidates(terms: Terms) -> Iterator[str]:
    if not 1 <= terms.contests <= _MOST_CONTESTS:
        yield "Nominations: one has to be able to stand in one contest at least."
    if not 1 <= terms.words <= MOST_WORDS:
        yield f"Nominations: a statement can have 1 to {MOST_WORDS} words."
    ids = [one.id for one in terms.questions]
    if len(set(ids)) < len(ids) or len(ids) > _MOST_QUESTIONS or not all(map(_ID.fullmatch, ids)):
        yield f"Nominations: each declaration needs an id of its own, and there are at most {_MOST_QUESTIONS}."
    if any(not 0 < len(one.text.strip()) <= _LONGEST for one in terms.questions):
        yield "Nominations: a declaration needs a question."


def _of_challenges(terms: Terms) -> Iterator[str]:
    if not LEAST_WINDOW <= terms.window <= MOST_WINDOW:
        yield f"Nominations: a decision can be challenged for {LEAST_WINDOW} to {MOST_WINDOW} days."
    if not _LEAST_HEARING <= terms.hearing <= _MOST_HEARING:
        yield f"Nominations: whoever a challenge is about has {_LEAST_HEARING} to {_MOST_HEARING} hours to answer it."


def _of_outcomes(terms: Terms) -> Iterator[str]:
    if terms.unopposed not in (ELECTED, CONFIRM) or terms.fewer not in (FILL, EXTEND):
        yield "Nominations: say what happens when as many, or fewer, stand than there are seats."
    yield from quorum_problems(terms)


def quorum_problems(terms: Terms) -> Iterator[str]:
    """Why the quorum cannot hold; it is asked for without nominations too."""
    if not 0 <= terms.quorum <= _MOST_QUORUM:
        yield f"Nominations: a quorum is 0 to {_MOST_QUORUM} percent of the roll."
