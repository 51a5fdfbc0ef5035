"""Mail: queued with what it tells of, sent once, kept no longer."""

import socketserver
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest

from governance.errors import RuleError
from governance.services import mailing, post
from tests.services.stage import START, Stage


class Server(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given, and refuses mail to anybody called “refuse”."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[str] = []


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self.say("354 go on")
                body = []
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    body.append(part)
                assert isinstance(self.server, Server)
                self.server.taken.append("".join(body))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("550 no" if "refuse" in line else "250 well")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def queue(stage: Stage, *recipients: str) -> None:
    with stage.writing() as session:
        for one in recipients:
            post.queue(session, one, "A subject with ü", f"A text for {one}.", now=START)


def deliver(stage: Stage, server: Server, after: timedelta = timedelta(0)) -> tuple[int, int]:
    url = f"smtp://127.0.0.1:{server.server_address[1]}"
    return mailing.deliver(stage.writing, url, "elections@example.org", now=START + after)


def test_a_letter_is_sent_once_and_then_forgotten(stage: Stage, server: Server) -> None:
    queue(stage, "ann@example.org", "ben@example.org")

    assert deliver(stage, server) == (2, 0)
    assert deliver(stage, server) == (0, 0)
    assert "A text for ann@example.org." in "".join(server.taken)
    with stage.reading() as session:
        assert post.waiting(session) == 0


def test_a_letter_that_is_refused_is_tried_later_and_the_others_are_sent(stage: Stage, server: Server) -> None:
    queue(stage, "refuse@example.org", "ben@example.org")

    assert deliver(stage, server) == (1, 1)
    assert deliver(stage, server) == (0, 0)
    assert deliver(stage, server, timedelta(hours=1)) == (0, 1)
    with stage.reading() as session:
        assert [mail.recipient for mail in post.outbox(session)] == ["refuse@example.org"]


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(stage: Stage, server: Server) -> None:
    with stage.writing() as session:
        post.queue(session, "ann@example.org", "A\nBcc: everybody@example.org", "t", now=START)
    queue(stage, "ben@example.org")

    assert deliver(stage, server) == (1, 1)


def test_a_letter_is_claimed_by_one_and_again_if_nobody_sent_it(stage: Stage) -> None:
    queue(stage, "ann@example.org")
    with stage.writing() as session:
        first = post.claim(session, START)
    with stage.writing() as session:
        assert post.claim(session, START) == []
    with stage.writing() as session:
        again = post.claim(session, START + post.CLAIM)

    assert [mail.id for mail in first] == [mail.id for mail in again]
    assert (
        mailing.message(first[0], "e@example.org", START)["Message-ID"]
        == mailing.message(again[0], "e@example.org", START)["Message-ID"]
    )


def test_a_letter_that_nobody_wants_any_more_goes(stage: Stage) -> None:
    with stage.writing() as session:
        post.queue(session, "ann@example.org", "s", "t", now=START, expires=START + timedelta(minutes=20))
        assert post.claim(session, START + timedelta(minutes=20)) == []
        assert post.waiting(session) == 0


def test_a_server_that_is_not_there_loses_nothing(stage: Stage) -> None:
    queue(stage, "ann@example.org")

    with pytest.raises(RuleError, match="cannot be reached"):
        mailing.deliver(stage.writing, "smtp://127.0.0.1:1", "e@example.org", now=START)
    with stage.reading() as session:
        assert post.waiting(session) == 1


def test_a_header_cannot_be_smuggled_in(stage: Stage) -> None:
    with stage.writing() as session:
        post.queue(session, "ann@example.org", "A\nBcc: everybody@example.org", "t", now=START)
        mail = post.claim(session, START)[0]

    with pytest.raises(ValueError, match="linefeed"):
        mailing.message(mail, "e@example.org", START)
