"""What keeps a draft from becoming an election: each reason is one plain sentence."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from governance.board.checkpoint import WITNESS, read_key
from governance.board.setup import MAX_SEATS, MAX_TRUSTEES, MIN_BALLOTS, MIN_TRUSTEES
from governance.board.tally import MAX_COUNT
from governance.count.rules import RULES
from governance.crypto import ranking
from governance.domain import calendar as dates
from governance.domain import reserved, terms
from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Contest, Draft
from governance.domain.names import alike, printable
from governance.errors import MalformedError

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
SMALL = 20
"""Results of fewer voters than this can show how somebody voted."""
_LONGEST = timedelta(days=366)
_MOST_WITNESSES = 16
_MAX_TEXT = 500
_STAGE, _TALLY = 250, 36


def problems(draft: Draft) -> tuple[str, ...]:
    """Why this draft cannot be an election yet; empty if it can."""
    return (
        *_whole(draft),
        *problems_of_calendar(draft.calendar, draft.nominations.window),
        *_nominations(draft),
        *_officials(draft),
        *_witnesses(draft),
        *_contests(draft),
    )


def problems_of(draft: Draft, contest: str) -> tuple[str, ...]:
    """Why a contest of a draft cannot be held as it stands; empty if it can."""
    earlier: dict[str, Contest] = {}
    for one in draft.contests:
        if one.id == contest:
            return tuple(_contest(one, earlier))
        earlier[one.id] = one
    return ()


def warnings(draft: Draft) -> tuple[str, ...]:
    """What is allowed, and should be meant: the officer is asked."""
    return tuple(_warnings(draft))


def _whole(draft: Draft) -> Iterator[str]:
    if not 0 < len(draft.title.strip()) <= _MAX_TEXT:
        yield "The election needs a title."
    elif not printable(draft.title.strip()):
        yield "The title has signs in it that cannot be shown."
    if not draft.contests:
        yield "There is no contest yet."


def problems_of_calendar(calendar: Calendar, window: int = terms.LEAST_WINDOW) -> tuple[str, ...]:
    """Why a calendar is impossible; empty if it is not.

    Args:
        calendar: What is planned.
        window: Days that objections to nominations last at least.
    """
    least = {**dates.LEAST, Period.OBJECTIONS: timedelta(days=window)}
    return (*_calendar(calendar), *dates.problems(calendar, least))


def _calendar(calendar: Calendar) -> Iterator[str]:
    if not calendar.cutoff < calendar.opens:
        yield "Membership has to be cut off before voting opens."
    if not calendar.opens < calendar.closes:
        yield "Voting has to open before it closes."
    elif calendar.closes - calendar.opens > _LONGEST:
        yield "Voting would last longer than a year."
    if not calendar.closes < calendar.appeals:
        yield "The time for appeals has to end after voting closes."


def _nominations(draft: Draft) -> Iterator[str]:
    """Their terms, where they are dated; a quorum and caps hold in any case."""
    if dates.find(draft.calendar, Period.NOMINATIONS):
        yield from terms.problems(draft.nominations)
        yield from confirming_problems(draft)
    else:
        yield from terms.quorum_problems(draft.nominations)
    yield from problems_of_caps(draft)


def problems_of_caps(draft: Draft) -> Iterator[str]:
    """Why the caps of contests cannot hold."""
    for contest in draft.plan:
        names = [one.attribute.strip() for one in contest.caps]
        if not all(names) or len(set(names)) < len(names):
            yield f"{contest.title}: each cap needs to say what it is about, and there is one for each."
        if any(not 1 <= one.most <= reserved.MOST for one in contest.caps):
            yield f"{contest.title}: a cap lets one be elected at least."


def confirming_problems(draft: Draft) -> Iterator[str]:
    """Who is confirmed one by one can be refused, which could break a guarantee."""
    if draft.nominations.unopposed == terms.CONFIRM:
        for contest in draft.plan:
            if any(one.min for one in contest.constraints) and not any(one.reopen for one in contest.candidates):
                yield (
                    f"{contest.title}: a limit here guarantees places, which a confirming vote could not keep. Let those "
                    "who are unopposed be elected without a vote, or take the guarantee away."
                )


def _officials(draft: Draft) -> Iterator[str]:
    n = len(draft.trustees)
    if not MIN_TRUSTEES <= n <= MAX_TRUSTEES:
        yield f"There are {n} trustees; {MIN_TRUSTEES} to {MAX_TRUSTEES} are needed."
    elif not n < 2 * draft.threshold <= 2 * n:
        yield f"Of {n} trustees, {n // 2 + 1} to {n} may be needed to open the votes, not {draft.threshold}."
    if len(set(draft.trustees)) < n:
        yield "Somebody is a trustee twice."
    if not draft.registrar:
        yield "There is no registrar yet."
    if draft.registrar in draft.trustees:
        yield "The registrar cannot be a trustee as well."
    officials = {*draft.trustees, draft.registrar} - {""}
    for name in sorted({one.name for one in draft.standing if one.member in officials}):
        yield f"{name} cannot stand and be an official of the same election."


def _witnesses(draft: Draft) -> Iterator[str]:
    keys = []
    for number, text in enumerate(draft.witnesses, 1):
        try:
            keys.append(read_key(text, WITNESS))
        except MalformedError:
            yield f"Witness {number}: this is not a key as `governance-witness key` prints it."
    if len(draft.witnesses) > _MOST_WITNESSES:
        yield f"There are more than {_MOST_WITNESSES} witnesses."
    if len({key.name for key in keys}) < len(keys) or len({key.key for key in keys}) < len(keys):
        yield "Two witnesses have the same name or the same key."
    if not min(1, len(draft.witnesses)) <= draft.quorum <= len(draft.witnesses):
        yield f"Of {len(draft.witnesses)} witnesses, {draft.quorum} cannot be needed."


def _contests(draft: Draft) -> Iterator[str]:
    earlier: dict[str, Contest] = {}
    # Until the list of candidates is adopted, and it has to be before the roll is frozen, nobody is expected to stand.
    awaited = dates.find(draft.calendar, Period.NOMINATIONS) is not None and not draft.planned
    for contest in draft.contests:
        name = contest.title or contest.id
        if not ID.fullmatch(contest.id) or contest.id in earlier:
            yield f"{name}: its id must be its own, of 1 to 64 letters, digits, hyphens and underscores."
        yield from (f"{name}: {problem}" for problem in _contest(contest, earlier))
        if not awaited and all(candidate.reopen for candidate in contest.candidates):
            yield f"{name}: nobody stands yet."
        earlier[contest.id] = contest
    yield from _people(draft)


def _title(title: str) -> Iterator[str]:
    if not 0 < len(title) <= _MAX_TEXT:
        yield "it needs a title."
    elif not printable(title):
        yield "its title has signs in it that cannot be shown."


def _contest(contest: Contest, earlier: dict[str, Contest]) -> Iterator[str]:
    n = len(contest.candidates)
    yield from _title(contest.title.strip())
    if not 1 <= contest.seats <= MAX_SEATS:
        yield f"it must fill 1 to {MAX_SEATS} seats."
    if contest.rule not in RULES:
        yield f"the rule {contest.rule} is not offered."
    if contest.rule == "irv" and contest.seats != 1:
        yield "this rule fills one seat."
    if contest.min_ballots < MIN_BALLOTS:
        yield "results of fewer than two ballots are never opened."
    if any(not values for values in contest.electorate.values()):
        yield "its electorate names an attribute without a value."
    yield from _candidates(contest)
    if n and not 0 <= contest.max_ranks <= n:
        yield f"with {n} candidates, at most {n} can be ranked."
    elif n and not ranking.fits(n, contest.limit):
        most = next((k for k in range(n, 0, -1) if ranking.fits(n, k)), 0)
        yield f"with {n} candidates, a ballot can rank at most {most} of them; {contest.limit} are allowed."
    unknown = [one for one in contest.after if one not in earlier]
    if unknown or len(set(contest.after)) < len(contest.after):
        yield "it can only be counted after contests that stand before it in the list, each named once."
    else:
        yield from reserved.problems(contest, [earlier[one] for one in contest.after])


def _largest_count(contest: Contest) -> int:
    """Bytes that its count object may have at most: the stages of docs/counting.md 8.4 (A8), each as long as can be."""
    n, seats = len(contest.candidates), min(contest.seats, MAX_SEATS)
    stages = 1 + seats + n * (seats + 1) if contest.rule == "ers97" else 1 + n
    # A candidate stands in a stage with a tally (at most 22 digits and points) and in at most three of its lists.
    return stages * (_STAGE + sum(4 * len(candidate.id) + _TALLY for candidate in contest.candidates))


def _candidates(contest: Contest) -> Iterator[str]:
    ids = [candidate.id for candidate in contest.candidates]
    if _largest_count(contest) > MAX_COUNT:
        yield "its count could become larger than a record may hold: fewer candidates, or another rule."
    if sum(candidate.reopen for candidate in contest.candidates) > 1:
        yield "“re-open nominations” can stand only once."
    if len(set(ids)) < len(ids) or not all(map(ID.fullmatch, ids)):
        yield "each candidate needs an id of their own, of 1 to 64 letters, digits, hyphens and underscores."
    for candidate in contest.candidates:
        if not 0 < len(candidate.name.strip()) <= _MAX_TEXT:
            yield f"candidate {candidate.id} needs a name."
        elif not printable(candidate.name):
            yield f"candidate {candidate.id} has a letter in their name that cannot be shown (a control or direction mark)."
    for name, number in Counter(alike(candidate.name) for candidate in contest.candidates).items():
        if number > 1:
            yield f"two candidates are called {name}: add what tells them apart."


def _people(draft: Draft) -> Iterator[str]:
    """One person has one id in all contests, and an id is one person's; a reopen id stands once."""
    ids: dict[str, str] = {}
    names: dict[str, tuple[str, str]] = {}
    for contest in draft.contests:
        for one in contest.candidates:
            if one.reopen and one.id in names:
                yield f"“{one.name}” needs another id in each contest."
            if one.member and ids.setdefault(one.member, one.id) != one.id:
                yield f"{one.name} stands under two ids; one person has one in all contests."
            who = (one.name, one.member)
            if not one.reopen and names.setdefault(one.id, who) != who:
                yield f"{one.name} and {names[one.id][0]} stand under one id; they need two."
            names.setdefault(one.id, who)


