"""The entries of a board in plain words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from governance.board import entries as e
from governance.domain.calendar import in_utc
from governance.domain.plain import moment
from governance.services import voting


class Told(NamedTuple):
    """One entry; `code` is what a reader compares, `more` a text that somebody wrote."""

    number: int
    title: str
    code: str = ""
    more: str = ""


def told(number: int, raw: bytes, contests: Sequence[e.Contest]) -> Told:
    """What an entry says."""
    entry = e.parse(raw)
    titles = {contest.id: contest.title for contest in contests}
    names = {(contest.id, one.id): one.name for contest in contests for one in contest.candidates}
    title, code, more = _of_the_keys(entry), "", ""
    match entry:
        case e.Ballot():
            title, code = "A sealed ballot. Its tracker:", voting.tracker(entry)
        case e.Notice():
            title, more = f"Notice: {entry.subject}", entry.body
        case e.Extend():
            title, more = f"Voting is extended to {entry.closes}", entry.reason
        case e.Cancel():
            title, more = f"The election is cancelled, {entry.at}", entry.reason
        case e.Withdraw():
            name = names.get((entry.contest, entry.candidate), entry.candidate)
            title = f"{name} has withdrawn from: {titles.get(entry.contest, entry.contest)}"
        case e.Shuffle() | e.Decrypt() | e.Result() | e.Count() | e.Void():
            title = f"{titles.get(entry.contest, entry.contest)}: {_of_the_count(entry, names)}"
    return Told(number, title, code, more)


def _of_the_keys(entry: e.Entry) -> str:
    text = entry.kind
    match entry:
        case e.Ceremony():
            n, k = len(entry.trustees), entry.threshold
            text = f"The key ceremony begins: {n} trustees, any {k} of whom can open the result"
        case e.TrusteeCommit():
            text = f"Trustee {entry.index} has committed to a key"
        case e.TrusteeKey():
            text = f"Trustee {entry.index} has shown their part of the election's key"
        case e.TrusteeConfirm():
            text = f"Trustee {entry.index} has checked the others' parts"
        case e.Manifest():
            text = f"The election is announced: {entry.title}"
        case e.TrusteeReady():
            text = f"Trustee {entry.index} has proven to hold their part of the key"
        case e.Open():
            text = f"Voting opens, {in_utc(moment(entry.at))}"
        case e.Close():
            text = f"Voting closes, {in_utc(moment(entry.at))}, with {entry.ballots} ballots on the board"
    return text


def _of_the_count(
    entry: e.Shuffle | e.Decrypt | e.Result | e.Count | e.Void, names: Mapping[tuple[str, str], str]
) -> str:
    match entry:
        case e.Shuffle():
            return f"trustee {entry.trustee} has mixed the sealed votes"
        case e.Decrypt():
            return f"trustee {entry.trustee} has given their part of opening the mixed votes"
        case e.Result():
            return "the votes are open"
        case e.Count():
            who = ", ".join(names.get((entry.contest, one), one) for one in entry.elected)
            return f"counted. Elected: {who or 'nobody'}"
        case _:
            return "too few voted, so this contest is void and its votes stay sealed"
