"""Eight members vote: by mouse, by touch, by keyboard alone; blank, twice, with a cut line, after a tested seal."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e import voter
from tests.e2e.whole.story import (
    CALENDAR,
    ELECTION,
    OFFICERS,
    REGISTRAR,
    Story,
    Vote,
    desk,
    fetch,
    heading,
    press,
)


def vote(story: Story) -> None:
    """Eight members vote; voting opens by the clock alone."""
    story.site.clock.now = CALENDAR["Voting opens"] + timedelta(minutes=1)
    by_mouse(story, "ada@example.org")
    by_touch(story, "ben@example.org")
    by_keyboard(story, "cy@example.org")
    blank(story, "dia@example.org")
    twice(story, "eve@example.org")
    with_a_cut_connection(story, "tomas@example.org")
    with_a_tested_seal(story, "fay@example.org")
    elsewhere(story, REGISTRAR)
    turnout(story)


def letter(story: Story, email: str) -> str:
    """The link of the registrar's mail."""
    found = re.search(r"http://\S+#code=\S+", story.site.mail_to(email, "Your voting code").get_content())
    assert found
    return found[0]


def arrive(story: Story, page: Page, email: str, act: Callable[[Locator], None] = Locator.click) -> None:
    """From the registrar's mail to the names: one signs in on the way, and the code is not asked for again."""
    page.goto(letter(story, email))
    heading(page, "First, please sign in")
    assert "#" not in page.url
    story.look(page, "booth-sign-in-first")
    act(page.get_by_role("link", name="Sign in to vote"))
    story.site.ask(page, email)
    page.get_by_label("The six digits from the mail").fill(story.site.digits(email))
    act(page.get_by_role("button", name="Sign in", exact=True))
    story.site.second_step(page, email)
    heading(page, "Rank the names")


def by_mouse(story: Story, email: str) -> None:
    page = story.site.context().new_page()
    page.goto(story.page(f"/elections/{ELECTION}"))
    story.look(page, "election-open")
    arrive(story, page, email)
    voter.pick(page, "Bruno", "Amara", "Xola", "Yaw", "Chen")
    page.get_by_role("button", name="Move up: Amara").click()
    page.get_by_text("Statement of Bruno").click()
    expect(page.get_by_text("I will listen first.")).to_be_visible()
    expect(page.get_by_label("Preference for Amara")).to_have_value("1")
    story.look(page, "booth-ranking")
    voter.review(page)
    story.look(page, "booth-review")
    cast(story, page, email, {"Advisory group": ("Amara", "Bruno", "Chen"), "Africa": ("Xola", "Yaw")})
    story.look(page, "booth-done")
    page.get_by_role("link", name="Is my vote in the box?").click()
    story.look(page, "receipt")
    page.get_by_role("button", name="Check now").click()
    heading(page, "Yes, your vote is in the ballot box")
    story.look(page, "receipt-checked")
    page.context.close()


def cast(story: Story, page: Page, email: str, chosen: Vote) -> str:
    """Cast what is being looked over, and write it down; gives the tracker."""
    tracker = voter.cast(page)
    story.votes[email] = chosen
    assert page.evaluate("Object.keys(sessionStorage)") == []
    return tracker


def by_touch(story: Story, email: str) -> None:
    page = story.site.context(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True).new_page()
    arrive(story, page, email, Locator.tap)
    voter.pick(page, "Daria", "Yaw", touch=True)
    page.get_by_label("Preference for Amara").select_option("1")
    page.get_by_role("button", name="Look over my vote").tap()
    expect(page.locator(".vote").first.get_by_role("listitem")).to_have_text(["Amara", "Daria"])
    page.get_by_role("button", name="Cast my vote").tap()
    heading(page, "Your vote is in the ballot box")
    story.votes[email] = {"Advisory group": ("Amara", "Daria"), "Africa": ("Yaw",)}
    page.context.close()


def by_keyboard(story: Story, email: str) -> None:
    """From the mail to the receipt without a mouse."""
    page = story.site.context().new_page()
    page.goto(letter(story, email))
    heading(page, "First, please sign in")
    go_to(page, "link", "Sign in to vote")
    heading(page, "Sign in")
    voter.press_until(page, "textbox", "Your e-mail address")
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    heading(page, "Look at your mail")
    voter.press_until(page, "textbox", "The six digits from the mail")
    page.keyboard.type(story.site.digits(email))
    page.keyboard.press("Enter")
    story.site.second_step(page, email)
    heading(page, "Rank the names")
    for name, key in (("Bruno", "Enter"), ("Amara", "Space")):
        page.evaluate("document.querySelector('.booth h2').focus()")
        go_to(page, "button", name, key)
    go_to(page, "button", "Move up: Amara")
    expect(page.get_by_role("status").last).to_have_text("Amara is now your first preference.")
    go_to(page, "button", "Look over my vote")
    heading(page, "Is this your vote?")
    go_to(page, "button", "Cast my vote")
    heading(page, "Your vote is in the ballot box")
    story.votes[email] = {"Advisory group": ("Amara", "Bruno")}
    page.context.close()


def go_to(page: Page, role: str, name: str, key: str = "Enter") -> None:
    voter.press_until(page, role, name)
    page.keyboard.press(key)


