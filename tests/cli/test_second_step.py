"""`governance second-step`: where a device is lost and no two people can help."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from governance.cli.main import main
from governance.services import accounts, officers, post, second_step
from tests.services.stage import Stage, a_stage
from tests.web.browser import application, session_token


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        made.set_up(3)
        yield made


def run(stage: Stage, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["second-step", *words], obj=application(stage))
    return done.exit_code, done.output


def test_whoever_runs_the_server_resets_it_and_the_log_says_so(stage: Stage) -> None:
    token = session_token(stage, "officer")

    assert run(stage, "reset", "Officer@example.org", "--why", "Lost at sea.")[0] == 0

    with stage.reading() as session:
        line = officers.log(session, "secretary")[0]
        assert (line.who, line.what, line.why) == ("command", "reset the second step of officer", "Lost at sea.")
        assert accounts.browser(session, token, now=stage.now) is None
        assert not second_step.is_on(session, "officer")
        told = sorted(one.recipient for one in post.outbox(session))
    assert told == ["officer@example.org", "secretary@example.org"]


@pytest.mark.parametrize(
    ("email", "why"), [("nobody@example.org", "Nobody among"), ("m1@example.org", "no second step")]
)
def test_what_is_not_there_is_not_reset(stage: Stage, email: str, why: str) -> None:
    code, told = run(stage, "reset", email)

    assert code == 2
    assert why in told
