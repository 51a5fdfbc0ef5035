"""What the public pages and the files say of a group: the same at each step, and later the same of each day that was."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.e2e.nominating.people import Meeting
from tests.e2e.year.people import SEATS

GROUP = "/bodies/group"
Held = dict[str, str]
"""The holder of each seat, by its name; empty while it is vacant."""
_ROWS = """list => list.map(one => [
  one.querySelector("a[href*='/seats/']").textContent,
  one.querySelector("strong a[href*='/people/']")?.textContent ?? "",
])"""


@dataclass
class Telling:
    """Everybody's browser, without a sign-in, and what it was told on each day; `names` of the seats by their ids."""

    meeting: Meeting
    page: Page
    names: Mapping[str, str] = field(default_factory=lambda: {seat: rules.name for seat, rules in SEATS.items()})
    steps: dict[date, Held] = field(default_factory=dict)

    def step(self, **changes: str) -> Held:
        """Look at today's page. What changed since the last look is `changes`, by the id of the seat, and nothing else.

        The files say the same, of today and of each day that was looked at before, and so does the page of that day.
        """
        today = self.meeting.stage.now.date()
        before = self.steps[max(self.steps)] if self.steps else dict.fromkeys(self.names.values(), "")
        now = self.rows(GROUP)
        assert now == before | {self.names[seat]: who for seat, who in changes.items()}
        self.meeting.looks.at(self.page, f"group-{today}")
        self.steps[today] = now
        for day, held in self.steps.items():
            for asked in (f"?day={day}", f"?day={day}&known={day}"):
                assert self.rows(GROUP + asked) == held, (today, asked)
                assert self.files(asked) == [held] * 3, (today, asked)
        return now

    def rows(self, path: str) -> Held:
        """As the page says it."""
        self.page.goto(self.meeting.address + path)
        found = self.page.locator("section[aria-labelledby^='kind-'] ul.list > li").evaluate_all(_ROWS)
        return dict(found)

    def files(self, asked: str) -> list[Held]:
        """As the three files say it."""
        popolo, table, calendar = (self.get(f"{GROUP}/register.{kind}{asked}") for kind in ("json", "csv", "ics"))
        free = dict.fromkeys(self.names.values(), "")
        return [free | told for told in (_popolo(popolo), _csv(table), _ics(calendar))]

    def get(self, path: str) -> bytes:
        answer = self.page.request.get(self.meeting.address + path)
        assert answer.ok, path
        return answer.body()

    def chosen(self, who: str, sentence: str) -> None:
        """From the group's page, how somebody was chosen who sits now."""
        self.page.goto(self.meeting.address + GROUP)
        row = self.page.locator("ul.list > li").filter(has=self.page.get_by_role("link", name=who, exact=True))
        row.locator("a[href*='/holdings/']").first.click()
        expect(self.page.get_by_role("main")).to_contain_text(sentence)
        self.meeting.looks.at(self.page, f"chosen-{sentence.split(maxsplit=1)[0]}")


def _popolo(data: bytes) -> Held:
    told = json.loads(data)
    posts, people = ({one["id"]: one for one in told[kind]} for kind in ("posts", "people"))
    sits = [one for one in told["memberships"] if "end_date" not in one]
    assert len(sits) == len({one["post_id"] for one in sits})
    return {posts[one["post_id"]]["label"]: people[one["person_id"]]["name"] for one in sits}


def _csv(data: bytes) -> Held:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return {row["seat_name"]: row["name"] for row in rows if not row["last_day"]}


def _ics(data: bytes) -> Held:
    events = (one for one in Calendar.from_ical(data).walk("VEVENT") if ".term@" in str(one["uid"]))
    return dict(str(one["summary"]).split(": ", 1) for one in events)