def blank(story: Story, email: str) -> None:
    page = story.site.context().new_page()
    arrive(story, page, email)
    voter.review(page)
    expect(page.get_by_text("A blank vote: you ranked nobody.")).to_have_count(2)
    story.look(page, "booth-review-blank")
    cast(story, page, email, {"Advisory group": (), "Africa": ()})
    page.context.close()


def twice(story: Story, email: str) -> None:
    """A vote, and another one that replaces it."""
    page = story.site.context().new_page()
    arrive(story, page, email)
    voter.pick(page, "Daria")
    voter.review(page)
    first = cast(story, page, email, {"Advisory group": ("Daria",)})
    page.goto(story.page("/home"))
    story.look(page, "home")
    page.get_by_role("link", name="You have voted. You can change your vote").click()
    story.look(page, "election-voted")
    page.get_by_role("link", name="Vote again").click()
    heading(page, "Your voting code")
    story.look(page, "booth-code")
    page.get_by_label("Type the code").fill("not a code")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    story.look(page, "booth-code-wrong")
    page.get_by_label("Type the code").fill(letter(story, email).partition("#code=")[2].lower())
    page.get_by_role("button", name="Continue").click()
    heading(page, "There is a ballot of yours already")
    expect(page.locator(".tracker")).to_have_text(first)
    story.look(page, "booth-voted-already")
    page.get_by_role("button", name="Yes, and I want to vote again").click()
    voter.pick(page, "Bruno", "Amara")
    voter.review(page)
    assert cast(story, page, email, {"Advisory group": ("Bruno", "Amara")}) != first
    assert "replaced" in story.site.mail_to(email, "Your earlier ballot was replaced")["Subject"]
    page.context.close()


def with_a_cut_connection(story: Story, email: str) -> None:
    """The ballot box takes the ballot and its answer is lost; then nothing arrives at all; then the line is back."""
    posted: list[bytes] = []

    def answer_lost(route: Route) -> None:
        posted.append(route.request.post_data_buffer or b"")
        route.fetch()
        route.abort()

    page = story.site.context().new_page()
    arrive(story, page, email)
    voter.pick(page, "Bruno", "Chen")
    voter.review(page)
    page.route("**/ballots", answer_lost)
    page.get_by_role("button", name="Cast my vote").click()
    heading(page, "No answer from the ballot box yet")
    page.context.set_offline(True)
    page.unroute("**/ballots")
    story.look(page, "booth-waiting")
    page.get_by_role("button", name="Send it again").click()
    heading(page, "No answer from the ballot box yet")
    page.context.set_offline(False)
    heading(page, "Your vote is in the ballot box")
    story.votes[email] = {"Advisory group": ("Bruno", "Chen")}
    assert len(set(posted)) == 1
    tracker = page.locator(".tracker").inner_text()
    page.get_by_role("link", name="the public board").click()
    expect(page.get_by_text(tracker)).to_have_count(1)
    page.context.close()


def with_a_tested_seal(story: Story, email: str) -> None:
    """A sealed vote is opened, and another one cast."""
    page = story.site.context().new_page()
    arrive(story, page, email)
    voter.pick(page, "Amara", "Xola", "Zuri")
    voter.review(page)
    page.get_by_text("Test the seal first").click()
    tested = page.locator("#tracker .tracker").inner_text()
    page.get_by_role("button", name="Open this sealed vote").click()
    heading(page, "The seal is open")
    story.look(page, "booth-opened")
    opened = fetch(page, page.get_by_role("link", name="Save the opened seal"), story.folder / "opened.json")
    assert json.loads(opened.read_bytes())["rankings"] == [["amara"], ["xola", "zuri"]]
    page.get_by_role("button", name="Back to my vote").click()
    chosen = {"Advisory group": ("Amara",), "Africa": ("Xola", "Zuri")}
    tracker = cast(story, page, email, chosen)
    page.goto(story.page(f"/elections/{ELECTION}/board"))
    story.look(page, "board")
    expect(page.get_by_text(tracker)).to_have_count(1)
    expect(page.get_by_text(tested)).to_have_count(0)
    page.context.close()


def elsewhere(story: Story, email: str) -> None:
    """The mail is read on another device, where the link shows the digits to type."""
    page, other = story.site.context().new_page(), story.site.context().new_page()
    page.goto(letter(story, email))
    page.get_by_role("link", name="Sign in to vote").click()
    story.site.ask(page, email)
    link = re.search(r"http://\S+/sign-in/link/\S+", story.site.mail_to(email, "code to sign in").get_content())
    assert link
    other.goto(link[0])
    heading(other, "Your six digits")
    story.look(other, "sign-in-elsewhere")
    page.get_by_label("The six digits from the mail").fill(other.locator(".digits").inner_text())
    press(page, "Sign in")
    story.site.second_step(page, email)
    voter.pick(page, "Daria", "Chen")
    voter.review(page)
    cast(story, page, email, {"Advisory group": ("Daria", "Chen")})
    page.context.close()
    other.context.close()


def turnout(story: Story) -> None:
    officer = story.site.desk(OFFICERS[0])
    desk(story, officer)
    expect(officer.get_by_role("main")).to_contain_text("Members who have voted8")
    story.look(officer, "officer-election-open")
    officer.context.close()
