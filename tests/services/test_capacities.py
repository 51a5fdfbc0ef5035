"""Organisations that vote through a delegate; and that no file which goes out runs in a spreadsheet."""

import csv
import io

import pytest
from sqlalchemy import text

from governance.domain.draft import Contest
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.offline import roll as registrars
from governance.services import members, roles, roll
from governance.services.officers import COMMAND
from tests.services import devices
from tests.services.stage import ELECTION, START, Stage, a_draft, standing
from tests.web.browser import session_token

HEAD = "id,email,name,country,region,joined,kind,delegate"
CLUB = "club,club@example.org,A Club,Peru,Americas,2020-01-01,organisation,Member 1"


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up()
    imported(stage, CLUB)
    return stage


def imported(stage: Stage, *lines: str) -> None:
    data = "\n".join([HEAD, *lines, ""]).encode()
    with stage.writing() as session:
        seen = members.preview(session, COMMAND, data)
        members.apply(session, COMMAND, data, seen.digest, now=stage.now)


def test_a_delegate_who_is_a_member_too_has_a_line_in_each_capacity(ready: Stage) -> None:
    ready.draft()
    ready.freeze()

    with ready.reading() as session:
        lines = [roll.my_line(session, ELECTION, one) for one in ("m1", "club")]
        assert [line.name for line in lines] == ["Member 1", "A Club (delegate: Member 1)"]
        assert roll.contests_of(session, ELECTION, "club") == ("board",)


def test_a_contest_may_be_for_organisations_alone(ready: Stage) -> None:
    contest = Contest("clubs", "Clubs", 1, standing("c", 2), min_ballots=2, electorate={"kind": ("organisation",)})
    imported(ready, CLUB.replace("club", "choir").replace("Member 1", "Member 2"))
    ready.draft(a_draft(contests=(*a_draft().contests, contest)))
    ready.freeze()

    with ready.reading() as session:
        assert roll.contests_of(session, ELECTION, "club") == ("board", "clubs")
        assert "clubs" not in roll.contests_of(session, ELECTION, "m1")


def test_a_former_delegate_is_signed_out(ready: Stage) -> None:
    token = session_token(ready, "club")
    imported(ready, CLUB.replace("Member 1", "Member 2"))

    with ready.reading() as session:
        assert devices.signed_in(session, token, now=ready.now) is None


def test_a_role_is_a_persons(ready: Stage) -> None:
    with ready.writing() as session, pytest.raises(RuleError, match="a role is a person's"):
        roles.grant(session, COMMAND, "club", Role.REGISTRAR, now=START)


def test_a_list_without_declarations_does_not_erase_them(ready: Stage) -> None:
    with ready.writing() as session:
        plain = members.export(session, "secretary", now=START)
        seen = members.preview(session, "secretary", plain)

        assert (seen.plan.changes, seen.plan.additions) == ((), ())


def test_no_file_that_goes_out_runs_in_a_spreadsheet(ready: Stage) -> None:
    evil = "=HYPERLINK(0)"
    ready.draft()
    with ready.writing() as session:  # as a database from before names were looked at
        session.execute(text("UPDATE member SET name = :evil, country = :evil WHERE id = 'm2'"), {"evil": evil})
        session.execute(text("UPDATE member SET email = '+a@example.org' WHERE id = 'm3'"))
    ready.freeze()
    with ready.writing() as session:
        files = [
            members.export(session, "secretary", now=START, attributes=True, why="a test"),
            roll.for_registrar(session, "registrar", ELECTION, now=ready.now),
        ]

    for data in files:
        cells = [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line]
        assert f"'{evil}" in cells
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_registrars_tool_reads_what_was_disarmed_as_it_was(
    ready: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ready.draft()
    with ready.writing() as session:
        session.execute(text("UPDATE member SET name = '=X' WHERE id = 'm2'"))
    ready.freeze()
    path = tmp_path_factory.mktemp("roll") / "roll.csv"
    with ready.writing() as session:
        path.write_bytes(roll.for_registrar(session, "registrar", ELECTION, now=ready.now))

    lines = {line.member: line.name for line in registrars.read([path], ["board", "africa"])}

    assert (lines["m2"], lines["club"], len(lines)) == ("=X", "A Club (delegate: Member 1)", 19)
