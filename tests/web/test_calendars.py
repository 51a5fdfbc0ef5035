"""Calendars by page: planned in times anywhere on Earth, refused with reasons, changed by two, followed by other calendars."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar as Feed

from governance.domain.calendar import AOE, MOMENTS, Period, every
from governance.domain.draft import Calendar
from governance.services import calendars, elections, running
from tests.services.stage import ELECTION, OPEN, START, TWO, Stage, a_draft
from tests.services.test_calendars import AFTER, DAY, WHOLE, span
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
DESK = f"/officer/elections/{ELECTION}/calendar"
PAGE = f"/elections/{ELECTION}/calendar"


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.now = START - 30 * DAY
    stage.draft()
    return stage


def typed(calendar: Calendar, version: int, *aoe: str) -> dict[str, object]:
    """What an officer types for a calendar; times of those that are named are typed as they are anywhere on Earth."""
    form: dict[str, object] = {"version": version, "reason": "A holiday."}
    for one in every(calendar):
        zone = AOE if one.name in aoe else UTC
        form[f"{one.name}_begins"] = one.begins.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        if one.name not in MOMENTS:
            form[f"{one.name}_ends"] = one.ends.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        if one.name in aoe:
            form[f"{one.name}_aoe"] = "y"
    return form


def held(stage: Stage) -> calendars.Shown:
    with stage.reading() as session:
        return calendars.show(session, ELECTION, now=stage.now)


def events(data: bytes) -> dict[str, dict[str, object]]:
    """The events of a feed by their UIDs."""
    return {
        str(one["uid"]): {
            "begins": one.decoded("dtstart"),
            "ends": one.decoded("dtend") if "dtend" in one else None,
            "sequence": int(one.decoded("sequence")),
            "status": str(one["status"]),
            "summary": str(one["summary"]),
        }
        for one in Feed.from_ical(data).walk("VEVENT")
    }


def test_a_calendar_is_planned_and_its_times_come_back_as_they_were_typed(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    assert "Leave empty what this election does not have" in words(officer.get(DESK))

    answer = officer.post(DESK, typed(WHOLE, 2, "nominations", "voting"), follow_redirects=True)

    assert "Saved." in words(answer)
    assert held(drafted).calendar == replace(
        WHOLE, periods=tuple(replace(one, aoe=one.name == "nominations") for one in WHOLE.periods)
    )
    assert 'name="nominations_begins" type="datetime-local" value="2026-02-10T21:00"' in answer.text
    assert 'name="voting_begins" type="datetime-local" value="2026-03-03T09:00"' in answer.text


def test_a_year_and_a_version_that_cannot_be_meant_break_nothing(drafted: Stage, as_: As) -> None:
    officer, last = as_("officer"), {"seating_begins": "9999-12-31T23:59"}

    utc, anywhere = (officer.post(DESK, typed(WHOLE, 2) | last | aoe) for aoe in ({}, {"seating_aoe": "y"}))
    digits = officer.post(DESK, typed(WHOLE, 2) | {"version": "1" * 5000})

    assert "Is the year right?" in words(utc)
    assert (anywhere.status_code, "too far away to be meant" in words(anywhere)) == (422, True)
    assert "Somebody has changed this election meanwhile" in words(digits)
    assert held(drafted).calendar != WHOLE


def test_an_impossible_calendar_is_refused_with_every_reason_and_nothing_typed_is_lost(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    wrong = replace(WHOLE, periods=(span(Period.NOTICE, -40), *AFTER), cutoff=START + 3 * DAY)

    answer = officer.post(DESK, typed(wrong, 2))

    assert answer.status_code == 409
    assert "Membership has to be cut off before voting opens." in words(answer)
    assert "Notice of the election: 20 January 2026, 09:00 UTC is in the past." in words(answer)
    assert 'value="2026-01-20T09:00"' in answer.text
    assert held(drafted).calendar.periods == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"nominations_ends": ""}, "Nominations: say when it begins and when it ends."),
        ({"voting_begins": ""}, "Voting: say when it begins and when it ends."),
        ({"challenges_ends": ""}, "Challenges to the result: say when."),
        ({"notice_begins": "soon"}, "Not a valid datetime value."),
    ],
)
@pytest.mark.usefixtures("drafted")
def test_what_is_typed_by_halves_is_asked_for(as_: As, change: dict[str, str], why: str) -> None:
    answer = as_("officer").post(DESK, typed(WHOLE, 2) | change)

    assert (answer.status_code, why in words(answer)) == (422, True)


@pytest.mark.usefixtures("drafted")
def test_a_stale_form_changes_nothing(as_: As) -> None:
    answer = as_("officer").post(DESK, typed(WHOLE, 1))

    assert (answer.status_code, "changed this election meanwhile" in words(answer)) == (409, True)


def test_saving_the_draft_keeps_the_calendar(drafted: Stage, as_: As) -> None:
    officer = as_("officer")
    officer.post(DESK, typed(WHOLE, 2))
    form = {"version": 3, "title": "Other", "threshold": 2, "registrar": "registrar", "trustees": ["t1", "t2", "t3"]}
    times = {name: getattr(WHOLE, name).strftime("%Y-%m-%dT%H:%M") for name in ("cutoff", "opens", "closes", "appeals")}

    assert officer.post(f"/officer/elections/{ELECTION}/draft", form | times).status_code == 302

    assert held(drafted).title == "Other"
    assert [one.name for one in held(drafted).calendar.periods] == [one.name for one in WHOLE.periods]


def test_a_draft_is_nobodys_and_after_its_notice_everybody_sees_the_calendar(
    drafted: Stage, as_: As, anybody: Someone
) -> None:
    as_("officer").post(DESK, typed(WHOLE, 2))
    assert anybody.get(PAGE).status_code == anybody.get(f"{PAGE}.ics").status_code == 404
    assert events(anybody.get("/calendar.ics").data) == {}
    drafted.now = START - 17 * DAY
    with drafted.writing() as session:
        running.advance(session, ELECTION, now=drafted.now)

    page = words(anybody.get(PAGE))

    assert "Nominations , going on now From 11 February 2026, 09:00 UTC until 21 February 2026, 09:00 UTC" in page
    assert "(20 February 2026, 21:00 anywhere on Earth)" in page
    assert "None since it was announced on 9 February 2026, 09:00 UTC" in page
    assert len(events(anybody.get(f"{PAGE}.ics").data)) == len(every(WHOLE))


def test_a_change_is_asked_for_approved_and_shown_as_a_version(drafted: Stage, as_: As, anybody: Someone) -> None:
    as_("officer").post(DESK, typed(WHOLE, 2))
    drafted.now = START - 19 * DAY
    with drafted.writing() as session:
        running.advance(session, ELECTION, now=drafted.now)
    officer, secretary = as_("officer"), as_("secretary")
    later = replace(WHOLE, periods=(*WHOLE.periods[:-1], span(Period.SEATING, 41)))
    assert "This calendar was announced." in words(officer.get(DESK))
    refused = officer.post(DESK, typed(later, 3) | {"reason": " "})
    assert (refused.status_code, "Say why" in words(refused)) == (409, True)
    assert officer.post(DESK, typed(later, 3)).status_code == 302
    assert "waits for a second person" in words(officer.get(DESK))
    assert "The elected take their seats 11 April 2026" in words(secretary.get("/decisions/1"))

    assert secretary.post("/decisions/1/approve").status_code == 302

    page = words(anybody.get(PAGE))
    assert "Version 2 10 February 2026, 09:00 UTC The elected take their seats 11 April 2026, 09:00 UTC" in page
    assert "Before: 10 April 2026, 09:00 UTC" in page
    assert "Because: A holiday." in page


def test_after_the_announcement_voting_is_fixed_and_the_rest_is_not(stage: Stage, as_: As) -> None:
    stage.draft(a_draft(calendar=replace(WHOLE, periods=AFTER)))
    stage.freeze()
    officer = as_("officer")
    page = officer.get(DESK)
    assert 'name="voting_begins"' not in page.text
    assert "Fixed with the roll." in words(page)
    with stage.reading() as session:
        version = elections.show(session, ELECTION).version

    # What is fixed is not even read.
    moved = replace(WHOLE, periods=AFTER, opens=START + 3 * DAY, appeals=START + 30.5 * DAY)
    assert officer.post(DESK, typed(moved, version)).status_code == 302

    assert as_("secretary").post("/decisions/1/approve").status_code == 302
    assert (held(stage).calendar.opens, held(stage).calendar.appeals) == (WHOLE.opens, moved.appeals)


# ---- the feed --------------------------------------------------------------------------------------------------------


def opened(stage: Stage, title: str = "Advisory group 2026") -> None:
    stage.draft(a_draft(title=title, calendar=replace(WHOLE, periods=AFTER)))
    stage.freeze()
    stage.announce()
    stage.open()


def test_an_event_keeps_its_uid_and_its_sequence_rises_with_each_change(stage: Stage, anybody: Someone) -> None:
    opened(stage)
    before = events(anybody.get(f"{PAGE}.ics").data)
    with stage.writing() as session:
        after = replace(WHOLE, periods=(AFTER[0], span(Period.SEATING, 41)))
        calendars.change(session, TWO, ELECTION, after, "A holiday.", now=stage.now)
    stage.now = OPEN + timedelta(hours=1)
    with stage.writing() as session:
        running.extend(session, TWO, ELECTION, START + 9.5 * DAY, "The server was down.", now=stage.now)

    now = events(anybody.get(f"{PAGE}.ics").data)

    assert before.keys() == now.keys()
    assert {one["sequence"] for one in before.values()} == {0}
    uid = "board-2026.{}@vote.example.org".format
    seats, certified, voting = (now[uid(one)] for one in ("seating", "certification", "voting"))
    assert (seats["sequence"], seats["begins"], seats["ends"]) == (1, START + 41 * DAY, None)
    assert (certified["sequence"], certified["status"]) == (1, "CANCELLED")
    assert (voting["sequence"], voting["ends"]) == (1, START + 9.5 * DAY)
    assert now[uid("cutoff")] == before[uid("cutoff")]
    with stage.writing() as session:
        running.cancel(session, TWO, ELECTION, "A fire.", now=stage.now)
    last = events(anybody.get(f"{PAGE}.ics").data)
    assert {one["status"] for one in last.values()} == {"CANCELLED"}
    assert all(last[one]["sequence"] == int(str(now[one]["sequence"])) + 1 for one in now)


def test_a_feed_is_folded_and_escaped_and_says_no_more_than_the_title(stage: Stage, anybody: Someone) -> None:
    title = "Élection; groupe, consultatif \\ mondial : " + "é" * 60 + " BEGIN:VALARM"
    opened(stage, title)

    data = anybody.get(f"{PAGE}.ics").data

    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")
    unfolded = data.replace(b"\r\n ", b"").split(b"\r\n")
    assert {line for line in unfolded if line.startswith(b"BEGIN:")} == {b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"}
    assert events(data)["board-2026.voting@vote.example.org"]["summary"] == f"{title}: Voting"
    assert Feed.from_ical(data).walk("VEVENT")[0].decoded("dtstamp") == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_feed_is_public_kept_and_names_our_own_host(stage: Stage, anybody: Someone) -> None:
    opened(stage)
    first = anybody.get("/calendar.ics")

    again = anybody.client.get(
        "/calendar.ics", headers={"If-None-Match": first.headers["ETag"], "Host": "evil.example"}
    )

    assert first.mimetype == "text/calendar"
    assert first.headers["Cache-Control"] == "public, max-age=900"
    assert "Set-Cookie" not in first.headers
    assert (again.status_code, again.data) == (304, b"")
    assert b"https://vote.example.org/elections/board-2026/calendar" in first.data.replace(b"\r\n ", b"")


# ---- UTC, and the reader's own time ----------------------------------------------------------------------------------


def test_moments_stand_in_utc_and_wait_for_the_script(stage: Stage, as_: As, anybody: Someone) -> None:
    opened(stage)
    script = re.compile(r'<script type="module" src="/static/[^/]+/dist/times.js" integrity="sha384-')

    for page in (anybody.get(f"/elections/{ELECTION}"), as_("m1").get("/home"), as_("officer").get(DESK)):
        assert '+00:00" data-local>10 March 2026, 09:00 UTC</time>' in page.text
        assert script.search(page.text)
    booth = anybody.get(f"/elections/{ELECTION}/vote")
    assert "data-local>10 March 2026, 09:00 UTC</time> (9 March 2026, 21:00 anywhere on Earth)." in booth.text
    assert booth.text.count("<script") == 2  # the booth brings it in its own file; the second part waits in a template
    assert "times.js" not in booth.text
