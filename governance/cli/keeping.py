"""`governance retention`: for how long what is known of people is kept."""

from dataclasses import replace

import click

from governance.cli.server import inside
from governance.services import officers
from governance.services import retention as keeping
from governance.web.extensions import now, reading, transaction

_DAYS = click.IntRange(1, keeping.MOST)
_TOLD = {
    "declared": "what a member who left had declared, after leaving",
    "people": "name and address of a member who left, after leaving",
    "candidacy": "declarations of interest of somebody without a seat, after the appeals of the election",
    "interests": "declarations of interest of somebody who had a seat, after the last term",
    "roll": "the names on a roll, after the time for appeals",
}


@click.command()
@click.option("--declared", type=_DAYS, help="Days: what a member who left had declared.")
@click.option("--people", type=_DAYS, help="Days: name and address of a member who left.")
@click.option("--candidacy", type=_DAYS, help="Days: declarations of interest of somebody without a seat.")
@click.option("--interests", type=_DAYS, help="Days: declarations of interest after the last term.")
@click.option("--roll", type=_DAYS, help="Days: the names on a roll.")
def retention(**days: int | None) -> None:
    """Say for how many days what is known of people is kept, or change it. The clock erases what is due."""
    given = {name: count for name, count in days.items() if count is not None}
    with inside():
        if given:
            with transaction() as writer:
                kept = replace(keeping.rule(writer), **given)
                keeping.set_rule(writer, officers.COMMAND, kept, now=now())
        with reading() as reader:
            kept = keeping.rule(reader)
    for name, words in _TOLD.items():
        click.echo(f"{getattr(kept, name):5} days: {words} (--{name})")