def _warnings(draft: Draft) -> Iterator[str]:
    if draft.trustees and draft.threshold == len(draft.trustees):
        yield "If one trustee's key is lost, nothing can be opened: all trustees would be needed."
    for contest in draft.contests:
        standing = sum(not candidate.reopen for candidate in contest.candidates)
        if 0 < standing <= contest.seats and standing == len(contest.candidates):
            yield f"{contest.title}: everybody who stands will be elected; {standing} for {contest.seats} seats."
        if contest.min_ballots < SMALL:
            yield f"{contest.title}: a result of {contest.min_ballots} ballots may show how somebody voted."
    yield from _twice(draft)
    yield from _may_stand_twice(draft)


_DECLINES = (
    "Whoever is elected in both has to decline one seat, which is vacant then. To prevent that, tick “Counted after” on "
    "the page of the later contest."
)


def _twice(draft: Draft) -> Iterator[str]:
    """Who stands in two contests of which neither is counted after the other."""
    lists = [(one.title, one.candidates, one.id, one.after) for one in draft.contests]
    lists += [(one.title, one.candidates, one.contest, ()) for one in draft.unopposed]
    for (title, candidates, contest, _), (other, others, _, after) in combinations(lists, 2):
        here = {one.id for one in candidates if not one.reopen}
        both = [one.name for one in others if one.id in here] if contest not in after else []
        if both:
            stand = "stands" if len(both) == 1 else "stand"
            yield (
                f"{', '.join(both)} {stand} in “{title}” and in “{other}”, and the second is not counted after the first. "
                f"{_DECLINES}"
            )


def _may_stand_twice(draft: Draft) -> Iterator[str]:
    """Whoever is nominated may stand in such contests; once the list is adopted, it is known who does."""
    awaited = dates.find(draft.calendar, Period.NOMINATIONS) is not None and not draft.planned
    loose = [(a.title, b.title) for a, b in combinations(draft.contests, 2) if a.id not in b.after]
    if awaited and draft.nominations.contests > 1 and loose:
        titles = dict.fromkeys(title for pair in loose for title in pair)
        yield (
            f"One person may stand in {draft.nominations.contests} contests, and of these not each is counted after those "
            f"before it: {', '.join(f'“{one}”' for one in titles)}. {_DECLINES}"
        )
