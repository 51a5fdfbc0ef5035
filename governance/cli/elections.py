"""`governance election`: what officers do by pages, by command, in the name of members who are told.

What cannot be undone takes two of them. Whoever runs the server could name anybody, so the log says that it was a command.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from governance.board import contribution
from governance.cli.polls import read_bytes, read_json
from governance.cli.server import inside
from governance.domain.draft import Calendar, Draft
from governance.domain.plain import from_plain, to_plain
from governance.errors import MalformedError, NotFoundError
from governance.offline import files
from governance.services import ceremony, consents, contributions, elections, members, officers, roll, running
from governance.services.consents import Act, Wish
from governance.web.extensions import now, reading, transaction

Command = Callable[..., Any]
_MOST = contribution.MAX_SIZE
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Moment(click.ParamType[datetime]):
    """A time in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        for form in ("%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"):
            try:
                return datetime.strptime(value, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        raise click.BadParameter(f"{value!r} is not a time in UTC like 2027-03-01T09:00Z", ctx, param)


MOMENT = _Moment()
BY = click.option("--by", required=True, metavar="EMAIL", help="Who does it.")


def calendar(command: Command) -> Command:
    """The four times of a calendar."""
    for name, told in (
        ("appeals", "Appeals are possible until then."),
        ("closes", "Voting closes."),
        ("opens", "Voting opens."),
        ("cutoff", "Who is a member then may vote."),
    ):
        command = click.option(f"--{name}", type=MOMENT, required=True, help=told)(command)
    return command


def member(session: Session, email: str) -> str:
    """The id of the member with an address.

    Raises:
        NotFoundError: There is none.
    """
    found = members.find(session, email)
    if found is None:
        raise NotFoundError(f"Nobody among the members has the address {email}.")
    return found


@contextmanager
def doing(what: str, *emails: str, election: str | None = None) -> Iterator[tuple[Session, list[str]]]:
    """A transaction in the name of members; the log says that it was a command."""
    with inside(), transaction() as writer:
        ids = [member(writer, email) for email in emails]
        yield writer, ids
        told = f"by command, for {' and '.join(ids)}: {what}"
        officers.note(writer, officers.COMMAND, told, election=election, now=now())


@click.group("election")
def group() -> None:
    """Set up and run elections; each command says in whose name."""


# ---- looking ---------------------------------------------------------------------------------------------------------


@group.command("list")
def list_() -> None:
    """Every election, the newest first."""
    with inside(), reading() as reader:
        for one in elections.every(reader):
            click.echo(f"{one.id}  {one.phase}  {one.title}")


@group.command()
@click.argument("election")
def show(election: str) -> None:
    """How far an election has come, what is due, what waits for a second person, and what is wrong with its draft."""
    with inside(), reading() as reader:
        shown = elections.show(reader, election)
        click.echo(f"{shown.title}: {shown.phase}{f' ({shown.given_up})' if shown.given_up else ''}")
        for due in shown.due:
            who = f" (trustees {', '.join(map(str, due.trustees))})" if due.trustees else ""
            at = f", {due.at:%Y-%m-%dT%H:%MZ}" if due.at else ""
            click.echo(f"  due: {due.step}, {due.who}{who}{at}")
        for one in consents.waiting(reader, election=election, now=now()):
            click.echo(
                f"  waits as number {one.number}: {one.what}, asked by {one.name}{' (stale)' if one.stale else ''}"
            )
        for problem in () if shown.frozen else elections.problems(reader, election):
            click.echo(f"  to be mended: {problem}")


# ---- setting up ------------------------------------------------------------------------------------------------------


@group.command()
@click.argument("election")
@BY
@click.option("--body", required=True, help="Id of what is elected.")
@click.option("--body-name", help="Its name, if it is not there yet.")
@click.option("--template", type=click.Choice(list(elections.TEMPLATES)), default="one-contest", show_default=True)
@click.option("--title", required=True)
@calendar
def create(
    election: str,
    *,
    by: str,
    body: str,
    body_name: str | None,
    template: str,
    title: str,
    cutoff: datetime,
    opens: datetime,
    closes: datetime,
    appeals: datetime,
) -> None:
    """Begin an election."""
    with doing("create", by, election=election) as (writer, (who,)):
        if body not in dict(members.bodies(writer)) and body_name:
            members.add_body(writer, who, body, body_name, now=now())
        times = Calendar(cutoff, opens, closes, appeals)
        elections.create(writer, who, election, body=body, template=template, title=title, calendar=times, now=now())
    click.echo("Begun. `governance election draft` prints it, and takes it back once you have changed it.")


@group.command()
@click.argument("election")
@click.argument("new")
@BY
@calendar
def again(
    election: str, new: str, *, by: str, cutoff: datetime, opens: datetime, closes: datetime, appeals: datetime
) -> None:
    """Begin ELECTION, which was given up or cancelled, anew as NEW: contests, candidates and statements are taken over."""
    with doing("begin again", by, election=new) as (writer, (who,)):
        times = Calendar(cutoff, opens, closes, appeals)
        elections.begin_again(writer, who, election, election=new, calendar=times, now=now())
    click.echo("Begun.")


@group.command()
@click.argument("election")
@click.option("--set", "file", type=FILE, help="A file as this command printed it, changed.")
@click.option("--by", metavar="EMAIL", help="Who changes it; needed with --set.")
def draft(election: str, *, file: Path | None, by: str | None) -> None:
    """Print the draft of an election as JSON, or put a changed one in its place."""
    if file is None:
        with inside(), reading() as reader:
            shown = elections.show(reader, election)
        told = {"version": shown.version, "draft": to_plain(shown.draft)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False).encode())  # UTF-8 wherever it goes
        return
    if by is None:
        raise click.UsageError("Say who changes it: --by")
    given = read_json(file, _MOST)
    if not isinstance(given, dict) or given.keys() != {"version", "draft"} or not isinstance(given["version"], int):
        raise MalformedError(f"{file} should have a version and a draft, as this command prints them.")
    with doing("edit", by, election=election) as (writer, (who,)):
        elections.edit(writer, who, election, from_plain(Draft, given["draft"]), given["version"], now=now())
        problems = elections.problems(writer, election)
    click.echo("Saved.")
    for problem in problems:
        click.echo(f"  to be mended: {problem}")


