"""The terms of nominations as members read them: one sentence each."""

from collections.abc import Iterator, Mapping

from governance.domain.draft import Contest, Draft
from governance.domain.eligibility.facts import shown
from governance.domain.terms import ELECTED, FILL, Terms


def told(terms: Terms) -> tuple[str, ...]:
    """Who nominates and seconds, what whoever stands gives, and what happens when few stand or few vote."""
    return (*_support(terms), *_own(terms), *_challenges(terms), *_outcomes(terms))


def contests(draft: Draft) -> tuple[str, ...]:
    """What is filled, with what caps; who wins one contest is passed over in which other."""
    titles = {one.id: one.title for one in draft.plan}
    return tuple(_contest(one, titles) for one in draft.plan)


def _contest(contest: Contest, titles: Mapping[str, str]) -> str:
    places = "1 place" if contest.seats == 1 else f"{contest.seats} places"
    caps = [f"at most {one.most} with the same {shown(one.attribute)}" for one in contest.caps]
    limits = [
        f"{_least(one.min)}at most {one.max} with {shown(one.attribute)} {one.value}" for one in contest.constraints
    ]
    won = " or ".join(f"“{titles[one]}”" for one in contest.after if one in titles)
    passed = [f"whoever wins in {won} is passed over here"] if won else []
    return f"{contest.title}: {'; '.join([places, *caps, *limits, *passed])}."


def _least(number: int) -> str:
    return f"at least {number} and " if number else ""


def _support(terms: Terms) -> Iterator[str]:
    who = " or ".join(["yourself"] * terms.by_self + ["somebody else"] * terms.by_others)
    yield f"You may nominate {who}." + (" Whoever is nominated by somebody else is asked first." * terms.by_others)
    if terms.seconders == 0:
        yield "No seconders are needed."
        return
    members = "1 member" if terms.seconders == 1 else f"{terms.seconders} members"
    yield f"A nomination is seconded by {members} or more, others than whoever nominates and whoever is nominated."
    for one in terms.independent:
        yield (
            f"Among them are at least {one.least} different values of “{shown(one.attribute)}”. "
            "Whoever has declared nothing there is not counted for this."
        )
    if terms.petition:
        yield f"Or {terms.petition} members support it, wherever they are from."


def _own(terms: Terms) -> Iterator[str]:
    yield f"One person may stand in {terms.contests} {'contest' if terms.contests == 1 else 'contests'} of this election."
    photo = " A photo may be given too; it is never needed." if terms.photo else ""
    yield f"Whoever stands may write a statement, of up to {terms.words} words in each language.{photo}"
    for one in terms.questions:
        seen = "The answer is shown with the candidate." if one.published else "The answer is not published."
        yield f"Whoever stands answers: “{one.text}” {seen}"


def _challenges(terms: Terms) -> Iterator[str]:
    yield (
        f"Whether a nomination is admitted can be challenged for {terms.window} days at least: nominee and nominator can "
        "appeal where it is not, other members can object where it is."
    )
    hours = "1 hour" if terms.hearing == 1 else f"{terms.hearing} hours"
    yield (
        f"Whoever a challenge is about can answer it. Without their answer, nobody decides earlier than {hours} after it "
        "was made."
    )


def _outcomes(terms: Terms) -> Iterator[str]:
    confirm = "members confirm each of them by a vote, with yes or “re-open nominations”"
    if terms.unopposed == ELECTED:
        yield "Where as many stand as there are places, they are elected without a vote."
        yield f"If nothing at all would be left to vote on, {confirm}: so there is a record that everybody can check."
    else:
        yield f"Where as many stand as there are places, {confirm}."
    if terms.fewer == FILL:
        yield "Where fewer stand, it is the same, and the other places stay vacant."
    else:
        yield "Where fewer stand, nominations go on for longer."
    if terms.quorum:
        yield f"A contest is counted only if at least {terms.quorum} percent of those who may vote in it do."
