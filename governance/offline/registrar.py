"""`governance-registrar`: makes the voters' codes away from the server, and gives them out (protocol.md, 5 and 7)."""

import json
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from governance.board.judge import Phase
from governance.errors import MalformedError, RuleError
from governance.offline import asking, files, letters, opening, pairing, post, prefix, roll, safe, words
from governance.offline.asking import FILE, OUT, REFUSED, Access, Command, Tool, safe_options, told, tracker
from governance.offline.letters import Letter
from governance.offline.pairing import OWNER, Pairing, Person
from governance.offline.prefix import Prefix

COMPARED = "Have you compared this with the trustees, in a call or in person?"
_NEW, _KEEP = safe_options(
    "registrar.secret",
    meaning="who was given a code since is forgotten, so the numbers for the public notice are too low",
)


@click.group(cls=Tool)
@click.version_option(package_name="governance")
def main() -> None:
    """Make the voters' codes away from the server, send or print them, and destroy them in the end.

    The order: identity, codes, send and print, resend where somebody asks, notice-count, destroy. Exit code 1: a check
    failed. 2: the input or the call is wrong.
    """


@main.command()
@_NEW
@click.option("--name", required=True, help="Your name, as the public record will show it.")
@click.option("--out", type=OUT, default="registrar.public.json", show_default=True, help="The public key.")
def identity(access: Access, name: str, out: Path) -> None:
    """Make your key, for one election; hand the public file to the officer."""
    name = letters.read_text("--name", name)
    access.outputs(out)
    kept = Pairing(access.create(OWNER), name, secrets.token_bytes(32))
    kept.store()
    public = {field: kept.plain()[field] for field in ("name", "identity")}
    files.write(out, (json.dumps(public, ensure_ascii=False, indent=2) + "\n").encode(), files.PUBLIC, anew=True)
    click.echo(
        f"Written: {access.path} (keep it, and a copy elsewhere) and {out} (hand it in: on the page “Keys and files”, or to the officer)."
    )


@main.command()
@_KEEP
@click.argument("rolls", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True)
@click.option("--record", type=FILE, required=True, help="The record so far, as the server hands it out.")
@click.option("--contests", required=True, help="The ids of all contests, in the order of the manifest.")
@click.option("--expect", metavar="VALUE", help="The ceremony's value as the trustees see it: not asked for then.")
@click.option("--anew", is_flag=True, help="Forget codes that were made before; only while none was given out.")
@click.option("--out", type=OUT, default="credentials.contribution", show_default=True, help="For the manifest.")
@click.option("--roll-out", type=OUT, default="rolls.private.json", show_default=True, help="For the server alone.")
def codes(  # noqa: PLR0913  an option is an argument
    *,
    access: Access,
    rolls: tuple[Path, ...],
    record: Path,
    contests: str,
    expect: str | None,
    anew: bool,
    out: Path,
    roll_out: Path,
) -> None:
    """Make a code for everybody on ROLLS (CSV: member,name,email,contests), once the trustees' key stands.

    Writes the signed lists of public credentials, and the roll that the server shows each voter their own line of.
    """
    access.outputs(out, roll_out)
    order = roll.read_contests(contests)
    lines = roll.read(rolls, order)
    with pairing.unlocked(access) as mine:
        so_far = prefix.read(record)
        _check_ceremony(mine, so_far)
        click.echo(words.ceremony(so_far.keys, 0))
        asking.compare("The ceremony", tracker(so_far.keys.cer), COMPARED, expect)
        _make(mine, so_far, order, lines, anew=anew)
        made, private = mine.lists()
        files.write(roll_out, private.dump(), anew=True)
        files.write(out, made.dump(), files.PUBLIC, anew=True)
    click.echo("\nStyles of ballot:")
    for one in made.credentials:
        click.echo(f"  {', '.join(one.contests)}: {words.several(one.count, 'code', 'codes')}")
    without = sum(not line.email for line in lines)
    alike = sum(
        number for email, number in Counter(line.email.lower() for line in lines).items() if email and number > 1
    )
    if alike:
        click.echo(f"{alike} people have an address that somebody else has too: look whether that is so.")
    click.echo(f"{words.several(without, 'person has', 'people have')} no mail address: print the codes for them.")
    click.echo(f"Written: {out} (upload it, for the manifest) and {roll_out} (upload it; private, never published).")