# ---- what takes two people -------------------------------------------------------------------------------------------


def _ask(wish: Wish, asked_by: str, approved_by: str | None, why: str) -> None:
    """Ask, and where the second person is told, do it at once."""
    emails = (asked_by, approved_by) if approved_by else (asked_by,)
    with doing(wish.act, *emails, election=wish.election) as (writer, ids):
        number = consents.ask(writer, ids[0], wish, why, now=now())
        if len(ids) > 1:
            consents.approve(writer, ids[1], number, now=now())
    told = (
        "Done." if approved_by else f"Asked, as number {number}: `governance election approve {number} --by …` does it."
    )
    click.echo(told)


def _two(name: str, told: str) -> Callable[[Command], Command]:
    """A command for an act that takes two."""

    def make(command: Command) -> Command:
        for option in (
            click.option("--why", required=True, help="Why; of some acts everybody reads it."),
            click.option("--approved-by", metavar="EMAIL", help="Who approves it; without, it waits for somebody."),
            click.option("--asked-by", required=True, metavar="EMAIL", help="The officer who asks for it."),
            click.argument("election"),
        ):
            command = option(command)
        made: Command = group.command(name, help=told)(command)
        return made

    return make


@_two("freeze", "Freeze the roll: contests, candidates and voters are fixed.")
def freeze(election: str, *, asked_by: str, approved_by: str | None, why: str) -> None:
    _ask(Wish(Act.FREEZE, election), asked_by, approved_by, why)


@_two("publish", "Announce the election: its manifest stands on the board.")
def publish(election: str, *, asked_by: str, approved_by: str | None, why: str) -> None:
    _ask(Wish(Act.PUBLISH, election), asked_by, approved_by, why)


@_two("cancel", "End an announced election without a result.")
def cancel(election: str, *, asked_by: str, approved_by: str | None, why: str) -> None:
    _ask(Wish(Act.CANCEL, election), asked_by, approved_by, why)


