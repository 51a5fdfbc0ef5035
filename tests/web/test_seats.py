"""The public register: as it stands and stood, how each person was chosen, what falls due, and files that say the same."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from governance.domain.membership import armed
from governance.domain.seats import facts as f
from governance.domain.seats.facts import End
from governance.domain.seats.register import Wish, entry_of
from governance.services import seat_holders, seats
from tests.services import seated
from tests.services.seated import ELECTED, enter, who
from tests.services.stage import START, Stage, a_stage
from tests.web.browser import Someone, words

TODAY = START.date()
BODY = "/bodies/group"
As = Callable[[str], Someone]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The register as of 1 April 2024, entered on 24 February 2026."""
    with a_stage(tmp_path) as made:
        seated.begin(made)
        yield made


# ---- the body --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("changed")
def test_the_group_as_it_stands_and_as_it_stood(anybody: Someone) -> None:
    assert "Advisory group" in words(anybody.get("/bodies/"))
    now, before, gap = (words(anybody.get(f"{BODY}?day={day}")) for day in ("", "2025-12-31", "2026-01-10"))

    assert "3 of 3 seats are held" in now
    assert "<b>Member</b> 4 As older records say on 2024-03-20" in now
    assert "As it stood on 2025-12-31 ." in before
    assert "Member 1" in before
    assert "Member</b> 4" not in before.split("What falls due")[0]
    assert "vacant since 2026-01-01 (resigned)" in gap
    assert "2 of 3 seats are held" in gap
    assert "It had no seats on that day" in words(anybody.get(f"{BODY}?day=2020-01-01"))


@pytest.mark.usefixtures("changed")
def test_a_sentence_about_the_past_tells_nothing_that_came_later(anybody: Someone) -> None:
    assert "holds the seat from 2024-04-01 until 2026-04-01" in words(anybody.get(f"{BODY}?day=2025-12-31"))
    assert "(resigned)" not in words(anybody.get(f"{BODY}?day=2025-12-31"))


@pytest.mark.usefixtures("changed")
def test_what_was_known_on_a_day(anybody: Someone) -> None:
    told = words(anybody.get(f"{BODY}?day=2026-01-10&known={START.date() - timedelta(days=1)}"))
    early = anybody.get(f"{BODY}?day=2026-01-10&known=2020-01-01")

    assert "as the register had it on 2026-02-28" in told
    assert "3 of 3 seats are held" in told
    assert (early.status_code, "had nothing about this group yet" in words(early)) == (404, True)


@pytest.mark.parametrize("query", ["day=yesterday", "day=2026-02-30", "known=x", "day=0001-01-01", "day=9999-01-01"])
def test_a_day_that_is_none_is_asked_again_and_kept(anybody: Someone, query: str) -> None:
    answer = anybody.get(f"{BODY}?{query}")

    assert answer.status_code == 422
    assert "Please give a day" in words(answer)
    assert f'value="{query.partition("=")[2]}"' in answer.text
    assert anybody.get(f"{BODY}/register.json?{query}").status_code == 422


def test_whoever_was_asked_or_follows_is_named(stage: Stage, anybody: Someone) -> None:
    follows = f.Seated("h5", "e2", "p5", date(2026, 4, 1), date(2028, 4, 1), seated.VOTE)
    enter(stage, f.Named("p5", TODAY, "Member 5", "m5"), follows, now=START)
    until = (date(2026, 4, 1), date(2028, 4, 1))
    enter(
        stage,
        f.Offered("h6", "e1", "p5b", TODAY, *until, seated.VOTE),
        f.Named("p5b", TODAY, "Member 6", "m6"),
        now=START,
    )
    stage.now = START

    told = words(anybody.get(BODY))
    assert "Member 5 follows on 2026-04-01 ." in told
    assert "Member 6 was asked, for 2026-04-01 on, and has not answered yet" in told
    assert "Member 6" not in words(anybody.get(f"{BODY}?day=2026-02-01"))
    assert "Member 5" not in words(anybody.get(f"{BODY}?day=2026-02-01"))

    with stage.writing() as session:
        seat_holders.decline(session, "m6", "h6", now=START)
    assert "Member 6" not in words(anybody.get(BODY))
    assert f"declined on {TODAY}" in words(anybody.get(f"{BODY}/seats/e1"))


# ---- seats, holdings, people -----------------------------------------------------------------------------------------


def test_a_seat_with_its_history_its_rules_and_every_entry(changed: Stage, anybody: Someone) -> None:
    enter(changed, f.SeatChanged("e1", date(2026, 6, 1), replace(ELECTED, name="Seat one", months=36)), now=START)

    told = words(anybody.get(f"{BODY}/seats/e1"))

    assert (
        told.index("Member</b> 4")
        < told.index("Vacant from 2026-01-01 until 2026-01-20 (resigned)")
        < told.index("Member 1 ,")
    )
    assert "A term lasts 24 months" in told
    assert "Rules from 2026-06-01 on Seat one" in told
    assert "countback, then appointment" in told
    assert "“Seat” is vacant from 2026-01-01 on (resigned)" in told
    assert "Because: As decided." in told


