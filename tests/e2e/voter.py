"""What a voter does in the booth: by mouse, by touch, by keyboard alone."""

from playwright.sync_api import Page, expect


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text)).to_be_visible()


def pick(page: Page, *names: str, touch: bool = False) -> None:
    """Rank these names, in this order, after those that are ranked."""
    for name in names:
        button = page.get_by_role("button", name=name, exact=True)
        button.tap() if touch else button.click()


def review(page: Page) -> None:
    page.get_by_role("button", name="Look over my vote").click()
    heading(page, "Is this your vote?")


def cast(page: Page) -> str:
    """Cast; gives the tracker."""
    page.get_by_role("button", name="Cast my vote").click()
    heading(page, "Your vote is in the ballot box")
    return page.locator(".tracker").inner_text()


def press_until(page: Page, role: str, text: str, key: str = "Tab") -> None:
    """Go on with a key until the focus is on what has this role and name."""
    wanted = page.get_by_role(role, name=text, exact=True)  # type: ignore[arg-type]
    for _ in range(300):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(text)
