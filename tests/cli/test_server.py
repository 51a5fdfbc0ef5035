"""The commands beside the web server: database, clock, mail, demonstration."""

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import update

from governance.cli.main import main
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.services import demonstration, elections, officers, post, roles
from governance.store.journal import Letter
from governance.web import keyfile
from governance.web.app import create_app
from governance.web.extensions import reading, transaction
from tests.offline.post_office import office
from tests.services.stage import KEY, START, Stage, a_stage
from tests.web.browser import application, words


class Moved:
    """A clock that a test moves."""

    now = START

    def __call__(self) -> object:
        return self.now


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = create_app(
        {"SECRET": KEY, "DATABASE_URL": f"sqlite:///{tmp_path / 'g.sqlite'}", "RECORDS": tmp_path, "CLOCK": Moved()}
    )
    made.instance_path = str(tmp_path)
    return made


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        made.set_up()
        yield made


def run(app: Flask, *words_: str) -> Result:
    return CliRunner().invoke(main, list(words_), obj=app)


def test_the_demonstration_from_an_empty_database_to_its_second_result(app: Flask, tmp_path: Path) -> None:
    assert run(app, "demonstration", "accounts").output == "This database holds no demonstration.\n"
    assert run(app, "demonstration", "count").exit_code == 2
    assert run(app, "demonstration", "load").exit_code == 0
    assert run(app, "demonstration", "load", "--if-empty").output == ""
    assert "only for an empty one" in run(app, "demonstration", "load").output
    assert stat.S_IMODE((tmp_path / "demonstration.json").stat().st_mode) == 0o600

    told = run(app, "demonstration", "accounts", "--address", "http://127.0.0.1:9").output
    assert "http://127.0.0.1:9/sign-in?email=officer@example.org" in told
    assert told.count("voting code: ") == demonstration.SHOWN
    assert "is nominated, and has to answer\n    http://127.0.0.1:9/sign-in?email=" in told
    front = app.test_client().get("/")
    assert "Advisory group 2025" in words(front)
    assert app.test_client().get(f"/records/{demonstration.FINISHED}.record.zip", buffered=True).status_code == 200

    app.config["CLOCK"].now = START + timedelta(days=14)
    assert f"{demonstration.OPEN}: close\n" in run(app, "advance").output
    assert run(app, "demonstration", "count").output == "Mixed, opened and counted.\n"
    with app.app_context(), reading() as session:
        assert elections.show(session, demonstration.OPEN).phase is Phase.COUNTED
    assert "Advisory group 2026" in words(app.test_client().get("/"))


def test_the_first_command_makes_the_key_and_no_later_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flask, "auto_find_instance_path", lambda _: str(tmp_path / "new"))
    path = tmp_path / "new" / keyfile.NAME

    assert "`governance db upgrade`" in CliRunner().invoke(main, ["advance"]).output
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    key = path.read_bytes()
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0

    assert (path.read_bytes(), len(key)) == (key, 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyfile.make_key(path.parent) is None
    path.unlink()
    assert "is missing: put it back" in CliRunner().invoke(main, ["db", "upgrade"]).output
    assert not path.exists()


def test_the_environment_says_what_an_operator_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flask, "auto_find_instance_path", lambda _: str(tmp_path))
    monkeypatch.setenv("GOVERNANCE_DEVELOPMENT", "true")
    monkeypatch.setenv("GOVERNANCE_MAIL_URL", "smtp://localhost")

    app = create_app()

    assert (app.config["DEVELOPMENT"], app.config["MAIL_URL"]) == (True, "smtp://localhost")
    assert create_app({}).config["MAIL_URL"] is None


def test_mail_that_waits_is_sent(stage: Stage, tmp_path: Path) -> None:
    with office(tmp_path) as (box, url):
        app = application(stage, MAIL_URL=url)
        with app.app_context(), transaction() as session:
            post.queue(session, "m1@example.org", "A subject", "Words.", now=stage.now)

        assert run(app, "mail").output == "1 sent, 0 to be tried again\n"
        assert run(app, "mail").output == "0 sent, 0 to be tried again\n"

    assert [mail["Subject"] for mail in box.mails] == ["A subject"]
    assert run(application(stage), "mail").output == "Error: MAIL_URL is not set, so no mail can be sent.\n"