def _check_ceremony(mine: Pairing, so_far: Prefix) -> None:
    """Check that the ceremony stands, and names this registrar.

    Raises:
        RuleError: It does not.
    """
    keys = so_far.keys
    if keys.entry.registrar.identity.hex() != mine.plain()["identity"]:
        msg = "the ceremony names another registrar's key than yours: do not go on, and tell the officer"
        raise RuleError(msg)
    if len(keys.confirmed) < keys.n:
        msg = f"only {len(keys.confirmed)} of {keys.n} trustees have confirmed the key: codes are made after that"
        raise RuleError(msg)
    if so_far.judge.phase is not Phase.CEREMONY:
        msg = "the manifest stands already: the lists of credentials in it cannot be changed"
        raise RuleError(msg)


def _make(mine: Pairing, so_far: Prefix, order: Sequence[str], lines: Sequence[roll.Line], *, anew: bool) -> None:
    """Make codes, or make sure that those there are are for this very roll.

    Raises:
        RuleError: There are codes already, for others.
    """
    same = mine.ceremony == so_far.keys.cer and mine.contests == list(order)
    if mine.people and same and [person.line() for person in mine.people] == list(lines):
        return
    if mine.people and not anew:
        msg = "codes were made for another roll or ceremony: --anew forgets them, while none was given out"
        raise RuleError(msg)
    if mine.counts() != (0, 0) or mine.destroyed:
        msg = "codes of this file were given out: another roll needs another election"
        raise RuleError(msg)
    mine.make(so_far, order, lines)
    mine.store()


# ---- giving codes out ------------------------------------------------------------------------------------------------


