"""What a report says in words: the rule with this contest's numbers, each stage, what moved."""

from collections.abc import Iterable, Iterator

from governance.count.progress import EXCLUSION, FINAL
from governance.count.report import Count, Stage
from governance.report.moves import NOBODY, Moves
from governance.report.subject import Subject

NO_CHOICE = "no further choice"
"""Where votes are that no candidate has."""

MINUS = "\N{MINUS SIGN}"

ISOLATE, POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

OUT = "the candidate with the fewest votes was out, and those ballots went on to their next choice"

NAMES = {
    "scottish-stv": "Scottish STV",
    "meek-prf": "Meek STV",
    "wigm-prf": "weighted inclusive Gregory STV",
    "wigm-prf-batch": "weighted inclusive Gregory STV with batches",
    "ers97": "ERS97 STV",
    "irv": "instant-runoff voting",
}


def short(votes: str) -> str:
    """A number of votes without the zeros at its end."""
    return votes.rstrip("0").rstrip(".") if "." in votes else votes


def several(number: int, one: str, many: str) -> str:
    """A number and what it counts: 1 place, 3 places."""
    return f"{number} {one if number == 1 else many}"


def apart(name: str) -> str:
    """A name whose direction of writing does not mix with that of the words around it."""
    return f"{ISOLATE}{name}{POP}"


def listed(subject: Subject, candidates: Iterable[int]) -> str:
    """These candidates as words: A, B and C."""
    names = [apart(subject.names[candidate]) for candidate in candidates]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def called(rule_id: str) -> str:
    """What a rule is called, for readers of a result."""
    return NAMES.get(rule_id, rule_id)


def rule(subject: Subject) -> list[str]:
    """The rule in a few plain sentences, a paragraph each, with the numbers of this contest."""
    count = subject.count
    most = "as many as they liked" if subject.max_ranks is None else f"up to {subject.max_ranks}"
    were = "ballot was" if count.valid == 1 else "ballots were"
    places = several(count.seats, "place", "places")
    ranked = f"Each voter put candidates in order: a first choice, a second, and so on, {most}."
    said = [f"{ranked} {count.valid} {were} counted, to fill {places}.", *_law(count)]
    if subject.constrained:
        said.append(
            "Places were also kept or limited for some groups, as announced before the vote. "
            "So somebody with more votes may have been passed over."
        )
    said.append(f"This rule is called {called(count.rule)}; its name in the record is {count.rule}.")
    return said


def _law(count: Count) -> list[str]:
    first, last = (short(count.votes(stage.quota)) for stage in (count.stages[0], count.stages[-1]))
    if count.rule == "irv":
        numbers = f"{first} at first" + (f", {last} at the end" if last != first else "")
        return [
            f"To be elected, a candidate needed more than half of the ballots still in the count: {numbers}.",
            f"While nobody had that, {OUT}.",
        ]
    enough = (
        "more than half, so only one candidate can have that many"
        if count.seats == 1
        else f"{count.seats} candidates can have that many, but not {count.seats + 1}"
    )
    quota = f"To be elected, a candidate needed {first} votes: {enough}."
    if last != first:
        quota += f" As ballots ran out of choices, fewer votes were needed: {last} at the end."
    return [quota, _how(count.rule), "Once only as many candidates were left as places, they were elected."]


def _how(rule_id: str) -> str:
    """What sets this law apart from the others."""
    spare = "Whoever had more than that kept only what was needed."
    if rule_id == "meek-prf":
        return (
            f"{spare} The spare part of each of their ballots went on to its next choice, and this was worked out anew "
            f"in every round, as if those who were out had never stood. When nobody had votes to spare, {OUT}."
        )
    if rule_id == "ers97":
        return (
            f"{spare} The spare votes were taken from the ballots that arrived last, each of which went on to its next "
            "choice at a part of its value, cut to hundredths. Where they could change nothing yet, they waited. "
            "When nobody had votes to spare, the candidate with the fewest votes was out, or several together where "
            "that came to the same; those ballots went on to their next choices, the ones of highest value first."
        )
    if rule_id == "wigm-prf-batch":
        return (
            f"Candidates who could not catch up whatever happened were out together. {spare} The spare part of every "
            f"ballot went on to its next choice, cut to four places. When nobody had votes to spare, {OUT}."
        )
    places = "four" if rule_id == "wigm-prf" else "five"
    return (
        f"{spare} The spare part of every ballot went on to its next choice, cut to {places} places after the point. "
        f"When nobody had votes to spare, {OUT}."
    )


def stage(subject: Subject, at: Stage) -> str:
    """What happened in one stage, in one or two sentences."""
    said = [_action(subject, at)]
    for one in at.elected:
        votes = short(subject.count.votes(at.tallies[one]))
        said.append(f"{apart(subject.names[one])} is elected with {votes} {'vote' if votes == '1' else 'votes'}.")
    said += [_tie(subject, tie.among, tie.by) for tie in subject.count.ties if tie.stage == at.number]
    return " ".join(said)


def _action(subject: Subject, at: Stage) -> str:
    who = listed(subject, at.excluded or at.candidates)
    were = "were" if len(at.excluded or at.candidates) > 1 else "was"
    if at.number == 1:
        return "The first choices were counted."
    if at.action == EXCLUSION and not at.excluded:
        return f"Ballots of lower value went on from {who}, who {were} out."
    if at.action == EXCLUSION:
        return f"{who} {were} out; the ballots went on to their next choices."
    if at.action == FINAL:
        return "The last places were filled." + (f" {who} {were} out." if at.excluded else "")
    if at.action == "iteration":
        return "What the elected did not need went on to the next choices."
    return f"{who} had votes to spare; they went on to the next choices."


def _tie(subject: Subject, among: tuple[int, ...], by: str) -> str:
    decided = "The draw decided." if by == "lot" else f"Their votes in round {by.removeprefix('stage ')} decided."
    return f"{listed(subject, among)} had equally many votes. {decided}"


def moved(subject: Subject, moves: Moves) -> str:
    """Who lost and who gained in a stage: the drawing in words."""
    if not moves.lost:
        return "no votes moved"
    return f"{_accounts(subject, moves.lost, MINUS)} → {_accounts(subject, moves.gained, '+')}"


def _accounts(subject: Subject, accounts: tuple[tuple[int, int], ...], sign: str) -> str:
    return ", ".join(
        f"{apart(name(subject, one))} {sign}{short(subject.count.votes(units))}" for one, units in accounts
    )


def name(subject: Subject, one: int) -> str:
    """A candidate, or where the votes are that nobody has."""
    return NO_CHOICE if one == NOBODY else subject.names[one]


def figures(subject: Subject) -> Iterator[tuple[str, str]]:
    """What is told of the papers, a name and a figure each; nothing where they are too few."""
    papers = subject.papers
    if papers is None:
        return
    if papers.voters is not None:
        yield "People who could vote", str(papers.voters)
    yield "Ballots in the count", str(papers.ballots)
    if papers.turnout is not None:
        yield "Turnout", f"{papers.turnout} %"
    yield "Blank ballots", str(papers.blank)
    yield "Invalid ballots", str(papers.invalid)
    last = subject.count.stages[-1]
    yield "Votes with no further choice at the end", short(subject.count.votes(last.non_transferable))
    yield from lengths(subject)


def lengths(subject: Subject) -> Iterator[tuple[str, str]]:
    """How many candidates the ballots rank; nothing where they are too few."""
    for length, number in subject.papers.lengths.items() if subject.papers else ():
        yield f"Ballots that rank {several(length, 'candidate', 'candidates')}", str(number)
