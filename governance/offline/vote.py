"""`governance-vote`: seals a vote away from the server, for those who do not trust the booth that it hands out.

Files in, files out: it opens no connection. The voter brings the election's public file, types the code, and hands in the
sealed ballot on the website. The code is an argument of no command, and neither it nor the ranking is written anywhere.
"""

import json
import re
import secrets
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from getpass import GetPassWarning
from pathlib import Path

import click

from governance.board import entries as e
from governance.board.checks import CheckError
from governance.board.judge import Phase
from governance.board.making import Booth
from governance.crypto import ballot as sealing
from governance.crypto import credentials
from governance.crypto.credentials import Credential
from governance.errors import GovernanceError, MalformedError, NotPermittedError, RuleError
from governance.offline import asking, files, vote_paper, vote_receipt, vote_record, words
from governance.offline.asking import FILE, OUT, REFUSED, Tool, shown, tracker
from governance.offline.vote_paper import Ranking
from governance.offline.vote_record import Public

_MAX_CODE = 2**10
_TRIES = 3
_HEX = re.compile(r"[0-9a-f]{128}")


def now() -> datetime:
    """This computer's clock."""
    return datetime.now(UTC)


@click.group(cls=Tool)
@click.version_option(package_name="governance")
def main() -> None:
    """Seal a vote with a program of your own, instead of the booth that the website hands out.

    Fetch the election's public file (on its page: “The record as a file”), look at it with show, seal your vote with
    seal, and hand the sealed ballot in on the website: “I sealed my vote with my own program”. Later, check says whether
    it is in the ballot box. Nothing here needs a network.

    Exit code 1: a check failed. 2: the input or the call is wrong.
    """


# ---- show ------------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("record", type=FILE)
@click.option("--paper", type=OUT, help="Write a ballot paper to fill in here: a plain text file for seal --ranking.")
def show(record: Path, paper: Path | None) -> None:
    """Show what RECORD, the election's public file, says: the election, its contests, who stands. It is checked first."""
    if paper is not None:
        files.absent(paper)
    public = vote_record.read(record)
    click.echo(words.manifest(public.manifest, public.keys))
    for contest, gone in public.judge.withdrawn.items():
        click.echo(f"Withdrawn   {', '.join(gone)} from {contest}: still on the ballot, passed over in the count")
    click.echo("")
    click.echo("\n".join(_fingerprints(public)))
    click.echo("\n".join(("", _stands(public))))
    if paper is not None:
        files.write(paper, vote_paper.template(public.manifest, public.judge.withdrawn).encode())
        click.echo(f"Written: {paper}. Fill it in with a text editor, and delete it once you have voted.")


def _fingerprints(public: Public) -> Iterator[str]:
    yield "Compare these with what was published elsewhere (a mail, a paper, another member's screen):"
    yield f"  value     {tracker(public.judge.ctx)}"
    yield f"  manifest  {public.judge.ctx.hex()}"
    yield f"  ceremony  {public.keys.cer.hex()}"
    yield f"  root      {public.root.hex()} of {public.size} entries"


def _stands(public: Public) -> str:
    """How far the election is, as the file has it."""
    match public.judge.phase:
        case Phase.OPEN:
            return f"In this file voting is open, until {words.moment(public.judge.closes)}."
        case Phase.CLOSED:
            return "Voting has closed: no ballot can be cast any more."
        case Phase.CANCELLED:
            return "The election was cancelled: no ballot can be cast."
        case _:
            return "In this file voting has not opened yet: fetch it anew once it has."