def test_a_correction_and_what_it_corrects_are_both_shown(changed: Stage, anybody: Someone) -> None:
    with changed.reading() as session:
        number = entry_of(seats.load(session), "h1", f.Ended)
    enter(changed, Wish(f.Ended("h1", date(2025, 12, 1), End.RESIGNED), number), now=START)

    told = words(anybody.get(f"{BODY}/seats/e1"))

    assert f"ended on 2026-01-01 (resigned). Corrected by entry {number + 4}" in told
    assert f", corrects {number}" in told
    assert "Vacant from 2025-12-01 until 2026-01-20" in told


@pytest.mark.usefixtures("changed")
def test_how_was_this_person_chosen(anybody: Someone) -> None:
    told = words(anybody.get(f"{BODY}/holdings/h1"))

    assert "As older records say on 2024-03-20 (Minutes of 2024-03-20); held the seat" in told
    assert "Chosen: 2024-03-20 Seated: 2024-04-01 Ended: 2026-01-01" in told
    assert "cannot be checked here" in told
    assert "After: <b>Member</b> 4" in told
    later = words(anybody.get(f"{BODY}/holdings/h4"))
    assert "the rest of somebody else's" in later
    assert "Before: Member 1" in later


def test_somebody_elected_here_leads_to_the_result(stage: Stage, anybody: Someone) -> None:
    by = f.Instrument(f.How.ELECTION, "Election", TODAY, "board-2026", "board")
    enter(
        stage, f.Named("p7", TODAY, "Member 7", "m7"), f.Seated("h7", "e1", "p7", date(2026, 4, 1), None, by), now=START
    )

    assert 'href="/elections/board-2026/result#board"' in anybody.get(f"{BODY}/holdings/h7").text


def test_a_person_with_all_they_held_and_the_names_they_had(changed: Stage, anybody: Someone) -> None:
    enter(changed, f.Named("p1", TODAY, "Member Once"), now=START)

    told = words(anybody.get(f"{BODY}/people/p1"))

    assert "Member Once" in told
    assert "Member 1 from 2024-04-01 on, Member Once from 2026-03-01 on" in told
    assert "held the seat from 2024-04-01 until 2026-01-01 (resigned)" in told
    assert "m1@" not in told


@pytest.mark.parametrize(
    "address",
    [
        "/bodies/none",
        "/bodies/none/due",
        "/bodies/none/again",
        "/bodies/none/declarations",
        "/bodies/none/register.csv",
        "/bodies/other/seats/e1",
        "/bodies/other/holdings/h1",
        "/bodies/other/people/p1",
        f"{BODY}/seats/e9",
        f"{BODY}/holdings/h9",
        f"{BODY}/people/p9",
        f"{BODY}/again?seat=e9&person=p1",
        f"{BODY}/again?seat=e1&person=p9",
        f"{BODY}/register.xml",
        f"{BODY}/register.popolo",
    ],
)
def test_what_is_not_there_is_said_kindly(anybody: Someone, address: str) -> None:
    answer = anybody.get(address)

    assert answer.status_code == 404
    assert "There is no such page" in words(answer)


@pytest.mark.usefixtures("changed")
def test_a_member_sees_no_more_than_anybody(as_: As, anybody: Someone) -> None:
    member = as_("m5")
    for path in ("", "/seats/e1", "/holdings/h1", "/people/p1", "/due", "/declarations"):
        seen, public = (words(one.get(BODY + path)) for one in (member, anybody))
        assert public.split("Skip to the content")[1].split("Sign in ", 1)[1].split("Who sits in our groups")[0] in seen
        assert "Correct an entry" not in seen
        assert "Look after" not in seen


# ---- what falls due, and who may serve again -------------------------------------------------------------------------


def test_what_falls_due_years_ahead(anybody: Someone) -> None:
    told = words(anybody.get(f"{BODY}/due?years=10"))

    assert "10 years ahead" in told
    assert "2026-04-01 : Seat . The term of Member 1 ends. They may serve another term." in told
    assert "2034" in told
    assert "2034" not in words(anybody.get(f"{BODY}/due"))
    assert "5 years ahead" in words(anybody.get(f"{BODY}/due?years=1000000000"))
    assert "They may not" not in told


