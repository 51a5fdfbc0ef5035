"""What people do in the year, each on their own pages."""

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.nominating.people import Meeting
from tests.e2e.tools import program
from tests.e2e.whole.story import fetch, press, told
from tests.e2e.year.people import AUTHORITY, FILLS, SEATS, SECOND, TITLE
from tests.services.stage import ELECTION
from tests.web.browser import AT

ASKED = "Asked. It is done once"


def needed(meeting: Meeting, member: str, what: str) -> Page:
    """Somebody finds on their own page what needs them, and goes there."""
    page = meeting.page(member, "/home")
    link = page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(what)))
    expect(link).to_be_visible()
    meeting.looks.at(page, f"home-{'-'.join(what.lower().split()[:3])}".replace(":", ""))
    with page.expect_navigation():
        link.click()
    return page


def approve(meeting: Meeting, member: str, what: str) -> None:
    """The second person finds it, looks, and approves."""
    page = needed(meeting, member, f"Approve or decline: {what}")
    meeting.looks.at(page, f"request-{what.split(maxsplit=1)[0].lower()}")
    press(page, "Approve, and do it")
    told(page, "Approved, and done.")


# ---- before the election ---------------------------------------------------------------------------------------------


def fill_seats(meeting: Meeting) -> None:
    """An officer says which seats each contest fills."""
    page = needed(meeting, "officer", "Say which seats each contest fills")
    for contest, seats in FILLS.items():
        form = page.locator("form").filter(has=page.locator(f"input[name='contest'][value='{contest}']"))
        for seat in seats:
            form.get_by_label(f"{SEATS[seat].name} ({seat})").check()
        with page.expect_navigation():
            form.get_by_role("button").click()
        told(page, "Saved.")
    meeting.looks.at(page, "filling")


def call(meeting: Meeting, seat: str, text: str, *, start: str, closes: str = "", after: str = "") -> int:
    """Whoever appoints opens a call for a vacancy, or begins a direct proposal where nothing closes it."""
    page = needed(meeting, AUTHORITY, "Fill a vacancy (appointment)")
    meeting.looks.at(page, "vacancy-appointment")
    page.get_by_role("link", name="Open a call").click()
    expect(page.get_by_label("Seat", exact=True)).to_have_value(seat)
    page.get_by_label("An open call" if closes else "A direct proposal").check()
    page.get_by_label("What is asked for").fill(text)
    page.get_by_label("First day in office").fill(start)
    if closes:
        page.get_by_label("Applications until").fill(closes)
    if after:
        page.get_by_label("Does it wait for an election?").select_option(after)
    meeting.looks.at(page, "appointment-new")
    press(page, "Begin")
    return int(page.url.rpartition("/")[2])


def apply(meeting: Meeting, member: str, number: int, text: str) -> None:
    page = meeting.page(member, f"/appointments/{number}")
    meeting.looks.at(page, "call")
    page.get_by_role("link", name="Apply", exact=True).click()
    page.get_by_label("Why you, in a few words").fill(text)
    meeting.looks.at(page, "applying")
    press(page, "Apply")
    told(page, "Your application is here.")


# ---- from the result to seats ----------------------------------------------------------------------------------------


def report(meeting: Meeting, folder: Path, election: str = ELECTION) -> None:
    """Two verifiers check the record that everybody can download; what they print is entered."""
    page = meeting.page("m1", f"/elections/{election}")
    record = fetch(page, page.get_by_role("link", name="The record as a file"), folder / "record.zip")
    for number, tool in enumerate((("governance", "verify"), ("governance-verify",)), 1):
        root = re.search(r'"root": "([0-9a-f]{64})"', program(*tool, record, "--json"))
        assert root is not None
        page = meeting.page("officer", f"/officer/elections/{election}/certification")
        page.get_by_label("Who verified the record").fill(f"University {number}")
        page.get_by_label("With which tool").fill(" ".join(tool))
        page.get_by_label("Root of the record").fill(root[1])
        page.get_by_label("The record verifies").check()
        meeting.looks.at(page, "certification")
        press(page, "Enter the report")
        told(page, "Entered.")
        expect(page.get_by_role("status")).not_to_contain_text("does not count")