# ---- seal ------------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("record", type=FILE)
@click.option("--ranking", type=FILE, help="A ballot paper that you filled in; without it you are asked.")
@click.option(
    "--code-file",
    type=click.Path(exists=True, path_type=Path),
    help="Read the code from the one line of this file (or /dev/fd/N) instead of asking for it.",
)
@click.option("--expect", metavar="VALUE", help="The value (or manifest) that was published elsewhere: it is compared.")
@click.option("--out", type=OUT, default="sealed-ballot.json", show_default=True, help="The sealed ballot, to hand in.")
def seal(*, record: Path, ranking: Path | None, code_file: Path | None, expect: str | None, out: Path) -> None:
    """Seal your vote, and write the file to hand in. RECORD is the election's public file."""
    files.absent(out)
    public = vote_record.read(record)
    _may_vote(public)
    click.echo(f"Election    {words.line(public.manifest.title)} ({public.manifest.election})")
    click.echo(f"Voting      closes {words.moment(public.judge.closes)}")
    _compare(public, expect)
    code, voter, contests = _voter(public, code_file)
    previous = _previous(public, voter)
    votes = _votes(public, code, contests, ranking)
    booth = Booth(public.manifest.election, public.judge.ctx, public.manifest.public_key, contests)
    sealed = booth.seal(voter, previous, [votes[one.id] for one in contests], secrets.token_bytes)
    raw = e.dump(sealed)
    public.judge.take(raw, e.parse(raw))  # what the ballot box will ask of it holds
    public.judge.flush()
    files.write(out, raw)
    click.echo(f"\nWritten: {out}. Nobody can read from it how you voted. Its tracker is\n")
    click.echo(f"    {vote_receipt.read(raw).tracker}\n")
    click.echo("Write it down. Your vote is not cast yet: sign in on the website, open the election's page, follow")
    click.echo("“I sealed my vote with my own program”, and hand the file in. The receipt must show this same tracker.")
    stands = f"in {ranking}: delete it" if ranking else "on this screen: close the window"
    click.echo(f"Your ranking still stands {stands} once you have voted.")


def _may_vote(public: Public) -> None:
    if public.judge.phase is not Phase.OPEN:
        msg = f"nothing was sealed. {_stands(public)}".rstrip(".")
        raise RuleError(msg)
    if now().strftime("%Y-%m-%dT%H:%M:%SZ") >= public.judge.closes:
        closes = words.moment(public.judge.closes)
        told = (
            f"Warning: by this computer's clock voting closed on {closes}. Unless it was extended since, or the clock"
        )
        click.echo(f"{told} is wrong, this ballot will not be taken.", err=True)


def _compare(public: Public, expect: str | None) -> None:
    """The value that tells this election from any other; compared where one was given."""
    if expect is None:
        click.echo(f"Its value   {tracker(public.judge.ctx)}")
        return
    digits = expect.strip().lower()
    wanted = tracker(bytes.fromhex(digits)) if _HEX.fullmatch(digits) else expect
    asking.compare("The election's value", tracker(public.judge.ctx), "", wanted)


def _voter(public: Public, code_file: Path | None) -> tuple[str, Credential, tuple[e.Contest, ...]]:
    """The code, its key pair, and the contests that it votes in.

    Raises:
        MalformedError: It is no code.
        NotPermittedError: It is another election's.
    """
    if code_file is not None:
        with code_file.open("rb") as file:  # it may be a pipe
            return _entitled(public, file.read(_MAX_CODE).decode("ascii", "replace"))
    click.echo("\nType the code that the registrar sent you. It does not show while you type.")
    for left in range(_TRIES - 1, 0, -1):
        try:
            return _entitled(public, _ask_code())
        except GovernanceError as error:
            click.echo(f"{error}. {words.several(left, 'more try', 'more tries')}.", err=True)
    return _entitled(public, _ask_code())


def _ask_code() -> str:
    """What is typed, unseen.

    Raises:
        MalformedError: Here it would be seen.
    """
    try:
        with warnings.catch_warnings(action="error", category=GetPassWarning):
            answer: str = click.prompt("Your voting code", hide_input=True, err=True)
    except GetPassWarning:
        msg = "there is no terminal here on which the code would not show: use --code-file"
        raise MalformedError(msg) from None
    return answer


def _entitled(public: Public, typed: str) -> tuple[str, Credential, tuple[e.Contest, ...]]:
    code = credentials.read_code(typed)
    voter = credentials.derive(code, public.keys.cer)
    style = public.judge.style_of(bytes(voter.public))
    if style is None:
        msg = (
            "this code is not one of this election. Was it sent to you for another one? If it is the right code, this is "
            "not the election's true file: do not go on, and tell the organisation"
        )
        raise NotPermittedError(msg)
    return code, voter, tuple(one for one in public.manifest.contests if one.id in style.contests)