def test_the_calculator_says_yes_or_no_with_the_rule_and_the_facts(stage: Stage, anybody: Someone) -> None:
    again = f.Seated("h8", "e1", "p1", date(2026, 4, 1), date(2028, 4, 1), seated.VOTE)
    enter(stage, again, now=START)

    first = words(anybody.get(f"{BODY}/again?person=p1&seat=e1&day=2026-04-01"))
    third = words(anybody.get(f"{BODY}/again?person=p1&seat=e1&day=2028-04-01"))
    never = words(anybody.get(f"{BODY}/again?person=-&seat=e1"))

    assert "Yes: Member 1 , Seat" in first
    assert "No: Member 1 , Seat They may not: served 2 in a row and 2 in all before 2028-04-01" in third
    assert "They may again for a term that begins on 2028-05-03 or later" in third
    assert "2024-04-01 2026-04-01 yes 2026-04-01 2028-04-01 yes" in third
    assert "Yes: somebody who has not served" in never


@pytest.mark.usefixtures("changed")
def test_the_calculator_knows_who_asks(as_: As) -> None:
    answer = as_("m4").get(f"{BODY}/again")

    assert 'selected value="p4"' in answer.text


def test_a_day_that_is_none_keeps_the_rest_of_the_question(anybody: Someone) -> None:
    answer = anybody.get(f"{BODY}/again?person=p2&seat=e2&day=soon")

    assert answer.status_code == 422
    assert 'selected value="p2"' in answer.text
    assert 'value="soon"' in answer.text


# ---- files -----------------------------------------------------------------------------------------------------------


def popolo(anybody: Someone, query: str) -> dict[str, str]:
    told = json.loads(anybody.get(f"{BODY}/register.json?{query}").text)
    names = {one["id"]: one["name"] for one in told["people"]}
    held = {one["post_id"]: names[one["person_id"]] for one in told["memberships"] if "end_date" not in one}
    return {one["id"].removeprefix("seat/"): held.get(one["id"], "") for one in told["posts"]}


def table(anybody: Someone, query: str) -> dict[str, str]:
    text = anybody.get(f"{BODY}/register.csv?{query}").data.decode("utf-8-sig")
    rows = [{name: armed(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))]
    return {row["seat"].removeprefix("seat/"): row["name"] for row in rows if not row["last_day"]}


@pytest.mark.parametrize(
    "day", ["2024-03-31", "2024-04-01", "2025-12-31", "2026-01-01", "2026-01-20", "2026-03-31", "2026-04-01"]
)
def test_files_say_of_any_day_what_the_page_and_the_register_say(changed: Stage, anybody: Someone, day: str) -> None:
    stood = who(changed, date.fromisoformat(day))
    page = words(anybody.get(f"{BODY}?day={day}")).split("What falls due")[0]

    assert popolo(anybody, f"day={day}") == stood
    assert table(anybody, f"day={day}") == {seat: who for seat, who in stood.items() if who}
    assert all(who in page for who in stood.values())
    assert page.count("vacant since") == list(stood.values()).count("")


def test_files_are_of_what_was_known_on_a_day_too(changed: Stage, anybody: Someone) -> None:
    query = "day=2026-01-10&known=2026-02-28"

    assert popolo(anybody, query) == who(changed, date(2026, 1, 10), date(2026, 2, 28))
    assert popolo(anybody, query) != popolo(anybody, "day=2026-01-10")


@pytest.mark.usefixtures("changed")
def test_addresses_in_files_are_the_pages_own(anybody: Someone) -> None:
    told = json.loads(anybody.get(f"{BODY}/register.json").text)
    links = [one["sources"][0]["url"] for kind in ("people", "memberships") for one in told[kind]]
    links += [told["sources"][0]["url"]]
    events = Calendar.from_ical(anybody.get(f"{BODY}/register.ics").data).walk("VEVENT")
    links += [str(one["url"]) for one in events]

    assert len(links) > 8
    for link in set(links):
        assert link.startswith("https://vote.example.org/bodies/group")
        assert anybody.get(link.removeprefix("https://vote.example.org")).status_code == 200, link


def test_a_file_never_names_the_host_of_the_request_and_is_asked_for_anew(changed: Stage, anybody: Someone) -> None:
    tags = {}
    for kind in ("json", "csv", "ics"):
        answer = anybody.client.get(f"{BODY}/register.{kind}", headers={"Host": "evil.example"})
        assert answer.status_code == 200
        tags[kind] = answer.headers["ETag"]
        assert "evil" not in answer.text
        assert answer.headers["Cache-Control"] == "public, no-cache"
        same = anybody.client.get(f"{BODY}/register.{kind}", headers={"If-None-Match": tags[kind]})
        assert same.status_code == 304
    assert "'=Outside() Person" in anybody.get(f"{BODY}/register.csv").text
    enter(changed, f.Ended("h2", TODAY, End.DIED), now=START)
    for kind, tag in tags.items():
        new = anybody.client.get(f"{BODY}/register.{kind}", headers={"If-None-Match": tag})
        assert (new.status_code, new.headers["ETag"] != tag) == (200, True)
