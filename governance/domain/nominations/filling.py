"""The limits of a contest, filled with those of whom they speak; caps become limits (docs/nominations.md, section 4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from governance.domain.draft import Candidate, Cap, Constraint, Contest, Draft
from governance.domain.eligibility.facts import shown


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who was admitted to a contest.

    Attributes:
        contest: Its id, as planned.
        candidate: The same in all contests of one person.
        values: What the members' list says of them today, by attribute; empty where nothing was declared.
    """

    contest: str
    candidate: Candidate
    values: Mapping[str, str] = field(default_factory=dict)

    def value(self, attribute: str) -> str:
        """Without what nobody sees."""
        return self.values.get(attribute, "").strip()

    def has(self, attribute: str, value: str) -> bool:
        """Whether this is somebody of whom a limit speaks."""
        return self.value(attribute).casefold() == value.strip().casefold() != ""


def attributes(draft: Draft) -> frozenset[str]:
    """The attributes whose values `adopt` looks at."""
    limits = {one.attribute for contest in draft.plan for one in contest.constraints}
    return frozenset(limits | {one.attribute for contest in draft.plan for one in contest.caps})


def listed(draft: Draft, contest: str) -> tuple[str, ...]:
    """The attributes by which the record may list whoever stands in a contest: of its limits and of those counted after it."""
    about = [one for one in draft.plan if one.id == contest or contest in one.after]
    asked = {limit.attribute for one in about for limit in one.constraints}
    return tuple(sorted(asked | {cap.attribute for one in about for cap in one.caps}))


def silent(contest: Contest, standing: Sequence[Admitted]) -> Iterator[str]:
    """Of whom no limit can speak, because the members' list says nothing; for the officer."""
    asked = {one.attribute for one in contest.constraints} | {one.attribute for one in contest.caps}
    for attribute in sorted(asked):
        names = [one.candidate.name for one in standing if not one.value(attribute)]
        if names:
            yield (
                f"{contest.title}: the members' list does not say the {shown(attribute)} of {', '.join(names)}; "
                "the limits about it do not count them."
            )


def limits(
    contest: Contest, standing: Sequence[Admitted], earlier: Sequence[Admitted], elected: Sequence[Admitted]
) -> Iterator[Constraint]:
    """The limits of a contest, those first that were entered by hand.

    Args:
        contest: As planned.
        standing: Who stands in it.
        earlier: Who stands in contests that are counted before it; one person can be there twice, and here.
        elected: Who is elected without a vote in such contests.
    """
    everybody = list({one.candidate.id: one for one in (*standing, *earlier)}.values())
    caps = {cap.attribute: cap.most for cap in contest.caps}
    said = set[tuple[str, str]]()
    for one in contest.constraints:
        said.add((one.attribute, one.value.strip().casefold()))
        # A cap makes a limit narrower, where it can.
        most = max(one.min, min(one.max, caps.get(one.attribute, one.max)))
        yield replace(_filled(one, everybody, elected), max=most)
    for cap in contest.caps:
        for value in _shared(cap, standing, everybody, elected):
            if (cap.attribute, value.casefold()) not in said:
                made = _filled(Constraint(cap.attribute, value, 0, cap.most, ()), everybody, elected)
                yield replace(made, max=max(made.max, made.seated))  # who is elected already stays so


def _filled(limit: Constraint, people: Sequence[Admitted], elected: Sequence[Admitted]) -> Constraint:
    """A limit with those of whom it speaks."""
    named = tuple(one.candidate.id for one in people if one.has(limit.attribute, limit.value))
    seated = limit.seated + sum(one.has(limit.attribute, limit.value) for one in elected)
    return replace(limit, candidates=named, seated=seated)


def _shared(
    cap: Cap, standing: Sequence[Admitted], everybody: Sequence[Admitted], elected: Sequence[Admitted]
) -> Iterator[str]:
    """The values of a cap that two or more have, one of them a candidate here; as the first of them writes it."""
    asked = {one.value(cap.attribute).casefold(): one.value(cap.attribute) for one in reversed(standing)}
    for key in sorted(asked):
        if key and sum(one.has(cap.attribute, key) for one in (*everybody, *elected)) > 1:
            yield asked[key]
