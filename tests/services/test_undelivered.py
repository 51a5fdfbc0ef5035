"""Mail that does not arrive: nothing is dropped in silence, an outage costs no letter, and officials see no more than they may."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from governance.errors import NotPermittedError, RuleError
from governance.services import mailing, members, officers, post, undelivered
from governance.services.undelivered import OTHER, Line, Told
from tests.offline.post_office import Box, office
from tests.services.stage import START, Stage

FROM = "elections@vote.example.org"
APPROVAL, VOTED = "Your approval is asked for", "Your vote is in the ballot box"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Box, str]]:
    with office(tmp_path) as (box, url):
        yield box, url


def queue(stage: Stage, recipient: str, subject: str = APPROVAL, text: str = "A text.") -> None:
    with stage.writing() as session:
        post.queue(session, recipient, subject, text, now=START)


def deliver(stage: Stage, url: str, at: datetime = START, sender: str = FROM) -> tuple[int, int]:
    return mailing.deliver(stage.writing, url, sender, now=at)


def told(stage: Stage, at: datetime = START, by: str = "officer") -> Told:
    with stage.reading() as session:
        return undelivered.look(session, by, now=at)


def given_up(stage: Stage, url: str) -> datetime:
    """Try until nothing is tried any more; when that was."""
    at = START
    while told(stage, at).waiting:
        deliver(stage, url, at)
        at += timedelta(hours=6)
        assert at < START + 7 * DAY
    return at


def test_a_letter_that_was_given_up_is_listed_until_its_time_is_over(stage: Stage, served: tuple[Box, str]) -> None:
    stage.set_up(3)
    box, url = served
    box.answers["m1@example.org"] = "550 no such mailbox"
    queue(stage, "m1@example.org")
    queue(stage, "m2@example.org")

    assert deliver(stage, url) == (1, 1)
    assert told(stage) == Told(1, None, ())  # one refusal is nothing yet
    at = given_up(stage, url)

    assert told(stage, at) == Told(0, None, (Line("that an approval is asked for", "m1", "Member 1", 1, 1),))
    assert told(stage, at).given_up == 1
    assert deliver(stage, url, at + DAY) == (0, 0)
    assert told(stage, at + DAY).given_up == 1
    assert deliver(stage, url, at + post.GIVEN_UP + DAY) == (0, 0)
    assert told(stage, at + post.GIVEN_UP + DAY).lines == ()


def test_a_server_that_is_away_for_hours_costs_no_letter(stage: Stage, served: tuple[Box, str]) -> None:
    stage.set_up(3)
    queue(stage, "m1@example.org")
    at = START
    for _ in range(3 * post.TRIES):
        with pytest.raises(RuleError, match="cannot be reached"):
            deliver(stage, "smtp://127.0.0.1:1", at)
        assert (told(stage, at).waiting, told(stage, at).lines) == (1, ())
        at += timedelta(minutes=5)

    box, url = served
    assert deliver(stage, url, at) == (1, 0)
    assert box.to() == ["m1@example.org"]


def test_officials_do_not_learn_who_voted_or_was_nominated(stage: Stage, served: tuple[Box, str]) -> None:
    stage.set_up(3)
    box, url = served
    for one in ("m1@example.org", "m2@example.org"):
        box.answers[one] = "550 no"
        for subject in (VOTED, "You have been nominated"):
            queue(stage, one, subject)
    at = given_up(stage, url)

    assert told(stage, at).lines == (Line(OTHER, "", "", 4, 4),)


def test_nobody_else_looks(stage: Stage) -> None:
    stage.set_up(3)
    for by in ("m1", "registrar", "t1"):
        with pytest.raises(NotPermittedError):
            told(stage, by=by)
    assert told(stage, by="secretary") == told(stage, by=officers.COMMAND) == Told(0, None, ())


def test_mail_that_nobody_sends_is_said(stage: Stage) -> None:
    stage.set_up(3)
    queue(stage, "m1@example.org")

    assert told(stage, START + undelivered.SLOW - MINUTE).stuck is None
    assert told(stage, START + undelivered.SLOW).stuck == START


@pytest.mark.parametrize(
    ("name", "sender", "shown"),
    [
        ("Our network", FROM, "Our network"),
        ('Réseau «Santé», "Nord" <a@b>', FROM, "Réseau Santé Nord a b"),
        ("Our network", f"The election office <{FROM}>", "The election office"),
        ("我们的网络", FROM, "我们的网络"),
        ("Long " * 30, FROM, ("Long " * 30).strip()),
        ("A\r\nBcc: everybody@example.org", FROM, "A Bcc everybody example org"),
    ],
)
def test_mail_says_who_we_are(stage: Stage, served: tuple[Box, str], name: str, sender: str, shown: str) -> None:
    stage.set_up(3)
    with stage.writing() as session:
        members.set_up(session, name, None, None)
    queue(stage, "m1@example.org", "Ein Betreff über uns")
    box, url = served

    assert deliver(stage, url, sender=sender) == (1, 0)

    mail: EmailMessage = box.mails[0]
    (address,) = mail["From"].addresses
    assert (address.display_name, address.addr_spec) == (shown, FROM)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@vote.example.org>")
    assert mail["Subject"] == "Ein Betreff über uns"
    assert "Bcc" not in mail
    assert box.to() == ["m1@example.org"]
