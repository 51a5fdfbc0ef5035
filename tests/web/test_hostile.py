"""Attacks on the pages: by a name of the server that somebody made up, by floods, by what stays behind in a browser."""

import io
import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from governance.domain import limits
from governance.services import statements
from governance.web import access
from tests.services.stage import ELECTION, Stage
from tests.web.browser import Someone, application

As = Callable[[str], Someone]
OURS = "https://vote.example.org"
COUNT = text("SELECT count(*) FROM letter")


def ask(someone: Someone, email: str, base: str = "http://localhost", place: str = "127.0.0.1", **more: str) -> str:
    """Ask for a sign-in mail, at a name of the server, from a place; gives the status."""
    page = someone.client.get("/sign-in", base_url=base).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    answer = someone.client.post(
        "/sign-in",
        data={"csrf_token": token[1], "email": email, **more},
        base_url=base,
        environ_base={"REMOTE_ADDR": place},
    )
    return answer.status


def test_a_link_leads_to_us_whatever_name_the_asker_gave_the_server(anybody: Someone) -> None:
    ask(anybody, "m1@example.org", "https://evil.example")

    text = anybody.mail().text
    assert "evil" not in text
    assert "https://vote.example.org/sign-in/link/" in text


def test_whoever_floods_a_mailbox_locks_nobody_out(stage: Stage, site: Flask) -> None:
    """The one who asks too often gets no more mail; the member, elsewhere, does."""
    for _ in range(limits.MAIL.times + 2):
        ask(Someone(site, stage), "m1@example.org", OURS, "9.9.9.1")
    with stage.reading() as session:
        flood = session.execute(COUNT).scalar()
    ask(Someone(site, stage), "m1@example.org", OURS, "149.112.112.112")

    with stage.reading() as session:
        assert (flood, session.execute(COUNT).scalar()) == (limits.MAIL.times, limits.MAIL.times + 1)


def test_a_proxy_in_front_is_not_the_place_of_everybody(stage: Stage) -> None:
    behind = application(stage, PROXIES=1)
    statuses = []
    for number in range(limits.ASK.times + 2):
        someone = Someone(behind, stage)
        token = someone.token()
        given = {"csrf_token": token, "email": f"x{number}@example.org"}
        forwarded = {"X-Forwarded-For": f"6.6.6.6, 9.9.9.{number}", "X-Forwarded-Host": "evil.example"}
        statuses.append(someone.client.post("/sign-in", data=given, headers=forwarded).status_code)
    assert set(statuses) == {302}


def test_the_cookie_is_bound_to_our_very_name(anybody: Someone) -> None:
    """A hostile network can set cookies of plain names over http, and so sign somebody in as somebody else."""
    cookie = anybody.client.get("/sign-in", base_url=OURS).headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert "Path=/" in cookie
    assert "Domain=" not in cookie


def test_a_long_way_back_leaves_the_cookie_small(anybody: Someone) -> None:
    anybody.post("/sign-in", {"email": "m1@example.org", "next": "/elections/" + "a" * 6000})

    answer = anybody.post("/sign-in/code", {"digits": anybody.mail().subject[:6]})

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/home"


@pytest.mark.parametrize("address", ["/", "/elections/board-2026", "/practice", "/elections/board-2026/board"])
def test_nothing_of_a_person_stays_in_the_browser(stage: Stage, as_: As, anybody: Someone, address: str) -> None:
    stage.draft()
    stage.freeze()
    stage.announce()

    assert as_("m1").get(address).headers["Cache-Control"] == "no-store"
    assert anybody.get(address).headers["Cache-Control"] == "no-cache"


def test_the_page_with_the_six_digits_is_not_kept(anybody: Someone, site: Flask, stage: Stage) -> None:
    anybody.post("/sign-in", {"email": "m1@example.org"})
    link = re.search(r"/sign-in/link/\S+", anybody.mail().text)
    assert link

    assert Someone(site, stage).get(link[0]).headers["Cache-Control"] == "no-store"


def test_nobody_reads_the_statements_of_a_draft(stage: Stage, anybody: Someone) -> None:
    stage.draft()
    with stage.writing() as session:
        statements.say(session, "officer", ELECTION, "a1", "I will stand.", now=stage.now)

    answer = anybody.get(f"/elections/{ELECTION}/statements")

    assert answer.status_code == 404
    assert "stand" not in answer.text


@pytest.mark.parametrize("who", ["m1", "officer"])
def test_only_officials_send_large_files_and_fetch_the_record_anew(stage: Stage, as_: As, who: str) -> None:
    stage.draft()
    stage.freeze()
    stage.announce()
    someone = as_(who)

    for address in ("contribution", "identity"):
        assert someone.post(f"/officials/{ELECTION}/{address}", {"file": b"x" * 2**12}).status_code == 403
    # An officer's own page leads to the record; for everybody else there is the public one, which is made once.
    assert someone.get(f"/officials/{ELECTION}/record").status_code == (200 if who == "officer" else 403)


def test_what_a_statement_was_given_is_not_in_the_log(
    stage: Stage, anybody: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that fails in the middle: the trace says where, and not for whom."""
    anybody.app.config["PROPAGATE_EXCEPTIONS"] = False
    anybody.token()
    with stage.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE letter")

    with caplog.at_level(logging.DEBUG):
        answer = anybody.post("/sign-in", {"email": "m1@example.org"})

    assert answer.status_code == 500
    assert any(record.exc_info and isinstance(record.exc_info[1], OperationalError) for record in caplog.records)
    assert "m1@example.org" not in caplog.text
    assert "/sign-in/link/" not in caplog.text


@pytest.mark.parametrize("address", [f"/decisions/{10**30}", f"/members/?start={10**30}", f"/decisions/{2**40}"])
def test_numbers_without_measure_are_no_fault_of_ours(as_: As, address: str) -> None:
    assert as_("officer").get(address).status_code in (200, 404)


@pytest.mark.parametrize("address", ["/.//evil.example", "/\t/evil.example", "/\u2028/evil.example"])
def test_no_address_of_ours_leads_elsewhere(site: Flask, address: str) -> None:
    with site.test_request_context():
        assert access.local(address) in ("/home", "/.//evil.example")


class Body(io.BytesIO):
    """A body of which somebody wants to know how much was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@pytest.mark.parametrize("address", [f"/officials/{ELECTION}/contribution", "/members/import", "/members/import/apply"])
def test_nothing_large_is_read_from_somebody_who_may_not_send_it(stage: Stage, as_: As, address: str) -> None:
    stage.draft()
    someone = as_("m1")
    body = Body(b"--x\r\nContent-Disposition: form-data; name=data\r\n\r\n" + bytes(2**21) + b"\r\n--x--\r\n")

    answer = someone.client.post(
        address, input_stream=body, content_length=2**21 + 60, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 403
    assert body.taken < 2**18


@pytest.mark.parametrize("address", ["/decisions", "/members/roles", "/officer", "/officials"])
def test_nobody_is_sent_on_to_a_name_that_the_asker_gave(anybody: Someone, address: str) -> None:
    """Behind a server that ends TLS it would be http, where a hostile network listens."""
    answer = anybody.client.get(address, base_url="http://evil.example")

    assert answer.headers["Location"] == f"{address}/"