def certify(meeting: Meeting, second: str = SECOND) -> None:
    """Two officers, once the time for challenges is over."""
    page = needed(meeting, "officer", "Certify the result")
    meeting.looks.at(page, "certification-due")
    page.get_by_label("Why it can be certified").fill("No challenge, and two reports.")
    press(page, "Ask to certify")
    told(page, ASKED)
    approve(meeting, second, "Certify a result")


def take(meeting: Meeting, member: str) -> None:
    """Accept an offer, make the declaration, and have the seat."""
    page = needed(meeting, member, "A seat is offered to you")
    meeting.looks.at(page, "offer")
    press(page, "Accept the seat")
    told(page, "Accepted.")
    meeting.looks.at(page, "accepted")
    page.get_by_label("No", exact=True).check()
    press(page, "Make this declaration")
    told(page, "The seat is taken.")
    meeting.looks.at(page, "seated")


def decline(meeting: Meeting, member: str) -> None:
    page = needed(meeting, member, "A seat is offered to you")
    page.get_by_label("I decline this seat").check()
    press(page, "Decline the seat")
    told(page, "Declined.")


def resign(meeting: Meeting, member: str, day: str) -> None:
    page = meeting.page(member, "/my-seats")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    page.get_by_label("First day on which it is no longer my seat").fill(day)
    page.get_by_label("I resign from this seat").check()
    press(page, "Resign")
    told(page, "It is entered.")


# ---- appointments and vacancies --------------------------------------------------------------------------------------


def missing(meeting: Meeting, number: int, what: str) -> int:
    """How many the group lacks with something, as those who appoint see it."""
    page = meeting.page(AUTHORITY, f"/officer/appointments/{number}")
    meeting.looks.at(page, "appointment")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=what))
    return int(row.get_by_role("cell").nth(2).inner_text())


def propose(meeting: Meeting, number: int, name: str) -> None:
    """Somebody who is no member."""
    page = meeting.page(AUTHORITY, f"/officer/appointments/{number}")
    page.get_by_label("Or somebody who is no member").fill(name)
    page.get_by_label("Their e-mail address", exact=True).fill("outside@example.com")
    page.get_by_label("What they declared").fill("region: Africa")
    page.get_by_label("Why (those who decide read it)").fill("Leads a network of young people.")
    press(page, "Propose")
    told(page, "They are among those")


def appoint(meeting: Meeting, name: str, reference: str, day: str) -> None:
    """The authority decides, with instrument, file and reasons; an officer approves."""
    page = needed(meeting, AUTHORITY, "Decide an appointment")
    page.get_by_label(name, exact=True).check()
    page.get_by_label("Reasons").fill("They bring what the group lacks.")
    page.get_by_label("Who took no part").fill("Ann Lee: a relative applied")
    page.get_by_label("Reference of the instrument").fill(reference)
    page.get_by_label("Its date").fill(day)
    file = FilePayload(name="resolution.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 " + reference.encode())
    page.get_by_label("Its file").set_input_files(files=[file])
    page.get_by_label("Why now").fill("The Board has met.")
    meeting.looks.at(page, "appointment-decided")
    press(page, "Ask a second person to approve it")
    told(page, ASKED)
    approve(meeting, "officer", "Appoint somebody to a seat")


def count_back(meeting: Meeting, next_one: str) -> None:
    """The secretariat sees who a countback gives the seat to, and asks for it; an officer approves."""
    page = needed(meeting, "secretary", "Fill a vacancy (countback)")
    expect(page.get_by_role("main")).to_contain_text(f"The countback gives the seat to: {next_one}.")
    meeting.looks.at(page, "vacancy-countback")
    page.get_by_label("Why (everybody can read it)").first.fill("The rule of the seat.")
    press(page, "Ask to fill it by countback")
    told(page, ASKED)
    approve(meeting, "officer", "Fill a vacancy")


def answer_for(meeting: Meeting, name: str) -> None:
    """The secretariat enters what an outsider told them."""
    page = needed(meeting, "secretary", "Enter the answer of somebody who is no member")
    expect(page.get_by_role("main")).to_contain_text(f"This is the seat of {name}, who is no member.")
    meeting.looks.at(page, "offer-to-an-outsider")
    press(page, "They accept")
    press(page, "They have declared it")
    told(page, "The seat is taken.")


def result_says(page: Page, address: str, *sentences: str) -> None:
    """The public page of the way from the result to seats."""
    page.goto(f"{address}{AT}/seats")
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    for sentence in sentences:
        expect(page.get_by_role("main")).to_contain_text(sentence)
