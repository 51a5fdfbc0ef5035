"""The people of one election, what they cast, and what anybody does in a browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.installation import Site
from tests.e2e.tools import Computer

TITLE, ELECTION = "Advisory group 2026", "advisory-2026"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
CALENDAR = {
    "Membership is cut off": NOW - DAY,
    "Voting opens": NOW + DAY,
    "Voting closes": NOW + 8 * DAY,
    "Appeals are possible until": NOW + 30 * DAY,
}
HELP = "help@example.org"
SECRETARY = "sara@example.org"
OFFICERS = ("olga@example.org", "omar@example.org")
REGISTRAR = "rania@example.org"
TRUSTEES = {
    "tomas@example.org": "Tomás Trustee",
    "tuva@example.org": "Tuva Trustee",
    "tariq@example.org": "Tariq Trustee",
}
MEMBERS = """email,name,country,region,joined
olga@example.org,Olga Officer,Poland,Europe,2020-01-02
omar@example.org,Omar Officer,Egypt,Africa,2020-01-02
rania@example.org,Rania Registrar,Jordan,Asia,2020-01-02
tomas@example.org,Tomás Trustee,Chile,Americas,2020-01-02
tuva@example.org,Tuva Trustee,Norway,Europe,2020-01-02
tariq@example.org,Tariq Trustee,Pakistan,Asia,2020-01-02
ada@example.org,Adaeze Ñandú,Nigeria,Africa,2021-05-06
ben@example.org,Ben Kiprono,Kenya,Africa,2021-05-06
cy@example.org,Cy O'Neill,Ireland,Europe,2021-05-06
dia@example.org,ديا حسن,Egypt,Africa,2021-05-06
eve@example.org,Eve Lindqvist,Sweden,Europe,2021-05-06
fay@example.org,Fay Mensah,Ghana,Africa,2021-05-06
"""
STAND = {"Advisory group": ("Amara", "Bruno", "Chen", "Daria"), "Africa": ("Xola", "Yaw", "Zuri")}
SEATS = {"Advisory group": 2, "Africa": 1}
Vote = Mapping[str, Sequence[str]]


@dataclass
class Story:
    """The people, and what was cast."""

    site: Site
    folder: Path
    election: str = ELECTION
    title: str = TITLE
    trustees: Mapping[str, str] = field(default_factory=lambda: TRUSTEES)
    registrar: str = REGISTRAR
    keys: dict[str, tuple[Page, Computer]] = field(default_factory=dict)
    votes: dict[str, Vote] = field(default_factory=dict)
    """By voter; the last one that they cast."""

    def page(self, path: str) -> str:
        return self.site.address + path

    def look(self, page: Page, name: str) -> None:
        self.site.looks.at(page, name)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def told(page: Page, text: str) -> None:
    """The page says that it was done."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def fetch(page: Page, target: Locator, path: Path) -> Path:
    """Download something."""
    with page.expect_download() as download:
        target.click()
    download.value.save_as(path)
    return path


def desk(story: Story, officer: Page) -> None:
    officer.goto(story.page(f"/officer/elections/{story.election}"))


def approve(story: Story, other: Page, what: str, in_full: str = "") -> None:
    """The second person finds it on their page, looks (its own page says more, of a mailbox say), and approves."""
    other.goto(story.page("/home"))
    other.get_by_role("link", name=f"Approve or decline: {what}").click()
    heading(other, in_full or what)
    story.look(other, f"decision-{what.partition(' ')[0].lower()}")
    press(other, "Approve, and do it")
    told(other, "Approved, and done.")
