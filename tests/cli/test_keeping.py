"""How long is kept what is known of people, by command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from governance.cli.main import main
from tests.services.stage import a_stage
from tests.web.browser import application


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with a_stage(tmp_path) as stage:
        stage.set_up()
        yield application(stage)


def test_the_rule_is_shown_and_changed(app: Flask) -> None:
    shown = CliRunner().invoke(main, ["retention"], obj=app)
    changed = CliRunner().invoke(main, ["retention", "--roll", "90"], obj=app)

    assert "  180 days: the names on a roll, after the time for appeals (--roll)\n" in shown.output
    assert changed.output == shown.output.replace("  180 days: the names", "   90 days: the names")
    assert CliRunner().invoke(main, ["retention"], obj=app).output == changed.output


def test_a_number_that_makes_no_sense_changes_nothing(app: Flask) -> None:
    before = CliRunner().invoke(main, ["retention"], obj=app).output

    late = CliRunner().invoke(main, ["retention", "--declared", "400"], obj=app)

    assert (late.exit_code, "not later" in late.output) == (2, True)
    assert CliRunner().invoke(main, ["retention", "--roll", "0"], obj=app).exit_code == 2
    assert CliRunner().invoke(main, ["retention"], obj=app).output == before


def test_an_installation_without_a_name_is_told(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        told = CliRunner().invoke(main, ["retention"], obj=application(stage))

    assert (told.exit_code, isinstance(told.exception, SystemExit)) == (2, True)
