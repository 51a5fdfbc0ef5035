"""Ceremony, manifest and contests in plain words, for the person who is asked to sign."""

from collections.abc import Iterator

from governance.board import entries as e
from governance.board.checkpoint import LOG, WITNESS, read_key
from governance.board.setup import Keys
from governance.board.tally import Tally
from governance.offline.asking import shown, tracker

MOST = 200
"""Letters of a text from outside: a longer one could fill lines that look like ours."""


def moment(time: str) -> str:
    """A time of the record, as people read it."""
    return f"{time[:10]} {time[11:19]} UTC"


def line(text: str) -> str:
    """A text from outside in the middle of a line."""
    short = " ".join(text[: 4 * MOST].split())
    return shown(short if len(short) <= MOST else f"{short[:MOST]} …")


def several(number: int, one: str, more: str) -> str:
    """A number with what it counts."""
    return f"{number} {one if number == 1 else more}"


def ceremony(keys: Keys, mine: int) -> str:
    """Who makes the key together."""
    entry = keys.entry
    lines = [
        f"Election {entry.election}: {entry.threshold} of {keys.n} trustees together can open the votes.",
        f"  registrar  {line(entry.registrar.name)}",
        f"             identity {entry.registrar.identity.hex()}",
    ]
    for trustee in entry.trustees:
        you = "  (you)" if trustee.index == mine else ""
        lines += [
            f"  trustee {trustee.index}  {line(trustee.name)}{you}",
            f"             identity {trustee.identity.hex()}",
        ]
    if entry.threshold == keys.n:
        lines.append("Every trustee is needed: if one key is lost, no vote can ever be opened.")
    return "\n".join(lines)


def manifest(entry: e.Manifest, keys: Keys) -> str:
    """Everything that a vote will mean."""
    again = "may be changed" if entry.revotes else "cannot be changed"
    lines = [
        f"Election    {line(entry.title)} ({entry.election})",
        f"Voting      opens {moment(entry.opens)}, closes {moment(entry.closes)}; a vote {again} until then",
        f"Trustees    {keys.entry.threshold} of {keys.n} can open the votes",
        f"Registrar   {line(keys.entry.registrar.name)}, identity {keys.entry.registrar.identity.hex()}",
    ]
    for contest in entry.contests:
        lines += _contest(contest)
    lines += ["", "Voters"]
    for one in entry.credentials:
        people = several(one.roll.count, "person", "people")
        lines.append(f"  {', '.join(one.contests)}: {several(one.count, 'credential', 'credentials')} for {people}")
    lines += ["", *_board(entry.board)]
    return "\n".join(lines)


def _contest(contest: e.Contest) -> Iterator[str]:
    yield ""
    yield f"Contest     {line(contest.title)} ({contest.id})"
    yield f"  seats     {contest.seats}, counted by {contest.rule['id']}"
    yield f"  papers    up to {several(contest.max_ranks, 'preference', 'preferences')}; opened only if there are"
    yield f"            {contest.min_ballots} ballots or more"
    for number, candidate in enumerate(contest.candidates):
        reopen = ", which stands for re-opening nominations" if candidate.reopen else ""
        yield f"  {'candidates' if number == 0 else '          '}  {line(candidate.name)} ({candidate.id}){reopen}"
    for rule in contest.constraints:
        named = f"{line(rule.attribute)} = {line(rule.value)}"
        who = ", ".join(rule.candidates) or "nobody who stands"
        yield f"  places    {named}: {rule.min} to {rule.max}, {rule.seated} of them filled already; it is true of {who}"
    if contest.after:
        yield f"  after     {', '.join(contest.after)}: whoever wins there does not stand here"


def _board(board: e.Board) -> Iterator[str]:
    yield f"Board       {line(board.origin)}"
    yield f"  log key   {read_key(board.key, LOG)}"
    for text in board.witnesses:
        yield f"  witness   {read_key(text, WITNESS)}"
    if board.witnesses:
        yield f"  quorum    {board.quorum} of {several(len(board.witnesses), 'witness', 'witnesses')}"
    else:
        yield "  There are no witnesses: nothing stops the server from showing two boards to two readers."


def contest_list(tally: Tally, digest: bytes) -> str:
    """A sealed list and its way so far."""
    mixers = ", ".join(map(str, tally.mixers))
    mixed = f"mixed by trustees {mixers}" if mixers else "not mixed yet"
    return f"  {tally.contest.id}: {several(tally.size, 'ballot', 'ballots')}, {mixed}; list {tracker(digest)}"
