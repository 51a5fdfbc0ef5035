"""Answers: for each rule what it says, the facts used, and yes, no, or “we do not know”, which refuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from governance.domain.eligibility.facts import DAYS, Days, Facts, Value, supply, words
from governance.domain.eligibility.language import Group, Join, Named, Node
from governance.domain.eligibility.rules import Look, UnknownFactError, resolve


class Verdict(StrEnum):
    """Yes, no, or not known; only yes allows anything."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def opposite(self) -> "Verdict":
        """What `not` makes of it: what is not known stays so."""
        return {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES}.get(self, self)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a rule or a group.

    Attributes:
        rule: The name of the rule, or how a group is joined.
        sentence: What it demands and what was found, in plain words.
        facts: Those that were used, by their names.
        supply: What to do, so that what is not known becomes known.
        parts: Of a group.
    """

    rule: str
    verdict: Verdict
    sentence: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    supply: str = ""
    parts: tuple["Answer", ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it is yes."""
        return self.verdict is Verdict.YES


def answer(node: Node, facts: Facts, days: Days) -> Answer:
    """The answer of a tree to these facts, on these days of the calendar."""
    if isinstance(node, Named):
        return _of_rule(node, facts, days)
    parts = tuple(answer(part, facts, days) for part in node.parts)
    joined = _joined(node, [part.verdict for part in parts])
    return Answer(node.join.value, joined, _sentence(node, joined), parts=parts)


def _of_rule(node: Named, facts: Facts, days: Days) -> Answer:
    rule = node.known
    look = Look(rule.needs(node.given), facts, days)
    says = rule.says(node.given, day_words(days))
    try:
        holds, found = rule.judge(node.given, look)
    except UnknownFactError as error:
        told, todo = (
            (DAYS[error.name], f"The returning officer has to set {DAYS[error.name]}.")
            if error.name in DAYS
            else (words(error.name), supply(error.name))
        )
        return Answer(rule.name, Verdict.UNKNOWN, _both(says, f"we do not know {told}"), look.seen, todo)
    return Answer(rule.name, Verdict.YES if holds else Verdict.NO, _both(says, found), look.seen)


def verdict(node: Node, facts: Facts, days: Days) -> Verdict:
    """The verdict of `answer` alone: of thousands of members, nobody reads the sentences."""
    if isinstance(node, Group):
        return _joined(node, [verdict(part, facts, days) for part in node.parts])
    rule = node.known
    try:
        holds, _ = rule.judge(node.given, Look(rule.needs(node.given), facts, days))
    except UnknownFactError:
        return Verdict.UNKNOWN
    return Verdict.YES if holds else Verdict.NO


def _both(says: str, found: str) -> str:
    return f"{says[0].upper()}{says[1:]}; {found}."


def day_words(days: Days) -> Callable[[str], str]:
    """What turns the day of a parameter into words: a date, or what the calendar calls it."""

    def told(day: str) -> str:
        try:
            at: date = resolve(day, days)
        except UnknownFactError:
            return DAYS[day]
        return at.isoformat()

    return told


def _joined(node: Group, verdicts: Sequence[Verdict]) -> Verdict:
    """Strong Kleene logic: what is not known never becomes a yes, and a certain no stays one."""
    yes, unknown = verdicts.count(Verdict.YES), verdicts.count(Verdict.UNKNOWN)
    if node.join is Join.NOT:
        return verdicts[0].opposite
    least = {Join.ALL: len(verdicts), Join.ANY: 1}.get(node.join, node.least)
    if yes >= least:
        return Verdict.YES
    return Verdict.UNKNOWN if yes + unknown >= least else Verdict.NO


def _sentence(node: Group, verdict: Verdict) -> str:
    head = {
        Join.ALL: "All of this must hold",
        Join.ANY: "One of this must hold",
        Join.NOT: "This must not hold",
        Join.AT_LEAST: f"At least {node.least} of this must hold",
    }[node.join]
    tail = {Verdict.YES: "that is so", Verdict.NO: "that is not so", Verdict.UNKNOWN: "we do not know enough"}[verdict]
    return f"{head}; {tail}."


def why_not(given: Answer) -> str:
    """Why it is not yes, in as few sentences as say it; empty if it is."""
    if given.allowed:
        return ""
    if not given.parts:
        return given.sentence
    deciding = [part for part in given.parts if part.verdict is given.verdict]
    if given.rule == Join.ALL:
        return why_not(deciding[0])
    if given.rule == Join.NOT:
        return f"{given.sentence} {given.parts[0].sentence}"
    return " ".join([given.sentence, *(why_not(part) for part in given.parts if not part.allowed)])


def supplies(given: Answer) -> tuple[str, ...]:
    """What to do, where something that could decide is not known; each once."""
    if given.verdict is not Verdict.UNKNOWN:
        return ()
    found = [given.supply] if given.supply else []
    found += [one for part in given.parts for one in supplies(part)]
    return tuple(dict.fromkeys(found))


def in_words(node: Node, days: Days) -> str:
    """A rule's own words, as a sentence; of a group, how it is joined."""
    if isinstance(node, Named):
        says = node.known.says(node.given, day_words(days))
        return f"{says[0].upper()}{says[1:]}."
    return _sentence(node, Verdict.YES).partition(";")[0] + ":"
