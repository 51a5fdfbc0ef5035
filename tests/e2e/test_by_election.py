"""A by-election in a browser, from a resignation in mid-term to a seat that is filled for the rest of the term.

The officials use their own programs, as in tests/e2e/test_whole.py; the pages of the register and its files are asked as
in tests/e2e/test_year.py: of the day, of each earlier one, and as it was known then.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Component
from playwright.sync_api import Browser, Page, expect

from tests.e2e import voter
from tests.e2e.by_election import people
from tests.e2e.by_election.people import BY, ENDS, SECOND, SOUTH_ENDS, TITLE, VOTERS, ByElection, at
from tests.e2e.whole import afterwards, preparing, voting
from tests.e2e.whole.story import heading, press, told
from tests.e2e.year import acting
from tests.e2e.year.telling import GROUP, Telling

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPENS, CLOSES, APPEALS = at(9, 10), at(9, 20), at(10, 5)
LEFT, FILLED = date(2026, 9, 1), APPEALS.date()
STAND = {"Member 5": "m5@example.org", "Member 7": "m7@example.org", "Member 8": "m8@example.org"}
"""Who stands; Member 7 and Member 8 have served a whole term before."""
PAPERS = {
    "m1": ("Member 8", "Member 5"),
    "m2": ("Member 8",),
    "m6": ("Member 5", "Member 8"),
    "m9": ("Member 7", "Member 8"),
    "m12": ("Member 8", "Member 7"),
}


@pytest.fixture
def story(tmp_path: Path, browser: Browser) -> Iterator[ByElection]:
    with people.a_by_election(tmp_path, browser) as made:
        yield made


def test_a_seat_that_falls_vacant_in_mid_term_is_filled_by_a_by_election(story: ByElection) -> None:
    meeting = story.meeting
    with meeting.browser.new_context() as context:
        telling = Telling(meeting, context.new_page(), people.SEATS)
        vacancy(story, telling)
        draft(story)
        announced(story, telling.page)
        vote(story)
        record = result(story, telling)
        seat(story, telling)
        rest_of_the_term(story, telling)
        staggered(story, telling)
        known_then(story, telling)
    assert afterwards.papers(record) == {"East": Counter(PAPERS.values())}
    assert meeting.looks.wrong() == {}
    assert meeting.errors == []


def vacancy(story: ByElection, telling: Telling) -> None:
    """Member 3 resigns; from that day on the seat is vacant."""
    meeting = story.meeting
    meeting.at(at(8, 20))
    telling.step(east="Member 3", north="Member 4", south="Member 9")
    acting.resign(meeting, "m3", LEFT.isoformat())
    meeting.at(at(9, 1))
    telling.step(east="")


def draft(story: ByElection) -> None:
    """The officer begins it from the vacancy, and enters who stands."""
    page = acting.needed(story.meeting, "officer", "Fill a vacancy (by-election)")
    expect(page.get_by_role("main")).to_contain_text("Whoever begins today serves from 2026-09-01 until 2028-04-01")
    story.look(page, "vacancy-by-election")
    page.get_by_label("Short name, part of every address").fill(BY)
    for label, moment in (("Voting opens", OPENS), ("Voting closes", CLOSES), ("Appeals are possible until", APPEALS)):
        page.get_by_label(label).fill(f"{moment:%Y-%m-%dT%H:%M}")
    press(page, "Begin the by-election")
    told(page, "It is a draft now")
    story.look(page, "by-election-draft")
    page.get_by_role("link", name="East", exact=True).click()
    for number, (name, email) in enumerate(STAND.items(), 1):
        row = page.get_by_role("group", name=f"Candidate {number}", exact=True)
        row.get_by_label("Name").fill(name)
        row.get_by_label("Member").fill(email)
    story.look(page, "by-election-contest")
    press(page, "Save")
    told(page, "Saved.")


def announced(story: ByElection, everybody: Page) -> None:
    """The roll of the old cut-off, keys and codes by the officials' own programs, the announcement."""
    story.meeting.at(at(9, 2))
    officers = [story.site.desk(f"{one}@example.org") for one in ("officer", SECOND)]
    preparing.freeze(story, officers, VOTERS - 1)
    preparing.ceremony(story, officers)
    preparing.codes(story, f"{VOTERS - 1} codes")
    preparing.announce(story, officers)
    preparing.be_ready(story, VOTERS - 1)
    everybody.goto(story.page(GROUP))
    everybody.get_by_role("link", name=TITLE, exact=True).click()
    heading(everybody, TITLE)
    everybody.goto(story.page(f"/elections/{BY}/seats"))
    differs = (
        "made anew by the cut-off of the election before: 0 lines are new on it; 1 of the earlier ones is missing."
    )
    expect(everybody.get_by_role("main")).to_contain_text(differs)
    story.look(everybody, "by-election-seats")


def vote(story: ByElection) -> None:
    story.meeting.at(OPENS + timedelta(minutes=1))
    for member, paper in PAPERS.items():
        page = story.meeting.page(member, "/home")
        page.goto(voting.letter(story, f"{member}@example.org"))
        heading(page, "Rank the names")
        voter.pick(page, *paper)
        voter.review(page)
        voter.cast(page)


def result(story: ByElection, telling: Telling) -> Path:
    """Trustees mix and open; two verifiers report, two officers certify after the time for challenges."""
    story.meeting.at(CLOSES + timedelta(minutes=1))
    afterwards.open_votes(story)
    acting.report(story.meeting, story.folder, BY)
    telling.page.goto(story.page(f"/elections/{BY}/seats"))
    expect(telling.page.get_by_role("main")).to_contain_text("Member 8")
    story.look(telling.page, "by-election-provisional")
    telling.step()
    story.meeting.at(APPEALS)
    acting.certify(story.meeting, SECOND)
    return story.folder / "record.zip"


