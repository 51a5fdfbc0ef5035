"""The page of mail that did not arrive."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update

from governance.services import post
from governance.store.journal import Letter
from tests.services.stage import Stage
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
PAGE = "/officer/mail"


def test_officers_see_what_did_not_arrive_and_what_to_do(stage: Stage, as_: As) -> None:
    officer = as_("officer")
    assert "Nothing was given up" in words(officer.get(PAGE))
    assert "did not arrive" not in words(officer.get("/officer/"))
    with stage.writing() as session:
        post.queue(session, "m4@example.org", "A seat is offered to you", "Private.", now=stage.now)
        session.execute(update(Letter).values(tries=post.TRIES))

    assert "Mail that did not arrive: 1 , 1 given up" in words(officer.get("/officer/"))
    for one in (officer, as_("secretary")):
        page = words(one.get(PAGE))
        assert "1 letter that a seat is offered, to Member 4 (m4) 1 given up, 0 still tried" in page
        assert "What to do" in page
        assert "m4@" not in page
        assert "Private." not in page
    assert PAGE in as_("secretary").get("/members/").text


def test_that_nobody_sends_is_on_the_officers_page(stage: Stage, as_: As) -> None:
    officer = as_("officer")
    with stage.writing() as session:
        post.queue(session, "m4@example.org", "s", "t", now=stage.now - timedelta(hours=1))

    assert "No mail is being sent" in words(officer.get("/officer/"))
    assert "governance mail does not run" in words(officer.get(PAGE))