def _previous(public: Public, voter: Credential) -> bytes:
    """What the ballot has to name as the one before it.

    Raises:
        RuleError: There is one, and the election allows no second; or the voter does not want to replace it.
    """
    last = public.judge.voters.get(bytes(voter.public))
    if last is None:
        return sealing.PREVIOUS_NONE
    earlier = public.last_tracker(bytes(voter.public))
    if not public.manifest.revotes:
        msg = (
            f"you have voted, and this election allows no second vote. The tracker of your ballot is {earlier}; if you did "
            "not cast it, tell the organisation at once"
        )
        raise RuleError(msg)
    click.echo(f"\nThere is a ballot of yours in the box already. Its tracker is\n\n    {earlier}\n")
    click.echo("If you did not cast it, somebody else has used your code: tell the organisation at once. You can still")
    click.echo("vote: a new ballot replaces it, and only the last one counts.")
    if not click.confirm("Seal a new one?"):
        msg = "nothing was sealed: the ballot that is in the box stays"
        raise RuleError(msg)
    return last.digest


def _votes(public: Public, code: str, contests: tuple[e.Contest, ...], path: Path | None) -> dict[str, Ranking]:
    """The ranking of each contest, once the voter has said that this is their vote.

    Raises:
        RuleError: The file says another one.
    """
    while True:
        if path is not None:
            votes = vote_paper.read(path, public.manifest.contests, [one.id for one in contests])
        else:
            votes = {one.id: _ask_ranking(public, code, one) for one in contests}
        click.echo("\nYour vote:\n")
        for one in contests:
            click.echo("\n".join(vote_paper.told(one, votes[one.id], public.judge.withdrawn)) + "\n")
        if click.confirm("Is this your vote?"):
            return votes
        if path is not None:
            msg = f"nothing was sealed: change {path}, and call again"
            raise RuleError(msg)


def _ask_ranking(public: Public, code: str, contest: e.Contest) -> Ranking:
    listed = vote_paper.order(public.judge.ctx, code, contest)
    click.echo("\n" + "\n".join(vote_paper.numbered(contest, listed, public.judge.withdrawn)))
    question = "The numbers of those whom you rank, the first preference first (nothing for a blank vote)"
    while True:
        typed = click.prompt(question, default="", show_default=False)
        try:
            return vote_paper.read_numbers(typed, contest, listed)
        except MalformedError as error:
            click.echo(f"{shown(str(error))}. Please type them again.", err=True)


# ---- check -----------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("ballot", type=FILE)
@click.argument("record", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(*, ballot: Path, record: Path, as_json: bool) -> None:
    """Is BALLOT in the ballot box? RECORD is the election's public file.

    BALLOT is the sealed ballot that you handed in, or the receipt that was saved. With a receipt it is also checked
    that the board has only grown since. Fetch RECORD yourself; while people vote it may be five minutes old.
    """
    given = vote_receipt.read(files.read(ballot, vote_receipt.MOST))
    try:
        public = vote_record.read(record, given.size)
        standing = vote_receipt.check(given, public)
    except (CheckError, RuleError) as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "detail": str(error)}, ensure_ascii=False))
        sys.exit(REFUSED)
    if as_json:
        told = {
            "ok": True,
            "election": public.manifest.election,
            "manifest": public.judge.ctx.hex(),
            "tracker": given.tracker,
            "index": standing.index,
            "size": public.size,
            "counts": standing.later < 0,
            "later": standing.later,
            "extends": standing.compared,
            "confirmed": public.is_confirmed,
        }
        click.echo(json.dumps(told))
        return
    click.echo("\n".join(_answer(given, standing, public)))


def _answer(given: vote_receipt.Given, standing: vote_receipt.Standing, public: Public) -> Iterator[str]:
    if standing.later < 0:
        yield "Yes, your ballot is in the ballot box."
    else:
        yield "Your ballot is in the ballot box, and a later one replaced it."
    yield f"  tracker   {given.tracker}"
    yield f"  election  {words.line(public.manifest.title)} ({public.manifest.election}), value {tracker(public.judge.ctx)}"
    yield f"  number    {standing.index} of the {public.size} entries of this record"
    if standing.later < 0:
        yield "It is the last ballot that was cast with your code, so it is the one that counts."
    else:
        yield f"The later one is number {standing.later}. Only that one counts. If you did not cast it, tell the"
        yield "organisation at once."
    if standing.compared:
        yield "The board has only grown since your receipt: nothing in it was changed."
    elif given.receipt is not None:
        yield "Your receipt is newer than this record, so the two could not be compared: fetch the record anew later."
    if not public.is_confirmed:
        yield "The independent witnesses have not confirmed this state of the board yet. Check again later."
    elif not public.manifest.board.witnesses:
        yield "This election has no witnesses: whether others are shown the same board, only comparing the root tells."
    yield f"  root      {public.root.hex()}"


if __name__ == "__main__":  # pragma: no cover
    main()