@_two("abandon", "Give an election up before it is announced: a trustee dropped out, or a share is bad.")
def abandon(election: str, *, asked_by: str, approved_by: str | None, why: str) -> None:
    _ask(Wish(Act.ABANDON, election), asked_by, approved_by, why)


@_two("extend", "Let voting close later.")
@click.option("--closes", type=MOMENT, required=True, help="The new close.")
def extend(election: str, *, asked_by: str, approved_by: str | None, why: str, closes: datetime) -> None:
    _ask(Wish(Act.EXTEND, election, closes=closes), asked_by, approved_by, why)


@_two("withdraw", "Take a candidate out of a contest.")
@click.option("--contest", required=True, help="Id of the contest.")
@click.option("--candidate", required=True, help="Id of the candidate.")
def withdraw(election: str, *, asked_by: str, approved_by: str | None, why: str, contest: str, candidate: str) -> None:
    _ask(Wish(Act.WITHDRAW, election, contest=contest, candidate=candidate), asked_by, approved_by, why)


@group.command()
@click.argument("number", type=int)
@BY
def approve(number: int, *, by: str) -> None:
    """Approve what somebody else asked for, and do it."""
    with doing(f"approve number {number}", by) as (writer, (who,)):
        done = consents.approve(writer, who, number, now=now())
    click.echo(f"Done: {done.what}.")


@group.command()
@click.argument("number", type=int)
@BY
@click.option("--why", default="", help="For the log.")
def decline(number: int, *, by: str, why: str) -> None:
    """Decline what somebody asked for, or take it back."""
    with doing(f"decline number {number}", by) as (writer, (who,)):
        consents.decline(writer, who, number, why, now=now())
    click.echo("Declined. Nothing was done.")


# ---- the other steps -------------------------------------------------------------------------------------------------


@group.command()
@click.argument("election")
@BY
def start(election: str, *, by: str) -> None:
    """Begin the key ceremony."""
    with doing("start", by, election=election) as (writer, (who,)):
        ceremony.start(writer, who, election, now=now())
    click.echo("The key ceremony has begun.")


@group.command()
@click.argument("election")
@BY
@click.option("--subject", required=True)
@click.option("--body", default="", help="The text.")
def notice(election: str, *, by: str, subject: str, body: str) -> None:
    """Publish a notice on the board; it can never be taken back."""
    with doing("notice", by, election=election) as (writer, (who,)):
        running.notice(writer, who, election, subject, body, now=now())
    click.echo("The notice is published.")


@group.command()
@click.argument("election")
@click.argument("file", type=FILE)
@BY
def identity(election: str, file: Path, *, by: str) -> None:
    """Hand in the public keys of a trustee or the registrar."""
    with doing("identity", by, election=election) as (writer, (who,)):
        ceremony.take_identity(writer, who, election, read_bytes(file, _MOST), now=now())
    click.echo("The keys are here.")


@group.command("hand-in")
@click.argument("election")
@click.argument("file", type=FILE)
@BY
@click.option("--rolls", type=FILE, help="With the registrar's lists: the private roll beside them.")
def hand_in(election: str, file: Path, *, by: str, rolls: Path | None) -> None:
    """Hand in what a trustee's or the registrar's tool wrote."""
    private = read_bytes(rolls, _MOST) if rolls else None
    with doing("hand in", by, election=election) as (writer, (who,)):
        placed = contributions.take(writer, who, election, read_bytes(file, _MOST), now=now(), rolls=private)
    click.echo(f"It stands at {', '.join(map(str, placed))}." if placed else "The lists are here.")


@group.command("roll")
@click.argument("election")
@BY
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def roll_(election: str, *, by: str, out: Path) -> None:
    """Give the frozen roll with addresses to the registrar."""
    files.absent(out)
    with doing("roll", by, election=election) as (writer, (who,)):
        data = roll.for_registrar(writer, who, election, now=now())
        files.write(out, data, anew=True)
    click.echo(f"{out}: it holds names and addresses, so delete it after use.")
