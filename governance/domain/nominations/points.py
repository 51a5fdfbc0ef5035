"""The points of scrutiny of one nomination, each with its answer (docs/nominations.md, section 2)."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from governance.domain.eligibility.answers import Answer, Verdict
from governance.domain.eligibility.facts import shown, supply
from governance.domain.terms import Independence, Terms

NOMINATOR, NOMINEE, SECONDER = "nominator", "nominee", "seconder"
SECONDERS, PETITION, CONTESTS, APART = "seconders", "petition", "contests", "apart"
INDEPENDENT, STATEMENT, DECLARATION = "independent", "statement", "declaration"
"""What stands before a colon in the name of a point; after it the attribute, the language, the id of the question."""
_TITLES = {
    NOMINATOR: "Whoever nominated may nominate",
    NOMINEE: "The nominee may stand",
    SECONDER: "This seconder may second",
    SECONDERS: "Enough seconders",
    PETITION: "Enough supporters of a petition",
    CONTESTS: "Not in more contests than allowed",
    APART: "No part in running this election",
}


@dataclass(frozen=True, slots=True)
class Backer:
    """Somebody who seconded.

    Attributes:
        answer: What the rules say of them, for seconding in this contest.
        values: What they have or declared, of the attributes that independence is asked of; empty where nothing.
    """

    name: str
    answer: Answer
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What the points are made from.

    Attributes:
        nominee: A name, as `nominator`.
        stands: The answer of the rules for standing, the contest's own included; `nominates`, of the nominator.
        seconders: In the order in which they came.
        words: Of each statement, by language.
        declared: Ids of the questions that the nominee has answered.
        contests: In how many contests of the election the nominee stands, with this one.
        offices: Which the nominee has in this election: officer, trustee, registrar.
    """

    nominee: str
    stands: Answer
    nominator: str
    nominates: Answer
    seconders: Sequence[Backer] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    declared: AbstractSet[str] = frozenset()
    contests: int = 1
    offices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One point of scrutiny.

    Attributes:
        name: By which it is published.
        who: Whom it is about; a name, or empty.
        decides: Whether a nomination is only admitted by an exception where this is not yes. What is said of one seconder
            decides nothing: whoever may not second is not counted, and there are enough or there are not.
    """

    name: str
    who: str
    answer: Answer
    decides: bool = True

    @property
    def title(self) -> str:
        """The name in words, without anything personal."""
        return title(self.name)


def title(name: str) -> str:
    """The name of a point in words, without anything personal."""
    kind, _, rest = name.partition(":")
    told = {
        INDEPENDENT: f"Seconders differ in their {shown(rest)}",
        STATEMENT: f"The statement is not too long ({rest})",
        DECLARATION: f"A declaration was made ({rest})",
    }
    return told.get(kind) or _TITLES.get(kind, name)


def points(terms: Terms, case: Case) -> tuple[Point, ...]:
    """All points of scrutiny of a nomination, those that ask for a decision and those that only inform."""
    return (
        Point(APART, case.nominee, _apart(case)),
        Point(NOMINEE, case.nominee, case.stands),
        Point(NOMINATOR, case.nominator, case.nominates),
        *_support(terms, case),
        *_own(terms, case),
    )


def against(found: Sequence[Point]) -> tuple[Point, ...]:
    """Those that decide and are not yes: each is a reason to reject, or asks for an exception."""
    return tuple(one for one in found if one.decides and not one.answer.allowed)


# ---- support ---------------------------------------------------------------------------------------------------------


def _support(terms: Terms, case: Case) -> Iterator[Point]:
    for one in case.seconders:
        yield Point(SECONDER, one.name, one.answer, decides=False)
    counted = [one for one in case.seconders if one.answer.allowed]
    open_ = [one for one in case.seconders if one.answer.verdict is Verdict.UNKNOWN]
    if terms.petition and len(counted) >= terms.petition:
        yield Point(PETITION, "", _enough(PETITION, terms.petition, counted, open_))
        return
    if terms.seconders:
        yield Point(SECONDERS, "", _enough(SECONDERS, terms.seconders, counted, open_, terms.petition))
        for rule in terms.independent:
            yield Point(f"{INDEPENDENT}:{rule.attribute}", "", _independent(rule, counted, open_))


def _enough(name: str, least: int, counted: Sequence[Backer], open_: Sequence[Backer], petition: int = 0) -> Answer:
    have, maybe = len(counted), len(open_)
    verdict = Verdict.YES if have >= least else Verdict.UNKNOWN if have + maybe >= least else Verdict.NO
    told = f"{_many(least, 'member')} who may second have to support it; {have} {'does' if have == 1 else 'do'}"
    told += f", and of {maybe} we do not know whether they may" if maybe else ""
    told += f" (or {petition} of them, wherever they are from)" if petition and verdict is not Verdict.YES else ""
    todo = next((one.answer.supply for one in open_ if one.answer.supply), "") if verdict is Verdict.UNKNOWN else ""
    facts = {"supporters": have, "least": least}
    return Answer(name, verdict, f"{told}.", facts, todo)


def _independent(rule: Independence, counted: Sequence[Backer], open_: Sequence[Backer]) -> Answer:
    values = [one.values.get(rule.attribute, "").strip().casefold() for one in counted]
    different, silent = len(set(values) - {""}), values.count("")
    enough = different >= rule.least
    verdict = (
        Verdict.YES if enough else Verdict.UNKNOWN if different + silent + len(open_) >= rule.least else Verdict.NO
    )
    what = shown(rule.attribute)
    told = f"The seconders have to differ in their {what}: {rule.least} at least; there {_are(different)}"
    told += f", and of {silent} we do not know the {what}" if silent and not enough else ""
    told += f", and of {len(open_)} we do not know whether they may second" if open_ and not enough else ""
    fact = rule.attribute if rule.attribute in ("country", "region") else f"attribute:{rule.attribute}"
    todo = f"This is for the seconders: {supply(fact)}" if verdict is Verdict.UNKNOWN and silent else ""
    facts = {"different": different, "not known": silent, "least": rule.least}
    return Answer(f"{INDEPENDENT}:{rule.attribute}", verdict, f"{told}.", facts, todo)


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


# ---- the nominee's own -----------------------------------------------------------------------------------------------


def _own(terms: Terms, case: Case) -> Iterator[Point]:
    for language, number in sorted(case.words.items()):
        name = f"{STATEMENT}:{language}"
        told = f"A statement has at most {_many(terms.words, 'word')} in each language; this one has {number}."
        yield Point(name, case.nominee, _plain(name, told, {"words": number}, holds=number <= terms.words))
    for one in terms.questions:
        name = f"{DECLARATION}:{one.id}"
        made = one.id in case.declared
        told = f"“{one.text}” has to be answered; it {'was' if made else 'was not'}."
        yield Point(name, case.nominee, _plain(name, told, {"made": made}, holds=made))
    told = f"Nobody stands in more than {_many(terms.contests, 'contest')} of this election; this is {case.contests}."
    told = told.replace("this is 1.", "this is the only one.") if case.contests == 1 else told
    holds = case.contests <= terms.contests
    yield Point(CONTESTS, case.nominee, _plain(CONTESTS, told, {"contests": case.contests}, holds=holds))


def _apart(case: Case) -> Answer:
    found = ", ".join(case.offices)
    told = "Whoever runs an election does not stand in it; "
    told += f"this member does, as {found}." if found else "this member does not run it."
    return _plain(APART, told, {"offices": tuple(case.offices)}, holds=not case.offices)


def _plain(name: str, told: str, facts: Mapping[str, int | tuple[str, ...]], *, holds: bool) -> Answer:
    return Answer(name, Verdict.YES if holds else Verdict.NO, told, facts)
