"""A ranking as a voter writes it: a plain text file, or numbers that are typed.

A file is UTF-8, with or without a byte order mark, its lines ended in any way. `[ID]` begins a contest; then comes one
candidate a line, the first preference first: the id, and after it the name, if one wants to see whom one ranks. A contest
in which nobody is ranked says `(blank)`, so that what was left out by mistake is no vote. Lines that begin with # are
for the voter.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from governance.board import entries as e
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.asking import shown
from governance.offline.words import line, several

MAX_SIZE = 2**20
BLANK = "(blank)"
_ENDS = re.compile(r"\r\n|\r|\n")
_HEADING = re.compile(r"\[\s*([^\[\]\s]+)\s*\]")
_WHOLE = 2**32

Ranking = tuple[int, ...]
"""Candidates' numbers, first preference first; () is a blank vote."""
Withdrawn = Mapping[str, Collection[str]]
"""By contest, the ids of those who withdrew."""

_TOP = """# Election: {title} ({election})
# Rank as many as you like, the first preference first: take away the # before those whom you rank, and put the lines
# into your order. Nobody is ranked as long as the # stands. For a blank vote take away the # before {blank}.
# Contests in which you do not vote can stay as they are.
"""


def template(manifest: e.Manifest, withdrawn: Withdrawn) -> str:
    """A file to fill in: nobody is ranked in it."""
    parts = [_TOP.format(title=line(manifest.title), election=manifest.election, blank=BLANK)]
    for contest in manifest.contests:
        parts += [f"\n# {line(contest.title)}: {allowed(contest)}\n[{contest.id}]\n"]
        for one in contest.candidates:
            note = "\n#    (has withdrawn)" if one.id in withdrawn.get(contest.id, ()) else ""
            parts.append(f"# {one.id}  {line(one.name)}{note}\n")
        parts.append(f"# {BLANK}\n")
    return "".join(parts)


def allowed(contest: e.Contest) -> str:
    """How many may be ranked."""
    return f"up to {several(contest.max_ranks, 'preference', 'preferences')} of {len(contest.candidates)}"


def told(contest: e.Contest, ranking: Sequence[int], withdrawn: Withdrawn) -> Iterator[str]:
    """A ranking as the voter is asked whether it is theirs."""
    yield f"{line(contest.title)} ({contest.id})"
    for place, number in enumerate(ranking, 1):
        yield f"  {place}. {_named(contest, number, withdrawn)}"
    if not ranking:
        yield "  A blank vote: nobody is ranked. It is counted as a blank vote."


def _named(contest: e.Contest, number: int, withdrawn: Withdrawn) -> str:
    one = contest.candidates[number]
    note = ": re-opens nominations" if one.reopen else ""
    note += " (has withdrawn: passed over in the count)" if one.id in withdrawn.get(contest.id, ()) else ""
    return f"{line(one.name)} ({one.id}){note}"


# ---- from a file -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Vote:
    """What a file says of one contest so far."""

    contest: e.Contest
    ranking: list[int]
    blank: bool = False


