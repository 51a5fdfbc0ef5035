"""What officers do with nominations, and what members can do about it."""

from playwright.sync_api import Page, expect

from tests.e2e.nominating.people import DESK, NOMINATIONS, Meeting
from tests.e2e.whole.story import press, told


def scrutinise(meeting: Meeting, made: int, *, admit: bool = True, why: str = "") -> None:
    """Open the case, decide, look how it will be read, and mean it."""
    page = meeting.page("officer", f"{DESK}/{made}")
    meeting.looks.at(page, "scrutiny-admitted" if admit else "scrutiny-rejected")
    for reason in page.get_by_label("Why, about").all():
        reason.fill(why)
    page.get_by_label("Admit it" if admit else "Reject it").check()
    press(page, "See how they will read it")
    meeting.looks.at(page, "scrutiny-look")
    press(page, "Admit it" if admit else "Reject it")
    told(page, "Decided.")


def appeal(meeting: Meeting, member: str, made: int, text: str) -> None:
    page = meeting.page(member, f"{NOMINATIONS}/{made}/decision")
    expect(page.get_by_role("heading", name="Appeal")).to_be_visible()
    meeting.looks.at(page, "decision-of-a-nomination")
    page.get_by_label("What is wrong, and why").fill(text)
    press(page, "Appeal")
    told(page, "It is here.")


def hear(meeting: Meeting, by: str, text: str) -> None:
    """Whoever the challenge is about reads it, and answers."""
    page = meeting.page(by, "/home")
    page.get_by_role("link", name="appeals against your decision").click()
    meeting.looks.at(page, "hearing")
    page.get_by_label("Your answer").fill(text)
    press(page, "Answer")
    told(page, "Thank you.")


def uphold(meeting: Meeting, by: str, text: str) -> None:
    """Somebody who took no part in the decision finds what waits, and answers."""
    page = meeting.page(by, f"{DESK}/challenges")
    meeting.looks.at(page, "challenges")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    meeting.looks.at(page, "challenge")
    page.get_by_label("Yes, it is upheld").check()
    page.get_by_label("The reason").fill(text)
    press(page, "Answer")
    told(page, "Answered.")


def the_list(meeting: Meeting) -> Page:
    page = meeting.page("officer", f"{DESK}/list")
    meeting.looks.at(page, "list-of-candidates")
    return page


def adopt(meeting: Meeting) -> None:
    page = the_list(meeting)
    press(page, "Adopt the list")
    told(page, "The list is adopted")
    meeting.looks.at(page, "list-adopted")


def take_out(meeting: Meeting, name: str) -> None:
    """An officer asks, the secretariat approves: the protocol's withdrawal stands on the board."""
    page = meeting.page("officer", DESK)
    meeting.looks.at(page, "nominations-with-a-withdrawal")
    page.get_by_role("link", name="Take them out of the contest").click()
    expect(page.get_by_label("Who withdraws").locator("option:checked")).to_contain_text(name)
    page.get_by_label("Why").fill("They have withdrawn.")
    press(page, "Ask for it")
    told(page, "Asked.")
    page = meeting.page("secretary", "/home")
    page.get_by_role("link", name=f"Approve or decline: Take {name} out of").click()
    press(page, "Approve, and do it")
    told(page, "Approved, and done.")
