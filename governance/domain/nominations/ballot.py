"""From those who were admitted to the contests on the ballot (docs/nominations.md, section 4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from governance.crypto import ranking
from governance.domain import feasible, reserved
from governance.domain.draft import Candidate, Constraint, Contest, Draft, Unopposed
from governance.domain.nominations import filling
from governance.domain.nominations.filling import Admitted
from governance.domain.terms import CONFIRM, EXTEND, FILL
from governance.errors import RuleError

REOPEN = "Re-open nominations"
_LONGEST_ID, _LONGEST_TITLE, _DIGITS = 64, 500, 8


@dataclass(frozen=True, slots=True)
class Adopted:
    """What becomes of a draft.

    Attributes:
        vacant: (title of a contest, how many of its places stay empty).
        told: What the officer should know, in sentences: among it, why a contest cannot be held as it stands.
    """

    draft: Draft
    unopposed: tuple[Unopposed, ...]
    vacant: tuple[tuple[str, int], ...]
    told: tuple[str, ...]


def taken_off(draft: Draft) -> Draft:
    """The draft as it was before the list was adopted."""
    return replace(draft, contests=draft.plan, unopposed=(), planned=())


def adopt(draft: Draft, admitted: Iterable[Admitted]) -> Adopted:
    """Put those who were admitted on the ballot. It begins from the contests as planned: doing it again changes nothing.

    Args:
        draft: Adopted before, or not.
        admitted: In any order.

    Raises:
        RuleError: The list cannot be adopted; the text says what to do.
    """
    people = sorted(admitted, key=lambda one: (one.candidate.name.casefold(), one.candidate.id))
    _check(draft, people)
    ballot = _Ballot(draft, people, confirm=draft.nominations.unopposed == CONFIRM)
    if not ballot.contests:
        ballot = _confirming(draft, people)
    made = replace(draft, contests=tuple(ballot.contests), unopposed=tuple(ballot.unopposed), planned=draft.plan)
    wrong = (f"{one.title}: {why}" for one in made.contests for why in feasible.problems_of(made, one.id))
    vacant = tuple((one.title, one.vacant) for one in made.unopposed if one.vacant)
    return Adopted(made, made.unopposed, vacant, (*_by_hand(draft), *ballot.told, *wrong))


def _by_hand(draft: Draft) -> Iterator[str]:
    for one in draft.plan:
        names = [candidate.name for candidate in one.candidates if not candidate.reopen]
        if names:
            yield f"{one.title}: not on the list, since they were entered by hand and not nominated: {', '.join(names)}."


def so_far(draft: Draft, people: Iterable[Admitted]) -> tuple[str, ...]:
    """What those who stand so far cannot fulfil, while others can still be nominated: too few, or limits; in sentences."""
    standing = sorted(people, key=lambda one: (one.candidate.name.casefold(), one.candidate.id))
    loose = replace(draft, nominations=replace(draft.nominations, fewer=FILL))
    ballot = _Ballot(loose, standing, confirm=False, always=True)
    numbers = {one.id: sum(other.contest == one.id for other in standing) for one in draft.plan}
    short = [
        f"{one.title}: {_stand(numbers[one.id])} so far, for {_places(one.seats)}."
        for one in draft.plan
        if numbers[one.id] < one.seats
    ]
    by_id = {one.id: one for one in ballot.contests}
    limits = [
        f"{one.title}: {why}"
        for one in ballot.contests
        for why in reserved.problems(one, [by_id[name] for name in one.after])
    ]
    return (*short, *limits)


def _check(draft: Draft, people: Sequence[Admitted]) -> None:
    known, seen = {one.id for one in draft.plan}, set[tuple[str, str]]()
    for one in people:
        key = (one.contest, one.candidate.id)
        if one.contest not in known or one.candidate.reopen or key in seen:
            msg = f"{one.candidate.name} was admitted twice to one contest, or to one that is not there."
            raise RuleError(msg)
        seen.add(key)
    if draft.nominations.fewer == EXTEND:
        numbers = {one.id: sum(other.contest == one.id for other in people) for one in draft.plan}
        _extend([(one, numbers[one.id]) for one in draft.plan if numbers[one.id] < one.seats])


def _extend(short: Sequence[tuple[Contest, int]]) -> None:
    """Refuse where too few stand."""
    if short:
        told = "; ".join(f"{one.title}: {number} for {_places(one.seats)}" for one, number in short)
        msg = (
            f"Too few stand ({told}). Nominations have to go on: change the calendar, which takes a reason and a "
            "second person."
        )
        raise RuleError(msg)


def _confirming(draft: Draft, people: Sequence[Admitted]) -> "_Ballot":
    """Where nothing is left to vote on: everybody is confirmed by a vote, so that there is a record to be checked."""
    ballot = _Ballot(draft, people, confirm=True, must=False)
    if not ballot.contests:
        msg = (
            "Nothing would be left to vote on, so there would be no record that everybody can check. Nominations have "
            "to go on: change the calendar, which takes a reason and a second person."
        )
        raise RuleError(msg)
    ballot.told.insert(
        0,
        "In every contest as many stand as there are places, or fewer, so nothing would be left to vote on. "
        "Therefore members confirm each of them, with yes or “re-open nominations”.",
    )
    return ballot


class _Ballot:
    """The contests in their order: each is voted on, divided into confirming votes, or leaves the ballot.

    Attributes:
        contests: What is voted on.
        told: For the officer.
    """

    def __init__(
        self, draft: Draft, people: Sequence[Admitted], *, confirm: bool, must: bool = True, always: bool = False
    ) -> None:
        """Go through all contests.

        Args:
            draft: With the plan and the terms.
            people: In the order of their names.
            confirm: Whether who is unopposed is confirmed by a vote.
            must: Whether the terms ask for that: else a contest of which it could not be kept is not voted on.
            always: Vote in every contest, however many stand.
        """
        self._always = always
        self.contests: list[Contest] = []
        self.unopposed: list[Unopposed] = []
        self.told: list[str] = []
        self._confirm, self._must, self._extends = confirm, must, draft.nominations.fewer == EXTEND
        self._became: dict[str, list[Contest]] = {}
        self._standing: dict[str, list[Admitted]] = {}
        self._elected: dict[str, list[Admitted]] = {}
        self._ids = {one.id for one in draft.plan}
        self._candidates = {one.candidate.id for one in people} | {
            one.id for contest in draft.plan for one in contest.candidates if one.reopen
        }
        for contest in draft.plan:
            self._take(contest, [one for one in people if one.contest == contest.id])

    def _take(self, contest: Contest, people: Sequence[Admitted]) -> None:
        standing = list(self._without_elected(contest, people))
        if len(standing) < contest.seats and self._extends:
            _extend([(contest, len(standing))])
        reopen = tuple(one for one in contest.candidates if one.reopen)
        self._standing[contest.id], self._elected[contest.id], self._became[contest.id] = standing, [], []
        limits = self._limits(contest, standing)
        contested = self._always or len(standing) > contest.seats or bool(reopen and standing)
        contested = contested or self._has_to_vote(contest, limits)
        if contested:
            self._vote(contest, limits, reopen)
        elif standing and self._confirm and self._can_confirm(contest, limits):
            self._divide(contest)
        else:
            self._elect(contest)

    def _without_elected(self, contest: Contest, people: Sequence[Admitted]) -> Iterator[Admitted]:
        elsewhere = {one.candidate.id: there for there, elected in self._elected.items() for one in elected}
        titles = {one.contest: one.title for one in self.unopposed}
        for one in people:
            if there := elsewhere.get(one.candidate.id):
                name = one.candidate.name
                self.told.append(
                    f"{contest.title}: {name} does not stand here, being elected without a vote ({titles[there]})."
                )
            else:
                yield one

    # -- what becomes of a contest --

    def _vote(self, contest: Contest, limits: tuple[Constraint, ...], reopen: tuple[Candidate, ...]) -> None:
        candidates = (*(one.candidate for one in self._standing[contest.id]), *reopen)
        made = replace(
            contest,
            candidates=candidates,
            max_ranks=_ranks(contest.max_ranks, len(candidates)),
            constraints=limits,
            after=self._after(contest),
        )
        self.contests.append(made)
        self._became[contest.id] = [made]

    def _divide(self, contest: Contest) -> None:
        """One contest for each: yes, or “re-open nominations”."""
        for one in self._standing[contest.id]:
            name = _unique(f"{contest.id}-{one.candidate.id}", self._ids)
            reopen = Candidate(_unique(f"reopen-{name}", self._candidates), REOPEN, reopen=True)
            made = replace(
                contest,
                id=name,
                title=f"{contest.title}: {one.candidate.name}"[:_LONGEST_TITLE],
                seats=1,
                candidates=(one.candidate, reopen),
                max_ranks=1,
                constraints=(),
                caps=(),
                after=self._after(contest),
                of=contest.id,
            )
            self.contests.append(made)
            self._became[contest.id].append(made)
        self._vacancies(contest, ())

    def _elect(self, contest: Contest) -> None:
        elected = self._standing[contest.id]
        self._elected[contest.id] = elected
        self._vacancies(contest, tuple(one.candidate for one in elected))

    def _vacancies(self, contest: Contest, elected: tuple[Candidate, ...]) -> None:
        """Keep an outcome without a vote; of what is confirmed, the places that stay empty whatever the vote says."""
        seats = contest.seats - sum(one.seats for one in self._became[contest.id])
        if seats:
            self.unopposed.append(Unopposed(contest.id, contest.title, seats, elected))

    def _after(self, contest: Contest) -> tuple[str, ...]:
        return tuple(made.id for one in contest.after for made in self._became.get(one, ()))

    # -- whether it can do without a vote --

    def _has_to_vote(self, contest: Contest, limits: Sequence[Constraint]) -> bool:
        """Where it is not certain that all who stand can be elected; the officer is told."""
        own = {one.candidate.id: one.candidate.name for one in self._standing[contest.id]}
        before = [made for one in contest.after for made in self._became.get(one, ())]
        earlier = {one.id for made in before for one in made.candidates if not one.reopen}
        twice = [] if self._confirm else [name for one, name in own.items() if one in earlier]
        if twice:
            self.told.append(
                f"{contest.title}: as many stand as there are places, or fewer, and {', '.join(twice)} may be elected "
                "before, in another contest. So it is voted on."
            )
            return True
        spare = sum(made.seats for made in before)
        for one in limits if own else ():
            here = sum(who in own for who in one.candidates)
            there = min(sum(who in earlier for who in one.candidates), spare)
            if not one.min <= one.seated + here + there <= one.max:
                self.told.append(
                    f"{contest.title}: as many stand as there are places, or fewer, and the limit for {one.attribute} = "
                    f"{one.value} may not hold if all of them are elected. So it is voted on."
                )
                return True
        return False

    def _can_confirm(self, contest: Contest, limits: Sequence[Constraint]) -> bool:
        guaranteed = any(one.min for one in limits)
        if guaranteed and self._must:
            msg = (
                f"{contest.title}: as many stand as there are places, or fewer. They cannot be confirmed one by one, "
                "because a limit here guarantees places: who is not confirmed could break it. Let nominations go on, or "
                "take the guarantee away."
            )
            raise RuleError(msg)
        return not guaranteed

    # -- limits --

    def _limits(self, contest: Contest, standing: Sequence[Admitted]) -> tuple[Constraint, ...]:
        before = [name for name in contest.after if self._became.get(name)]
        earlier = [one for name in before for one in self._standing[name]]
        elected = [one for name in contest.after for one in self._elected.get(name, ())]
        self.told += filling.silent(contest, standing)
        return tuple(filling.limits(contest, standing, earlier, elected))


def _ranks(wanted: int, candidates: int) -> int:
    """How many may be ranked, as wanted or as many as can be; 0, all that fit, stays."""
    return next((k for k in range(min(wanted, candidates), 0, -1) if ranking.fits(candidates, k)), 0)


def _unique(name: str, taken: set[str]) -> str:
    """An id that is short enough, and nobody else's."""
    made, number = _short(name), 1
    while made in taken:
        number += 1
        made = _short(f"{name}-{number}")
    taken.add(made)
    return made


def _short(name: str) -> str:
    if len(name) <= _LONGEST_ID:
        return name
    return f"{name[: _LONGEST_ID - _DIGITS - 1]}-{sha256(name.encode()).hexdigest()[:_DIGITS]}"


def _stand(number: int) -> str:
    return "1 stands" if number == 1 else f"{number} stand"


def _places(number: int) -> str:
    return "1 place" if number == 1 else f"{number} places"