def letter_options(command: Command) -> Command:
    """The options of a letter; the command gets `letter`, a function of the registrar's secrets."""

    @wraps(command)
    def run(*, base_url: str, title: str, contact: str, template: Path | None, **rest: Any) -> Any:
        base = letters.read_base(base_url)
        own = letters.read_template(template) if template else ""
        title, contact = letters.read_text("--title", title), letters.read_text("--contact", contact)
        sender = letters.read_sender(rest.pop("sender")) if "sender" in rest else ""

        def letter(mine: Pairing) -> Letter:
            return Letter(mine.election, title, base, contact, mine.name, sender, own)

        return command(letter=letter, **rest)

    for option in (
        click.option("--template", type=FILE, help=f"A letter of your own; it may name ${', $'.join(letters.WORDS)}."),
        click.option("--contact", required=True, help="Whom to ask for help: an address or a number."),
        click.option("--title", required=True, help="The name of the election."),
        click.option("--base-url", required=True, help="The voting server, like https://vote.example.org."),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def mail_options(command: Command) -> Command:
    """Where mails go through."""
    for option in (
        click.option("--from", "sender", required=True, help="Your mail address."),
        click.option(
            "--smtp",
            required=True,
            envvar="GOVERNANCE_SMTP",
            help="smtp://user@host:port or smtps://…; a password that is not in it is asked for. Or GOVERNANCE_SMTP.",
        ),
    ):
        command = option(command)
    return command


@main.command()
@_KEEP
@letter_options
@mail_options
@click.option("--per-minute", type=click.IntRange(1, 6000), default=60, show_default=True, help="At most so many.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what would be sent, without codes.")
def send(
    *,
    access: Access,
    letter: Callable[[Pairing], Letter],
    smtp: str,
    per_minute: int,
    dry_run: bool,
) -> None:
    """Send each code to its voter by mail. Whoever was sent one already is left out, so call it again to go on."""
    with pairing.unlocked(access) as mine:
        mine.has_codes()
        due = [person for person in mine.people if person.email and not person.given]
        if dry_run:
            click.echo(f"{words.several(len(due), 'mail', 'mails')} would be sent.")
            if due:
                click.echo("The first, with another code in it:\n")
                click.echo(letter(mine).mail(due[0], "X" * 26).get_content())
            return
        outcome = _send(mine, letter(mine), due, smtp, per_minute)
        left = sum(not person.given and not person.email for person in mine.people)
    sent, paper = words.several(outcome.sent, "code", "codes"), words.several(left, "person has", "people have")
    click.echo(f"Sent {sent}. {paper} no mail address and no code yet: print what is missing.")
    _tell_refused(outcome)


def _send(mine: Pairing, letter: Letter, due: Sequence[Person], smtp: str, per_minute: int) -> post.Outcome:
    def note(person: Person) -> None:
        person.given = True
        mine.store()

    todo = [
        (person.member, lambda person=person: letter.mail(person, person.code), lambda person=person: note(person))
        for person in due
    ]
    return post.send(post.read_server(smtp), todo, per_minute) if todo else post.Outcome()


def _tell_refused(outcome: post.Outcome) -> None:
    """Say which letters the server did not take; exit code 1 if there are some."""
    if outcome.refused:
        click.echo(f"The mail server did not take the letters to: {', '.join(map(asking.shown, outcome.refused))}")
        sys.exit(REFUSED)


@main.command()
@_KEEP
@letter_options
@mail_options
@click.argument("member")
def resend(*, access: Access, letter: Callable[[Pairing], Letter], smtp: str, member: str) -> None:
    """Send MEMBER the same code again; how often that is done will be public, not to whom."""
    with pairing.unlocked(access) as mine:
        mine.has_codes()
        person = mine.find(member)
        if not person.email:
            msg = f"member {asking.shown(member)} has no mail address: print the code"
            raise RuleError(msg)
        person.again += person.given
        mine.store()  # counted before it leaves: the number that is published is never too low
        _tell_refused(_send(mine, letter(mine), [person], smtp, 60))
        click.echo("Sent. It is counted: see notice-count.")


@main.command("print")
@_KEEP
@letter_options
@click.option("--member", "members", multiple=True, metavar="ID", help="Only this voter. May be repeated.")
@click.option("--everybody", is_flag=True, help="Also those who have a mail address.")
@click.option("--text", is_flag=True, help="Plain text instead of a page for the browser.")
@click.option("--out", type=OUT, default="sheets.html", show_default=True, help="Print it, then delete it.")
def print_sheets(  # noqa: PLR0913  an option is an argument
    *,
    access: Access,
    letter: Callable[[Pairing], Letter],
    members: tuple[str, ...],
    everybody: bool,
    text: bool,
    out: Path,
) -> None:
    """Write sheets to print, one for each voter without a mail address who has no code yet."""
    access.outputs(out)
    with pairing.unlocked(access) as mine:
        mine.has_codes()
        due = [mine.find(member) for member in dict.fromkeys(members)]
        if not members:
            due = [person for person in mine.people if everybody or not (person.email or person.given)]
        if not due:
            msg = "there is nobody to print a code for"
            raise RuleError(msg)
        for person in due:
            person.again += person.given
            person.given = True
        mine.store()
        files.write(out, letters.sheets(letter(mine), due, html=not text).encode(), anew=True)
    number = words.several(len(due), "sheet", "sheets")
    click.echo(f"Written: {out}, {number}. The codes in it are not sealed: print it, then delete it.")


@main.command("notice-count")
@_KEEP
def notice_count(access: Access) -> None:
    """Say how many codes were given out, and how many again: the numbers for the public notice."""
    with pairing.unlocked(access) as mine:
        given, again = mine.counts()
    first, then = words.several(given, "voting code was", "voting codes were"), words.several(again, "time", "times")
    click.echo(f"{first} sent or printed; the same code was given again {then}.")


@main.command()
@_KEEP
@click.option("--record", type=FILE, required=True, help="The record, with its close.")
@click.option("--expect", metavar="ELECTION", help="The id of the election: not asked for then.")
def destroy(access: Access, record: Path, expect: str | None) -> None:
    """After the close: forget every code and who had which. It cannot be undone."""
    with pairing.unlocked(access) as mine:
        mine.has_codes()
        so_far = prefix.read(record)
        mine.belongs(so_far)
        if so_far.judge.phase not in (Phase.CLOSED, Phase.CANCELLED):
            msg = "voting has not closed yet: until then voters may ask for their code again"
            raise RuleError(msg)
        moment = opening.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        if so_far.judge.phase is Phase.CLOSED and moment < so_far.judge.closes:
            msg = (
                f"voting closes {words.moment(so_far.judge.closes)}, and this computer's clock says "
                f"{words.moment(moment)}: nothing is destroyed before the close"
            )
            raise RuleError(msg)
        answer = click.prompt(f"This cannot be undone. Type {mine.election} to go on") if expect is None else expect
        if answer != mine.election:
            msg = "that is not the id of this election: nothing was destroyed"
            raise MalformedError(msg)
        mine.destroy()
        mine.store()
    click.echo("The codes are gone from this file. Delete copies of it, sheets and sent mail too.")


@main.command()
@click.option("--secret", type=FILE, default="registrar.secret", show_default=True, help="The file of secrets.")
def status(secret: Path) -> None:
    """Say what a file of secrets holds, without its passphrase."""
    plain = safe.peek(secret, OWNER)
    click.echo(f"Registrar  {told(plain, 'name')}")
    click.echo(f"identity   {told(plain, 'identity')}")
    if plain.get("ceremony"):
        click.echo(f"Election   {told(plain, 'election')}")
        click.echo(f"ceremony   {told(plain, 'ceremony')}")
    gone = plain.get("destroyed") is True
    click.echo(f"Codes      {'destroyed' if gone else told(plain, 'voters') if plain.get('voters') else 'none yet'}")


if __name__ == "__main__":  # pragma: no cover
    main()
