"""The growth report: what is unusual is marked by its rule, what is usual is not, and nobody can be found in it."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain import growth
from governance.domain.growth import Joined

LAST = date(2026, 3, 1)
DAY = timedelta(days=1)


def steady(
    a_day: int = 2, days: int = 500, domain: str = "example.org", employer: str = "", country: str = "Kenya"
) -> list[Joined]:
    return [Joined(LAST - back * DAY, domain, employer, country) for back in range(days) for _ in range(a_day)]


def marked(report: growth.Report) -> list[str]:
    return [row.value for table in report.shares for row in table.rows if row.unusual]


def test_a_steady_stream_is_not_marked() -> None:
    report = growth.report(steady(), LAST)

    assert (report.marked, report.new, report.before, report.members, report.usual) == (0, 180, 730, 1000, 2)
    assert (report.days[0].day, report.days[-1].day, len(report.days)) == (report.first, LAST, 90)


@pytest.mark.parametrize("length", [1, 3, 30])
def test_a_flood_is_marked_however_long_it_lasts(length: int) -> None:
    flood = [Joined(LAST - back * DAY) for back in range(5, 5 + length) for _ in range(40)]

    report = growth.report(steady() + flood, LAST)

    assert [one.day for one in report.days if one.unusual] == [LAST - back * DAY for back in range(4 + length, 4, -1)]


def test_a_few_in_a_quiet_organisation_are_not_marked_and_several_are() -> None:
    quiet = [Joined(LAST - back * DAY) for back in range(0, 400, 40)]
    few = [Joined(LAST - 3 * DAY)] * (growth.FEWEST - 1)

    assert growth.report(quiet + few, LAST).marked == 0
    assert growth.report([*quiet, *few, few[0]], LAST).days[-4].unusual


def test_busy_weekdays_are_not_marked() -> None:
    weeks = [Joined(LAST - back * DAY) for back in range(500) for _ in range((8, 9, 7, 8, 10, 0, 1)[back % 7])]

    assert growth.report(weeks, LAST).marked == 0


def test_a_domain_whose_share_has_grown_is_marked_and_a_large_one_is_not() -> None:
    people = [
        *steady(domain="mail.example"),
        *(Joined(LAST - back * DAY, "new.example", "", "Kenya") for back in range(20)),
    ]

    assert marked(growth.report(people, LAST)) == ["new.example"]


def test_employer_and_country_are_looked_at_too() -> None:
    come = [Joined(LAST - back * DAY, "example.org", "A Company", "Elsewhere") for back in range(30)]

    assert marked(growth.report(steady() + come, LAST)) == ["A Company", "Elsewhere"]


def test_without_a_year_before_no_share_is_marked() -> None:
    assert marked(growth.report([Joined(LAST, "new.example")] * 50, LAST)) == []


def test_a_share_that_doubled_by_chance_is_not_marked() -> None:
    assert not growth.is_grown(6, 100, 9, 365)
    assert growth.is_grown(60, 100, 90, 365)
    assert not growth.is_grown(49, 100, 90, 365)  # less than twice the share


def test_who_declared_nothing_is_counted_and_never_marked() -> None:
    report = growth.report([*steady(employer="A"), *([Joined(LAST, "example.org", "", "Kenya")] * 40)], LAST)

    employers = report.shares[1]
    assert [(row.value, row.count, row.unusual) for row in employers.rows] == [
        ("A", 180, False),
        ("(not said)", 40, False),
    ]


def test_a_value_of_few_is_not_named() -> None:
    people = [*steady(), *([Joined(LAST, "anna-smith.example", "Anna & Sons", "Tuvalu")] * (growth.FEWEST - 1))]

    report = growth.report(people, LAST)

    assert [table.others for table in report.shares] == [4, 4, 4]
    assert b"anna" not in growth.write(report).lower()
    assert b"tuvalu" not in growth.write(report).lower()


def test_lines_that_came_in_long_after_their_membership_began_are_marked() -> None:
    begun = LAST - 80 * DAY
    first = [Joined(LAST - 400 * DAY, entered=begun)] * 50
    usual = [Joined(LAST - 12 * DAY, entered=LAST - 10 * DAY)] * 9
    late = [Joined(LAST - 300 * DAY, entered=LAST - 4 * DAY)] * 7

    report = growth.report([*first, *usual, *late], LAST)

    assert [(one.day, one.count, one.unusual) for one in report.backdated] == [
        (begun, 50, False),
        (LAST - 4 * DAY, 7, True),
    ]


def test_who_joins_after_the_last_day_is_not_looked_at() -> None:
    assert growth.report([Joined(LAST + DAY)] * 50, LAST).members == 0


def test_a_formula_in_a_report_is_disarmed() -> None:
    people = steady(employer="=HYPERLINK(1)", country="@SUM(1)", domain="+x.example")

    cells = [
        cell for line in csv.reader(io.StringIO(growth.write(growth.report(people, LAST)).decode())) for cell in line
    ]

    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]


@given(st.lists(st.integers(0, 30), min_size=growth.YEAR, max_size=growth.YEAR), st.integers(0, 500))
def test_more_on_a_day_is_never_less_unusual(year: Sequence[int], count: int) -> None:
    assert growth.is_far(count, year) <= growth.is_far(count + 1, year)


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from("abc")), max_size=200))
def test_every_new_member_is_counted_once_in_each_table(joined: list[tuple[int, str]]) -> None:
    report = growth.report([Joined(LAST - back * DAY, value, value, value) for back, value in joined], LAST)

    assert sum(one.count for one in report.days) == report.new
    for table in report.shares:
        assert sum(row.count for row in table.rows) + table.others == report.new
