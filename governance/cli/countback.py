"""`governance countback`: fill a casual vacancy (docs/interfaces.md, docs/counting.md 7)."""

import io
import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import click

from governance.board import verify
from governance.board.checks import Check
from governance.board.judge import Judge
from governance.board.record import NotARecordError, RecordFile, is_zip
from governance.cli import forms
from governance.cli.polls import (
    find_candidate,
    labelled,
    no_garbage,
    order_of_lots,
    read_bytes,
    read_constraints,
)
from governance.count import countback, plain_text, rules, sheet
from governance.count.ballots import MAX_SEATS, Profile, profile
from governance.count.constraints import Constraint
from governance.count.countback import PAPERS, RECOUNT, Countback
from governance.count.report import decimal
from governance.crypto import lots
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.edge import note, shown, shown_lines

FAILED = 1
_BEGINS = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Election:
    """What filled the seats: all that its count depended on, candidates by label."""

    title: str
    names: tuple[str, ...]
    papers: Profile
    rule: str
    seats: int
    order: list[int]
    withdrawn: tuple[str, ...]
    reopen: str | None
    constraints: list[Constraint]

    def label(self, name: str) -> str:
        """The label of a candidate who is named in the call."""
        return self.papers.candidates[find_candidate(self.papers.candidates, name, self.names)]