def test_mail_that_does_not_arrive_is_told(stage: Stage) -> None:
    app = application(stage)
    assert run(app, "post").output == "0 waiting\n"
    with app.app_context(), transaction() as session:
        post.queue(session, "m1@example.org", "A seat is offered to you", "Words.", now=stage.now)
        post.queue(session, "m2@example.org", "A vote", "Words.", now=stage.now)
    told = run(app, "post")
    assert (told.output, told.exit_code) == ("2 waiting\n", 0)
    with app.app_context(), transaction() as session:
        session.execute(update(Letter).values(tries=post.TRIES - 1))
        session.execute(update(Letter).filter_by(recipient="m1@example.org").values(tries=post.TRIES))

    told = run(app, "post")

    assert told.exit_code == 1
    assert told.output.splitlines() == [
        "1 waiting",
        "1 about an election, or a decision: 0 given up, 1 still tried",
        "1 that a seat is offered, to m1: 1 given up, 0 still tried",
    ]
    stage.now += timedelta(hours=1)
    with app.app_context(), transaction() as session:
        session.execute(update(Letter).values(tries=0))
    assert "no mail is sent since" in run(app, "post").output


def test_an_installation_begins_with_its_name_its_first_member_and_a_role(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "first.csv"
    file.write_text("email,name,country,region,joined\nann@example.org,Ann,Kenya,Africa,2020-01-01\n")
    named = ("organisation", "--name", "An organisation", "--host", "vote.example.org", "--contact", "help@example.org")

    assert run(app, "db", "upgrade").exit_code == 0
    assert run(app, *named).output == "This installation is An organisation's.\n"
    assert CliRunner().invoke(main, ["members", "import", str(file)], obj=app, input="n\n").exit_code == 0
    assert "Nobody among the members" in run(app, "role", "ann@example.org", "secretariat").output
    assert run(app, "members", "import", str(file), "--yes").output == "1 new, 0 changed.\nDone.\n"
    assert run(app, "role", "Ann@example.org", "secretariat").output == "Done.\n"
    with app.app_context(), reading() as session:
        assert [one.name for one in roles.with_role(session, Role.SECRETARIAT)] == ["Ann"]
    assert run(app, "role", "ann@example.org", "secretariat", "--take").output == "Done.\n"
    assert "They are not secretariat." in run(app, "role", "ann@example.org", "secretariat", "--take").output
    file.write_text("email,name,country,region,joined\nann,Ann,Kenya,Africa,2020-01-01\n")
    assert "Line 2" in run(app, "members", "import", str(file), "--yes").output


def test_the_organisation_says_how_long_one_can_object(app: Flask) -> None:
    named = ("organisation", "--name", "An organisation", "--host", "vote.example.org", "--contact", "help@example.org")
    run(app, "db", "upgrade")

    assert run(app, *named, "--challenge-days", "5").exit_code == 0
    assert "2 to 60 days" in run(app, "organisation", "--challenge-days", "1").output
    assert run(app, *named).exit_code == 0
    with app.app_context(), reading() as session:
        assert officers.organisation(session).challenge_days == 5


def test_the_organisation_says_where_the_software_can_be_had(app: Flask) -> None:
    named = ("organisation", "--name", "An organisation", "--host", "vote.example.org", "--contact", "help@example.org")
    address, digest = "https://elsewhere.example/software", "ab" * 32
    run(app, "db", "upgrade")

    early = run(app, "organisation", "--software", address)
    assert (early.exit_code, "a name, a host and a contact" in early.output) == (2, True)
    assert run(app, *named).exit_code == 0
    assert run(app, "organisation", "--software", address, "--software-sha256", digest.upper()).exit_code == 0
    assert run(app, "organisation", "--name", "Another name").output == "This installation is Another name's.\n"
    with app.app_context(), reading() as session:
        row = officers.organisation(session)
        told = (row.name, row.host, row.contact, row.software, row.software_hash)
    assert told == ("Another name", "vote.example.org", "help@example.org", address, digest)

    refused = run(app, "organisation", "--software", "http://elsewhere.example/")
    assert (refused.exit_code, "begins with https://" in refused.output) == (2, True)
    assert (
        "the server that the software is to check"
        in run(app, "organisation", "--software", "https://vote.example.org/software").output
    )
    assert run(app, "organisation", "--software", "").exit_code == 0
    with app.app_context(), reading() as session:
        assert officers.organisation(session).software_hash == ""
