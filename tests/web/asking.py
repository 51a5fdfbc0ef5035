"""What is asked for at the desk of the register: looked at, asked for, approved by somebody else; for its tests."""

import re
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from governance.domain.seats import facts as f
from governance.services import seat_requests, seats
from tests.services.stage import Stage
from tests.web.browser import Someone, words

DESK = "/officer/bodies/group"


def entries(stage: Stage) -> int:
    with stage.reading() as session:
        return len(seats.load(session).entries)


def requests(stage: Stage) -> int:
    with stage.reading() as session:
        return len(seat_requests.waiting(session, "officer", now=stage.now))


def seen(page: TestResponse) -> str:
    """What says that exactly this was shown."""
    found = re.search(r'<input[^>]*name="(?:seen|digest)"[^>]*value="([^"]+)"', page.text)
    assert found, words(page)
    return unescape(found[1])


def asked(one: Someone, address: str, form: dict[str, Any]) -> TestResponse:
    """Look, and then ask for what was seen."""
    look = one.post(address, form)
    assert look.status_code == 200, words(look)
    return one.post(address, form | {"seen": seen(look)}, follow_redirects=True)


def approve(stage: Stage, by: str = "officer") -> None:
    with stage.writing() as session:
        waiting = seat_requests.waiting(session, by, now=stage.now)
        seat_requests.approve(session, by, waiting[-1].number, now=stage.now)


def number(stage: Stage, told: type[f.Fact], of: str) -> int:
    with stage.reading() as session:
        facts = seats.load(session).standing.items()
    return next(n for n, one in facts if isinstance(one, told) and of in vars_of(one).values())


def vars_of(fact: f.Fact) -> dict[str, object]:
    return {name: getattr(fact, name) for name in type(fact).__slots__}


def values(page: TestResponse) -> dict[str, Any]:
    """What the first form of a page would send."""
    form = next(one for one in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if 'id="ask"' in one)
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{one}="([^"]*)"', tag) for one in ("name", "value"))
        if name and (" checked" in tag or 'type="checkbox"' not in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text).strip()
    return {name: value for name, value in found.items() if name != "csrf_token"}
