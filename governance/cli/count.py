"""`governance count`: count a file of papers (docs/interfaces.md, docs/counting.md 8.3 and 8.5)."""

from pathlib import Path
from typing import Any

import click

from governance.cli import forms
from governance.cli.polls import (
    find_candidate,
    labelled,
    no_garbage,
    order_of_lots,
    read_bytes,
    read_constraints,
    read_names,
)
from governance.count import firmness, plain_text, rules
from governance.count import follow as following
from governance.count.ballots import MAX_SEATS
from governance.errors import MalformedError
from governance.offline.edge import note, shown_lines


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", default=rules.DEFAULT, show_default=True, help=f"One of: {', '.join(rules.RULES)}.")
@click.option("--seats", type=click.IntRange(1, MAX_SEATS), help="Places to fill, in place of the file's number.")
@click.option("--withdrawn", multiple=True, metavar="NAME", help="Withdrawn, besides those in the file.")
@click.option("--reopen", metavar="NAME", help='The candidate who is "re-open nominations".')
@click.option(
    "--constraints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file: the manifest's list of constraints, with names for ids.",
)
@click.option("--order", metavar="NAME,NAME,…", help="The order of lots [default: as in the file].")
@click.option("--format", "form", type=click.Choice(forms.READ), help="The file's form [default: as its name ends].")
@click.option(
    "--as", "wanted", type=click.Choice(forms.WRITE), default="text", help="What to print.", show_default=True
)
@click.option("--firmness", "firm", is_flag=True, help="Say how firm the result is as well (text and JSON).")
@click.option(
    "--follow", metavar="NAME,NAME,…", help="Say how a paper with this ranking travels as well (text and JSON)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the count as one JSON object, as --as json does.")
def count(
    file: Path,
    rule: str,
    seats: int | None,
    withdrawn: tuple[str, ...],
    reopen: str | None,
    constraints: Path | None,
    order: str | None,
    form: str | None,
    wanted: str,
    follow: str | None,
    *,
    firm: bool,
    as_json: bool,
) -> None:
    """Count the papers of FILE: BLT, PrefLib (.soc, .soi, .toc, .toi) or a table of ranks (.csv).

    Exit code 0: counted. 2: the input is not what it should be, or the call is wrong.
    """
    wanted = "json" if as_json else wanted
    more: dict[str, Any] = {}
    words: list[str] = []
    if (firm or follow is not None) and wanted not in {"text", "json"}:
        raise MalformedError(f"--firmness and --follow go with text and JSON, not with --as {wanted}")
    with no_garbage():
        if rule not in rules.RULES:
            raise MalformedError(f"the rule {rule!r} is not offered; offered: {', '.join(rules.RULES)}")
        election = forms.read(read_bytes(file, plain_text.MAX_BYTES), file.name, form, seats)
        labels = labelled(election.names)
        gone = {*election.withdrawn, *(find_candidate(labels, name, election.names) for name in withdrawn)}
        profile = election.profile(labels)
        asked: dict[str, Any] = {
            "seats": seats or election.seats,
            "order": order_of_lots(order, election, labels, gone),
            "withdrawn": gone,
            "reopen": None if reopen is None else find_candidate(labels, reopen, election.names),
            "constraints": read_constraints(constraints, labels) if constraints else (),
        }
        if follow is None:
            counted = rules.count(rule, profile, **asked)
        else:
            ranking = tuple(read_names("--follow", follow, labels))
            trail = following.counted(rule, profile, **asked)
            counted = trail.count
            more["follow"] = [following.as_dict(counted, stop) for stop in trail.follow(ranking)]
            words.append(following.text(trail, ranking))
        if firm:
            found = firmness.firmness(rule, profile, **asked)
            more["firmness"] = found.as_dict()
            words.append(firmness.text(found))
    if counted.unconstrained:
        note("the constraints cannot be met, so they had no effect.")
    # As bytes: the output is UTF-8 wherever it goes, and cannot fail for want of a letter.
    click.echo(forms.write(wanted, election, counted, constrained=constraints is not None, more=more), nl=False)
    if wanted == "text":
        click.echo(shown_lines("".join(f"\n{part}\n" for part in words)).encode(), nl=False)