@click.command("countback")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", help=f"The rule of the election, one of: {', '.join(rules.RULES)}. A record has its own.")
@click.option("--contest", metavar="ID", help="Which contest of a record; not needed if it has one.")
@click.option("--vacating", multiple=True, metavar="NAME", required=True, help="Who leaves the seat.")
@click.option("--declined", multiple=True, metavar="NAME", help="Would not, or may not, take the seat.")
@click.option("--sitting", multiple=True, metavar="NAME", help="Who sits now [default: whom the count elects].")
@click.option(
    "--kind",
    type=click.Choice(countback.KINDS),
    default=RECOUNT,
    show_default=True,
    help="Count all papers again, or only those that elected the one who leaves.",
)
@click.option("--seats", type=click.IntRange(1, MAX_SEATS), help="Places of the election, in place of the file's.")
@click.option("--withdrawn", multiple=True, metavar="NAME", help="Had withdrawn, besides those in the file.")
@click.option("--reopen", metavar="NAME", help='The candidate who is "re-open nominations".')
@click.option(
    "--constraints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file: the constraints on the whole board now [default: the record's].",
)
@click.option("--order", metavar="NAME,NAME,…", help="The order of lots [default: as in the file].")
@click.option("--json", "as_json", is_flag=True, help="Print the countback as one JSON object.")
def command(
    file: Path,
    rule: str | None,
    contest: str | None,
    vacating: tuple[str, ...],
    declined: tuple[str, ...],
    sitting: tuple[str, ...],
    kind: str,
    seats: int | None,
    withdrawn: tuple[str, ...],
    reopen: str | None,
    constraints: Path | None,
    order: str | None,
    *,
    as_json: bool,
) -> None:
    """Fill the seat that NAME leaves, from the papers of FILE: as for `count`, or a published record.

    Exit code 0: counted, also where the seat stays empty. 1: the record does not verify. 2: the input is not what it
    should be, or the call is wrong.
    """
    if len(vacating) > 1:
        raise MalformedError("--vacating is given twice: one seat is filled at a time")
    given = {"--rule": rule, "--seats": seats, "--withdrawn": withdrawn or None, "--reopen": reopen, "--order": order}
    with no_garbage():
        if is_record := _is_record(file):
            if extra := [option for option, value in given.items() if value is not None]:
                raise MalformedError(f"a record says itself what {', '.join(extra)} would")
            election = _of_record(file, contest)
        elif contest is not None:
            raise MalformedError("--contest is for a record, and the file is none")
        else:
            election = _of_papers(file, rule, seats, withdrawn, reopen, order)
        board = read_constraints(constraints, election.papers.candidates) if constraints else election.constraints
        if not is_record:
            election = replace(election, constraints=board)
        done = _fill(
            election,
            kind,
            vacating=election.label(vacating[0]),
            declined=[election.label(name) for name in declined],
            named=[election.label(name) for name in sitting],
            board=board,
        )
    if as_json:
        text = json.dumps(done.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    else:
        text = shown_lines(_text(election.title, done))
    # As bytes: the output is UTF-8 wherever it goes, and cannot fail for want of a letter.
    click.echo(text.encode())


def _fill(
    election: Election, kind: str, *, vacating: str, declined: list[str], named: list[str], board: list[Constraint]
) -> Countback:
    """Fill the seat, once it is clear who sits."""
    first = rules.count(
        election.rule,
        election.papers,
        seats=election.seats,
        order=election.order,
        withdrawn=election.withdrawn,
        reopen=election.reopen,
        constraints=election.constraints,
    )
    elected = [name for name in first.names(first.elected) if name != election.reopen]
    if vacating not in elected and vacating not in named:
        raise MalformedError(f"{vacating!r} is not elected by these papers, and --sitting does not name them")
    sitting = [name for name in named or elected if name != vacating]
    if free := [name for name in elected if name not in {*sitting, *declined, vacating}]:
        note(f"these were elected and do not sit now, so they may be chosen: {', '.join(free)}.")
    if kind == RECOUNT:
        return countback.recount(
            election.rule,
            election.papers,
            vacating=vacating,
            sitting=sitting,
            order=election.order,
            declined=declined,
            withdrawn=election.withdrawn,
            reopen=election.reopen,
            constraints=board,
        )
    return countback.papers(
        election.rule,
        election.papers,
        seats=election.seats,
        vacating=vacating,
        sitting=sitting,
        order=election.order,
        declined=declined,
        withdrawn=election.withdrawn,
        reopen=election.reopen,
        constraints=board,
        election_constraints=election.constraints,
    )


def _is_record(file: Path) -> bool:
    """Whether it is to be read as a record: it ends as a zip does, as `verify` tells it, or begins so.

    A pipe can only bring papers.
    """
    if not file.is_file():
        return False
    with files.opened(file) as opened:
        return opened.read(len(_BEGINS)) == _BEGINS or is_zip(opened)


def _of_papers(
    file: Path, rule: str | None, seats: int | None, withdrawn: Iterable[str], reopen: str | None, order: str | None
) -> Election:
    """The election of a file of papers and a call."""
    if rule is None:
        raise MalformedError("--rule is missing: a file of papers does not say by which rule they were counted")
    if rule not in rules.RULES:
        raise MalformedError(f"the rule {rule!r} is not offered; offered: {', '.join(rules.RULES)}")
    data = read_bytes(file, plain_text.MAX_BYTES)
    if is_zip(io.BytesIO(data)):
        raise MalformedError("a record cannot be read from a pipe: save it as a file")
    read = forms.read(data, file.name, None, seats)
    labels = labelled(read.names)
    gone = {*read.withdrawn, *(find_candidate(labels, name, read.names) for name in withdrawn)}
    return Election(
        title=read.title,
        names=read.names,
        papers=read.profile(labels),
        rule=rule,
        seats=seats or read.seats,
        order=order_of_lots(order, read, labels, gone),
        withdrawn=tuple(labels[one] for one in sorted(gone)),
        reopen=None if reopen is None else labels[find_candidate(labels, reopen, read.names)],
        constraints=[],
    )


def _of_record(file: Path, contest: str | None) -> Election:
    """The election of one contest of a record that verifies; otherwise the program ends with exit code 1."""
    try:
        with files.opened(file) as opened:
            report, judge = verify.judge(RecordFile(opened), whole=True)
    except NotARecordError as error:
        raise MalformedError(str(error)) from None
    except MalformedError as error:
        _refuse(Check.FORM, str(error))
    if report.failure:
        _refuse(report.failure.check, report.failure.detail)
    if judge is None or report.cancelled:
        raise MalformedError("the election of this record was cancelled, so nobody was elected")
    return _counted(judge, contest)


def _refuse(check: Check, detail: str) -> NoReturn:
    text = f"The record does not verify: section {check.section}, {check.title}: {detail}"
    click.echo(shown(text), err=True)
    sys.exit(FAILED)


def _counted(judge: Judge, name: str | None) -> Election:
    """One contest as the record counted it: whoever was elected by an earlier contest stands withdrawn."""
    counted = {one: (tally, tally.opened) for one, tally in judge.tallies.items() if tally.opened is not None}
    if name is None and len(counted) == 1:
        (name,) = counted
    if name is None or name not in counted:
        raise MalformedError(f"--contest must be one that was counted: {', '.join(sorted(counted)) or 'there is none'}")
    tally, opened = counted[name]
    contest = tally.contest
    names = tuple(candidate.name for candidate in contest.candidates)
    labels = dict(zip((candidate.id for candidate in contest.candidates), labelled(names), strict=True))
    before = judge.elected_before(contest)
    gone = {*judge.withdrawn.get(name, ()), *before}
    return Election(
        title=contest.title,
        names=names,
        papers=profile(
            labels.values(), [(number, [labels[one] for one in ids]) for ids, number in opened.papers.items()]
        ),
        rule=contest.rule["id"],
        seats=contest.seats,
        order=[[*labels].index(one) for one in lots.order(lots.seed(tally.ctx, name, tally.result), labels)],
        withdrawn=tuple(labels[one] for one in labels if one in gone),
        reopen=next((labels[candidate.id] for candidate in contest.candidates if candidate.reopen), None),
        constraints=[
            _relabelled(Constraint(c.attribute, c.value, c.min, c.max, c.candidates, c.seated).after(before), labels)
            for c in contest.constraints
        ],
    )


def _relabelled(constraint: Constraint, labels: Mapping[str, str]) -> Constraint:
    """With labels for ids; who stands in another contest only is in `seated`, or nowhere."""
    return replace(constraint, candidates=tuple(labels[one] for one in constraint.candidates if one in labels))


def _text(title: str, done: Countback) -> str:
    """Who takes the seat first, then the count that says so."""
    lines = [_outcome(done)]
    if done.kind == PAPERS:
        held = decimal(done.held, done.count.places)
        lines.append(f"Counted are the {done.count.valid} papers that elected {done.vacating}, at {held} votes in all.")
    for what, names in (
        ("Sitting", done.sitting),
        ("Declined", done.declined),
        ("Passed over, as the board would not meet its constraints", done.barred),
    ):
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    return "\n".join([*lines, "", sheet.text(title, done.count, shutil.get_terminal_size().columns)])


def _outcome(done: Countback) -> str:
    if done.filled is not None:
        return f"The seat of {done.vacating} goes to: {done.filled}"
    why = "re-open nominations has it" if done.reopened else "nobody is left to take it"
    return f"The seat of {done.vacating} stays empty: {why}."
