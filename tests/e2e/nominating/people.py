"""Who nominates, supports and votes, in an election of five regional seats, one for lived experience and one for youth."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from playwright.sync_api import BrowserContext, Page

from governance.domain.calendar import Period
from governance.domain.draft import Candidate, Cap, Contest, Draft, Span
from governance.domain.terms import Terms
from governance.services import members, officers
from tests.e2e.hall import Hall
from tests.e2e.looking import Looks
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft, a_list
from tests.web.browser import AT

DAY = timedelta(days=1)
NOTICE, BEGIN, END, ACCEPTED = (START + days * DAY for days in (-26, -25, -15, -13))
SCRUTINISED, OBJECTED = (START + days * DAY for days in (-10, -5))
PERIODS = (
    Span(Period.NOTICE, NOTICE, NOTICE),
    Span(Period.NOMINATIONS, BEGIN, END),
    Span(Period.ACCEPTANCE, BEGIN, ACCEPTED),
    Span(Period.SCRUTINY, ACCEPTED, SCRUTINISED),
    Span(Period.OBJECTIONS, SCRUTINISED, OBJECTED),
)
LIVED, YOUTH, REGIONS = "lived-experience", "youth", "regions"
STAND: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "lena": ("Lena Otieno", "Kenya", (LIVED,)),
    "luis": ("Luis Quispe", "Peru", (LIVED,)),
    "yara": ("Yara Nasser", "Egypt", (YOUTH,)),
    "rosa": ("Rosa Wanjiku", "Kenya", (REGIONS,)),
    "rana": ("Rana Fahmy", "Egypt", (REGIONS,)),
    "ravi": ("Ravi Menon", "India", (REGIONS,)),
    "rita": ("Rita Souza", "Brazil", (REGIONS,)),
    "rolf": ("Rolf Becker", "Germany", (REGIONS,)),
    "remi": ("Rémi Petit", "France", (REGIONS,)),
    "rui": ("Rui Flores", "Peru", (REGIONS,)),
    "ruth": ("Ruth Olsen", "Norway", (REGIONS,)),
    "rob": ("Rob Hill", "Canada", (REGIONS,)),
    "rhea": ("Rhea Silva", "Chile", (REGIONS,)),
    "lars": ("Lars Holm", "Denmark", (LIVED,)),
}
"""Whoever is nominated: name, country, contests."""
SUPPORT = {"s1": ("Sana Malik", "Pakistan"), "s2": ("Seth Boateng", "Ghana"), "s3": ("Saba Khan", "Pakistan")}
VOTERS = 12


@dataclass
class Meeting(Hall):
    """The installation, and a browser for each person, signed in by cookie: signing in is tested elsewhere."""

    looks: Looks = field(default_factory=Looks)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, member: str, path: str) -> Page:
        """A person's own browser, on a page."""
        if member not in self.contexts:
            self.contexts[member] = self.browser.new_context()
            self.contexts[member].set_default_timeout(15_000)
            self.sign_in(self.contexts[member], member)
            page = self.contexts[member].new_page()
            page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: self.errors.append(str(error)))
        page = self.contexts[member].pages[0]
        page.goto(self.address + path)
        return page

    def at(self, moment: datetime) -> None:
        """The clock moves on; everybody signs in anew, since sessions end."""
        self.stage.now = moment
        self.stage.advance()
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()


def gather(stage: Stage) -> None:
    """The members, and a draft whose calendar dates nominations."""
    stage.now = NOTICE - 5 * DAY
    stage.set_up(VOTERS)
    lines = [
        f"{one},{one}@example.org,{name},{country},World,2020-02-03,"
        for one, (name, country, *_) in {**STAND, **SUPPORT}.items()
    ]
    with stage.writing() as session:
        data = a_list(lines)
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)
    stage.draft(a_nominating_draft())
    stage.now = NOTICE
    stage.advance()


def a_nominating_draft() -> Draft:
    """Three contests; at most one from a country over all of them."""
    caps = (Cap("country", 1),)
    contests = (
        Contest(LIVED, "Lived experience", 1, min_ballots=2, caps=caps),
        Contest(YOUTH, "Youth", 1, min_ballots=2, caps=caps, after=(LIVED,)),
        Contest(
            REGIONS,
            "Regions and at large",
            5,
            (Candidate("ron-regions", "Re-open nominations", reopen=True),),
            min_ballots=2,
            caps=caps,
            after=(LIVED, YOUTH),
        ),
    )
    calendar = replace(a_calendar(cutoff=NOTICE - DAY), periods=PERIODS)
    return a_draft(title="Advisory group 2026", calendar=calendar, contests=contests, nominations=Terms())


NOMINATIONS = f"{AT}/nominations"
DESK = f"/officer/elections/{ELECTION}/nominations"