def seat(story: ByElection, telling: Telling) -> None:
    acting.take(story.meeting, "m8")
    telling.step(east="Member 8")


def rest_of_the_term(story: ByElection, telling: Telling) -> None:
    """Until the day on which Member 3's term would have ended: by every page and file. It is no term that counts."""
    telling.chosen("Member 8", "Elected in a by-election on 2026-10-05 (By-election: East), for the rest of a term;")
    main = telling.page.get_by_role("main")
    expect(main).to_contain_text(f"holds the seat from {FILLED} until {ENDS}.")
    expect(main).to_contain_text("the rest of somebody else's")
    row = next(one for one in table(telling) if (one["seat_name"], one["last_day"]) == ("East", ""))
    assert (row["name"], row["from"], row["planned_end"]) == ("Member 8", f"{FILLED}", f"{ENDS - timedelta(days=1)}")
    assert row["how"] == "by-election"
    held = json.loads(telling.get(f"{GROUP}/register.json"))["memberships"]
    (mine,) = (one for one in held if one["id"] == row["holding"])
    assert (mine["start_date"], mine["sources"][0]["note"]) == (f"{FILLED}", row["instrument"])
    (term,) = (one for one in events(telling, ".term@") if str(one["summary"]) == "East: Member 8")
    assert (term.decoded("dtstart"), term.decoded("dtend")) == (FILLED, ENDS)
    main.get_by_role("link", name="Member 8").first.click()
    telling.page.get_by_role("link", name="May they serve again?").click()
    again(story, telling.page, "Member 8", "Yes: Member 8, East", "no: the rule does not count")
    again(story, telling.page, "Member 4", "No: Member 4, East", "yes")


def again(story: ByElection, page: Page, who: str, heading_: str, counts: str) -> None:
    """Whether somebody may begin the next term."""
    page.get_by_label("Who").select_option(label=who)
    page.get_by_label("A term that begins on").fill(ENDS.isoformat())
    press(page, "May they?")
    expect(page.get_by_role("heading", name=heading_)).to_be_visible()
    expect(page.get_by_role("table").get_by_role("cell").last).to_contain_text(counts)
    story.look(page, "by-election-again")


def staggered(story: ByElection, telling: Telling) -> None:
    """East goes on beside North in even years, and South in odd ones, whatever happened in between."""
    due = [
        (SOUTH_ENDS, "South"),
        *((ENDS, one) for one in ("East", "North")),
        (SOUTH_ENDS.replace(year=2029), "South"),
        *((ENDS.replace(year=2030), one) for one in ("East", "North")),
        (SOUTH_ENDS.replace(year=2031), "South"),
    ]
    telling.page.goto(story.page(f"{GROUP}/due"))
    story.look(telling.page, "by-election-due")
    lines = telling.page.get_by_role("main").locator("ul.list > li")
    shown = [re.search(r"([\d-]{10}): (\w+)\.", text) for text in lines.all_inner_texts()]
    assert [(date.fromisoformat(one[1]), one[2]) for one in shown if one] == due
    expect(lines.nth(1)).to_contain_text("They may serve another term.")
    expect(lines.nth(2)).to_contain_text("They may not serve another term right away")
    for day in telling.steps:
        found = [
            (one.decoded("dtstart"), str(one["summary"]).partition(" ")[0]) for one in events(telling, ".due@", day)
        ]
        assert found == due, day


def known_then(story: ByElection, telling: Telling) -> None:
    """What is known of today later never reaches what was known before."""
    for known, holder in ((date(2026, 8, 19), "Member 3"), (LEFT, ""), (CLOSES.date(), ""), (FILLED, "Member 8")):
        asked = f"?day={FILLED}&known={known}"
        told_ = {"East": holder, "North": "Member 4", "South": "Member 9"}
        assert telling.rows(GROUP + asked) == told_, known
        assert telling.files(asked) == [told_] * 3, known
    telling.rows(f"{GROUP}?day={FILLED}&known={CLOSES.date()}")
    main = telling.page.get_by_role("main")
    expect(main).to_contain_text("It was decided: by-election.")
    main.get_by_role("link", name="East", exact=True).first.click()
    expect(main).to_contain_text(f"As the register had it on {CLOSES.date()}")
    expect(main).to_contain_text("Vacant since 2026-09-01 (resigned)")
    expect(main).not_to_contain_text("Member 8")
    story.look(telling.page, "by-election-seat-known")
    main.get_by_role("link", name="Member 3").first.click()
    expect(main).to_contain_text(f"held the seat from 2026-04-01 until {LEFT} (resigned)")
    story.look(telling.page, "by-election-person-known")
    telling.page.get_by_label("As it was known on").fill("2026-08-19")
    press(telling.page, "Show")
    expect(main).to_contain_text(f"holds the seat from 2026-04-01 until {ENDS}")
    expect(main).not_to_contain_text("resigned")


def table(telling: Telling) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(telling.get(f"{GROUP}/register.csv").decode("utf-8-sig")))]


def events(telling: Telling, kind: str, day: date = FILLED) -> list[Component]:
    found = Calendar.from_ical(telling.get(f"{GROUP}/register.ics?day={day}"))
    return [one for one in found.walk("VEVENT") if kind in str(one["uid"])]
