"""Signing in as a member does it: mail, link or digits, here or on another device; and out again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from governance.domain import limits
from governance.web.access import local
from tests.services.stage import Stage
from tests.web.browser import Someone, application, words

As = Callable[[str], Someone]


def link_of(someone: Someone) -> str:
    found = re.search(r"https?://localhost(/\S+)", someone.mail().text)
    assert found
    return found[1]


def test_the_link_signs_in_where_one_asked(anybody: Someone) -> None:
    anybody.post("/sign-in", {"email": "M1@Example.org "})
    link = link_of(anybody)

    assert "Welcome back" in words(anybody.get(link))
    assert "Welcome back" in words(anybody.get(link))  # looking uses nothing up
    assert anybody.get("/home").status_code == 302
    answer = anybody.post(link)

    assert answer.headers["Location"] == "/home"
    assert "Member 1" in words(anybody.get("/home"))
    assert anybody.post(link).status_code == 404


def test_opened_elsewhere_it_shows_the_digits_to_type_where_one_asked(anybody: Someone, site: Flask) -> None:
    anybody.post("/sign-in", {"email": "m1@example.org"})
    other = Someone(site, anybody.stage)
    page = words(other.get(link_of(anybody)))
    digits = re.search(r"\b[0-9]{6}\b", page)

    assert digits
    assert other.post(link_of(anybody)).status_code == 404
    answer = anybody.post("/sign-in/code", {"digits": f" {digits[0][:3]} {digits[0][3:]}"})

    assert answer.status_code == 302
    assert other.get("/home").status_code == 302


def test_the_answer_is_the_same_for_an_address_that_nobody_has(anybody: Someone, site: Flask) -> None:
    stranger = Someone(site, anybody.stage)

    known = anybody.post("/sign-in", {"email": "m1@example.org"}, follow_redirects=True)
    unknown = stranger.post("/sign-in", {"email": "nobody@example.org"}, follow_redirects=True)

    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))
    wrong = stranger.post("/sign-in/code", {"digits": "000000"})
    assert wrong.status_code == 422
    assert "You have 4 more tries." in words(wrong)


def test_digits_can_be_tried_a_few_times(anybody: Someone) -> None:
    anybody.post("/sign-in", {"email": "m1@example.org"})
    digits = anybody.mail().subject[:6]
    wrong = f"{(int(digits) + 1) % 10**6:06}"

    tries = [anybody.post("/sign-in/code", {"digits": wrong}) for _ in range(5)]

    assert [one.status_code for one in tries] == [422] * 5
    assert "no more tries" in words(tries[-1])
    assert anybody.post("/sign-in/code", {"digits": digits}).status_code == 404


def test_too_many_requests_are_refused_in_one_sentence(anybody: Someone) -> None:
    place = {"REMOTE_ADDR": "9.9.9.9"}
    answers = [
        anybody.post("/sign-in", {"email": f"x{i}@example.org"}, environ_base=place)
        for i in range(limits.ASK.times + 1)
    ]

    assert [one.status_code for one in answers] == [302] * limits.ASK.times + [429]
    assert "Please wait a little" in words(answers[-1])


def test_what_was_not_typed_is_asked_for(anybody: Someone) -> None:
    assert "Please type your e-mail address." in words(anybody.post("/sign-in", {"email": ""}))
    assert anybody.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert "Please type the six digits." in words(anybody.post("/sign-in/code", {"digits": ""}))


def test_the_cookie_begins_anew_with_the_session(as_: As) -> None:
    someone = as_("m1")

    with someone.client.session_transaction() as kept:
        assert "ticket" not in kept
        assert "m1" not in str(dict(kept))


@pytest.mark.parametrize(("host", "secure"), [("127.0.0.1:8000", False), ("vote.example.org", True)])
def test_the_cookie_is_for_us_alone(anybody: Someone, host: str, *, secure: bool) -> None:
    cookie = anybody.client.get("/sign-in", base_url=f"https://{host}").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


def test_signing_out_ends_this_session_and_everywhere_ends_all(as_: As) -> None:
    first, second, third = as_("m1"), as_("m1"), as_("m1")
    kept = third.client.get_cookie("session")

    assert first.post("/sign-out").headers["Location"] == "/"
    assert first.get("/home").status_code == 302
    assert second.get("/home").status_code == 200
    second.post("/sign-out/everywhere")

    assert second.get("/home").status_code == third.get("/home").status_code == 302
    assert kept is not None
    assert third.client.get_cookie("session") is not None


def test_a_session_ends_by_itself(as_: As, stage: Stage) -> None:
    someone = as_("officer")
    stage.now += timedelta(hours=4)

    assert someone.get("/home").headers["Location"] == "/sign-in?next=/home"


def test_one_comes_back_to_the_page_that_one_wanted(anybody: Someone) -> None:
    anybody.post("/sign-in", {"email": "officer@example.org", "next": "/officer/"})

    answer = anybody.post("/sign-in/code", {"digits": anybody.mail().subject[:6]})
    assert answer.headers["Location"] == "/sign-in/second-step?next=/officer/"
    page = anybody.get(answer.headers["Location"])

    assert page.headers["Location"] == "/second-step/set-up?next=/officer/"
    assert '<input type="hidden" name="next" value="/officer/">' in anybody.get(page.headers["Location"]).text


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "x"]
)
def test_nobody_is_sent_elsewhere(site: Flask, address: str) -> None:
    with site.test_request_context():
        assert local(address) == "/home"
        assert local("/officer/?a=b") == "/officer/?a=b"


def test_the_outbox_is_for_ones_own_computer_alone(stage: Stage, anybody: Someone) -> None:
    anybody.post("/sign-in", {"email": "m1@example.org"})

    assert "m1@example.org" in anybody.get("/development/outbox").text
    for config in ({"DEVELOPMENT": False}, {"MAIL_URL": "smtp://localhost"}):
        assert application(stage, **config).test_client().get("/development/outbox").status_code == 404


def test_without_a_key_nobody_can_sign_in(client: object, app: Flask) -> None:
    del client

    assert app.test_client().get("/sign-in").status_code == 503
    assert app.test_client().post("/sign-in").status_code == 503
