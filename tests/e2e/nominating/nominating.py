"""What members and candidates do while nominations are open."""

import re

from PIL import Image
from playwright.sync_api import Page

from tests.e2e.nominating.people import NOMINATIONS, STAND, Meeting
from tests.e2e.whole.story import heading, press, told

TITLES = {"lived-experience": "Lived experience", "youth": "Youth", "regions": "Regions and at large"}
_NUMBER = re.compile(r"number (\d+)")


def number(page: Page) -> int:
    found = _NUMBER.search(page.get_by_role("main").inner_text())
    assert found
    return int(found[1])


def by_oneself(meeting: Meeting, member: str) -> int:
    """A member stands, and makes the declaration."""
    page = meeting.page(member, NOMINATIONS)
    meeting.looks.at(page, "nominations")
    form = page.locator("form", has=page.get_by_role("button", name="Nominate myself"))
    form.get_by_label(TITLES[STAND[member][2][0]]).check()
    press(page, "Nominate myself")
    told(page, "You are nominated.")
    meeting.looks.at(page, "nomination-own")
    made = number(page)
    declare(meeting, page)
    return made


def by_another(meeting: Meeting, by: str, member: str) -> int:
    """Somebody is nominated by another member, finds it on the page of what needs them, and accepts."""
    page = meeting.page(by, NOMINATIONS)
    form = page.locator("form", has=page.get_by_role("button", name="Nominate them"))
    form.get_by_label(TITLES[STAND[member][2][0]]).check()
    form.get_by_label("Their e-mail address").fill(f"{member}@example.org")
    press(page, "Nominate them")
    told(page, "If a member has this address, we have written to them.")
    meeting.looks.at(page, "nomination-of-another")
    made = number(page)
    page = meeting.page(member, "/home")
    meeting.looks.at(page, "home-nominated")
    page.get_by_role("main").get_by_role("link", name="nominated").first.click()
    heading(page, "You have been nominated")
    meeting.looks.at(page, "nomination-asked")
    press(page, "Accept")
    declare(meeting, page)
    return made


def declare(meeting: Meeting, page: Page) -> None:
    page.get_by_role("link", name="Statement, photo, declarations").click()
    meeting.looks.at(page, "nomination-profile")
    page.get_by_role("group", name="receive money from a company").get_by_label("No", exact=True).check()
    press(page, "Save my answers")


def write(meeting: Meeting, member: str, made: int) -> None:
    """A statement, and a photo that carries where it was taken; it is gone afterwards (tests/services/test_photos.py)."""
    page = meeting.page(member, f"{NOMINATIONS}/{made}/profile")
    page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_label("Statement", exact=True).fill(
        "I have lived with depression for ten years.\nNothing about us without us."
    )
    meeting.looks.at(page, "nomination-statement")
    press(page, "Save")
    picture = meeting.stage.engine.url.database
    assert picture
    path = f"{picture}.png"
    Image.new("RGB", (900, 700), (40, 120, 90)).save(path)
    page = meeting.page(member, f"{NOMINATIONS}/{made}/profile")
    page.get_by_role("link", name="Give a photo").click()
    meeting.looks.at(page, "nomination-photo")
    page.get_by_label("A picture file").set_input_files(path)
    page.get_by_label("What it shows").fill("Lena smiling, in front of a wall")
    press(page, "Save the photo")
    told(page, "The photo is here.")


def second(meeting: Meeting, made: int, *supporters: str) -> None:
    for one in supporters:
        page = meeting.page(one, f"{NOMINATIONS}/{made}")
        meeting.looks.at(page, "nomination-to-second")
        press(page, "Second")
        told(page, "You second this nomination.")


def withdraw(meeting: Meeting, member: str, made: int) -> None:
    page = meeting.page(member, f"{NOMINATIONS}/{made}")
    page.get_by_role("link", name="Withdraw", exact=True).click()
    heading(page, "Withdraw your nomination?")
    meeting.looks.at(page, "nomination-withdraw")
    press(page, "Withdraw")
    told(page, "You have withdrawn.")