def read(path: Path, contests: Sequence[e.Contest], mine: Collection[str]) -> dict[str, Ranking]:
    """The ranking of each of the voter's contests.

    Args:
        path: The file.
        contests: All of the election.
        mine: The ids of those in which the voter votes.

    Raises:
        MalformedError: What is wrong, in which line.
    """
    known = {contest.id: contest for contest in contests}
    votes: dict[str, _Vote] = {}
    current: _Vote | None = None
    for number, text in _lines(path):
        try:
            heading = _HEADING.fullmatch(text)
            if heading:
                current = _begin(heading[1], known, votes)
            else:
                _add(current, text, mine)
        except MalformedError as error:
            msg = f"{path.name}, line {number}: {error}"
            raise MalformedError(msg) from None
    for name in mine:
        vote = votes.get(name)
        if vote is None or not (vote.ranking or vote.blank):
            msg = (
                f"{path.name}: nothing is said of {_title(known[name])}: rank somebody below [{name}], or write {BLANK}"
            )
            raise MalformedError(msg)
    return {name: tuple(votes[name].ranking) for name in mine}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    data = files.read(path, MAX_SIZE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        msg = f"{path.name} is not plain text in UTF-8: save it as that (in the editor: “Save as”, encoding UTF-8)"
        raise MalformedError(msg)
    for number, one in enumerate(_ENDS.split(text), 1):
        if one.strip() and not one.lstrip().startswith("#"):
            yield number, one.strip()


def _begin(name: str, known: Mapping[str, e.Contest], votes: dict[str, _Vote]) -> _Vote:
    if name not in known:
        msg = f"there is no contest {shown(name)[:80]} (there is {', '.join(known)})"
        raise MalformedError(msg)
    if name in votes:
        msg = f"the contest {name} stands twice"
        raise MalformedError(msg)
    return votes.setdefault(name, _Vote(known[name], []))


def _add(vote: _Vote | None, text: str, mine: Collection[str]) -> None:
    if vote is None:
        msg = "say first which contest it is: its short name in brackets, like [board]"
        raise MalformedError(msg)
    contest = vote.contest
    if contest.id not in mine:
        msg = f"with this code you do not vote in {_title(contest)}"
        raise MalformedError(msg)
    if text.lower() == BLANK or vote.blank:
        if vote.ranking or vote.blank:
            msg = f"a vote is either {BLANK} or ranks somebody, once"
            raise MalformedError(msg)
        vote.blank = True
        return
    vote.ranking.append(_number(contest, text))
    _check(contest, vote.ranking)


def _number(contest: e.Contest, text: str) -> int:
    """Whom a line means."""
    name, *rest = text.split(None, 1)
    for number, one in enumerate(contest.candidates):
        if one.id == name:
            if rest and _same(" ".join(rest[0].split())) != _same(line(one.name)):
                msg = f"{name} is {line(one.name)}, and the line has another name: which is right?"
                raise MalformedError(msg)
            return number
    msg = f"nobody with the short name {shown(name)[:80]} stands in {_title(contest)}; `show` lists who does"
    raise MalformedError(msg)


def _same(name: str) -> str:
    """A name as it is compared: some editors save the same letters in another way."""
    return unicodedata.normalize("NFC", name)


def _check(contest: e.Contest, ranking: Sequence[int]) -> None:
    """Look at the name that was added last.

    Raises:
        MalformedError: It stands twice, or is one too many.
    """
    last = contest.candidates[ranking[-1]]
    if ranking[-1] in ranking[:-1]:
        msg = f"{line(last.name)} ({last.id}) is ranked twice"
        raise MalformedError(msg)
    if len(ranking) > contest.max_ranks:
        msg = f"{_title(contest)} allows {allowed(contest)}: {line(last.name)} ({last.id}) is one too many"
        raise MalformedError(msg)


def _title(contest: e.Contest) -> str:
    return f"“{line(contest.title)}”"


# ---- by numbers ------------------------------------------------------------------------------------------------------


def order(ctx: bytes, code: str, contest: e.Contest) -> list[int]:
    """The candidates in the order in which the booth lists them: another for each voter; re-opening stays last."""
    people = [number for number, one in enumerate(contest.candidates) if not one.reopen]
    seed = sha256(b"governance booth order" + ctx + code.encode() + contest.id.encode()).digest()
    drawn = _draws(seed)
    for last in range(len(people) - 1, 0, -1):
        whole = _WHOLE - _WHOLE % (last + 1)
        other = next(value for value in drawn if value < whole) % (last + 1)
        people[last], people[other] = people[other], people[last]
    return people + [number for number, one in enumerate(contest.candidates) if one.reopen]


def _draws(seed: bytes) -> Iterator[int]:
    for count in range(_WHOLE):
        yield int.from_bytes(sha256(seed + count.to_bytes(4, "big")).digest()[:4], "big")


def numbered(contest: e.Contest, listed: Sequence[int], withdrawn: Withdrawn) -> Iterator[str]:
    """The candidates with the numbers that are to be typed."""
    yield f"{line(contest.title)}: {allowed(contest)}"
    for place, number in enumerate(listed, 1):
        yield f"  {place:>3}  {_named(contest, number, withdrawn)}"


def read_numbers(text: str, contest: e.Contest, listed: Sequence[int]) -> Ranking:
    """The ranking that was typed: numbers with spaces or commas between, nothing for a blank vote.

    Raises:
        MalformedError: What is wrong with it.
    """
    ranking: list[int] = []
    for word in text.replace(",", " ").split():
        place = int(word) if word.isascii() and word.isdigit() and len(word) < len("10000") else 0
        if not 1 <= place <= len(listed):
            msg = f"{shown(word)[:80]} is none of the numbers 1 to {len(listed)}"
            raise MalformedError(msg)
        ranking.append(listed[place - 1])
        _check(contest, ranking)
    return tuple(ranking)
