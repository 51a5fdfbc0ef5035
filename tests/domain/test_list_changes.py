"""Persons and organisations in the list; a file that lacks a column; the same file a second time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain import membership
from governance.domain.capacity import Kind
from governance.domain.membership import Plan, Row, Status

ANN = Row("m1", "ann@example.org", "Ann", "Kenya", "Africa", date(2020, 1, 1), attributes={"age": "40"})
CLUB = Row(
    "m2", "club@example.org", "A Club", "Peru", "Americas", date(2020, 1, 1), kind=Kind.ORGANISATION, delegate="Ann"
)
HEAD = "email,name,country,region,joined"
ANN_LINE = "ann@example.org,Ann,Kenya,Africa,2020-01-01"
CLUB_LINE = "club@example.org,A Club,Peru,Americas,2020-01-01"


def plan(head: str, *lines: str, there: Sequence[Row] = (ANN, CLUB)) -> Plan:
    return membership.plan(membership.read("\n".join([head, *lines, ""]).encode()), there)


def done(told: Plan, there: Sequence[Row], *, remove: bool = True) -> list[Row]:
    """The list once a plan was carried out, as the services do it."""
    rows = {row.id: row for row in there}
    rows |= {row.id or f"new-{line}": replace(row, id=row.id or f"new-{line}") for line, row in told.additions}
    rows |= {change.before.id: replace(change.after, id=change.before.id) for change in told.changes}
    rows |= {row.id: replace(row, status=Status.LEFT) for row in told.removals if remove}
    return list(rows.values())


def test_an_organisation_comes_with_its_delegate() -> None:
    told = plan(f"{HEAD},kind,delegate", f"{CLUB_LINE},Organization,Ben Other", there=[])

    assert [(row.kind, row.delegate) for _, row in told.additions] == [(Kind.ORGANISATION, "Ben Other")]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("organisation,", "none is named"),
        (",Ann", "only an organisation has a delegate"),
        ("individual,Ann", "only an organisation has a delegate"),
        ("organisation,=Ann()", "a spreadsheet would run"),
        (f"organisation,{'x' * 190}", "too long together"),
    ],
)
def test_a_capacity_that_cannot_be_is_a_conflict(cells: str, why: str) -> None:
    told = plan(f"{HEAD},kind,delegate", f"{CLUB_LINE},{cells}", there=[])

    assert [why in one.why for one in told.conflicts] == [True]
    assert told.additions == ()


@pytest.mark.parametrize(
    ("cells", "why"),
    [("ann@example.org,=?x?q?A", "read as a code"), ("ann@example.org,A =?x?q?", "read as a code")],
)
def test_what_a_mail_program_would_decode_is_a_mistake(cells: str, why: str) -> None:
    assert why in plan(HEAD, f"{cells},Kenya,Africa,2020-01-01").mistakes[0].why


def test_nobody_is_of_another_kind() -> None:
    assert "kind is not one of" in plan(f"{HEAD},kind", f"{ANN_LINE},robot").mistakes[0].why


def test_a_delegate_who_is_a_member_too_needs_two_addresses() -> None:
    told = plan(
        f"{HEAD},kind,delegate", "ann@example.org,B Club,Peru,Americas,2020-01-01,organisation,Ann", f"{ANN_LINE},,"
    )

    assert "stands on line 2 already" in told.conflicts[0].why


def test_somebody_who_speaks_for_two_organisations_is_shown_and_does_not_stop_the_file() -> None:
    told = plan(f"{HEAD},kind,delegate", "b@example.org,B Club,Peru,Americas,2020-01-01,organisation,ANN")

    assert [(one.line, "delegate of A Club too" in one.why) for one in told.doubts] == [(2, True)]
    assert len(told.additions) == 1


def test_a_file_without_a_column_leaves_what_is_there() -> None:
    told = plan(HEAD, ANN_LINE, CLUB_LINE)

    assert (told.changes, told.unchanged, told.conflicts) == ((), 2, ())


def test_an_empty_cell_erases_what_was_declared() -> None:
    told = plan(f"{HEAD},age", f"{ANN_LINE},", f"{CLUB_LINE},")

    assert [change.fields for change in told.changes] == [("age",)]
    assert told.changes[0].told == (("age", "", ""),)


@pytest.mark.parametrize(("status", "after"), [("suspended", "suspended"), ("left", "active"), ("active", "active")])
def test_without_a_column_a_suspension_stands_and_whoever_is_listed_again_is_a_member(status: str, after: str) -> None:
    there = [replace(ANN, status=Status(status))]

    assert [row.status for row in done(plan(HEAD, ANN_LINE, there=there), there)] == [after]


def test_an_organisation_that_becomes_a_person_loses_its_delegate() -> None:
    told = plan(f"{HEAD},kind", f"{CLUB_LINE},individual")

    assert told.changes[0].told == (("kind", "organisation", "individual"), ("delegate", "Ann", ""))


WORDS = st.text("ab =+'@-", max_size=4).map(lambda text: " ".join(text.split()))
ROWS = st.lists(
    st.builds(
        lambda i, country, kind, status, note: Row(
            f"m{i}",
            f"p{i}@example.org",
            f"P {i}",
            country,
            "Africa",
            date(2020, 1, 1),
            status,
            {"note": note} if note else {},
            kind,
            "D" if kind is Kind.ORGANISATION else "",
        ),
        st.integers(0, 9),
        WORDS,
        st.sampled_from(Kind),
        st.sampled_from(Status),
        WORDS,
    ),
    unique_by=lambda row: row.id,
    max_size=6,
)


@given(ROWS, ROWS, st.booleans())
def test_the_same_file_a_second_time_changes_nothing(listed: list[Row], there: list[Row], remove: bool) -> None:  # noqa: FBT001
    data = membership.read(membership.write(listed))
    first = membership.plan(data, there)
    after = done(first, there, remove=remove)

    again = membership.plan(data, after)

    assert (first.mistakes, first.conflicts) == ((), ())
    assert (again.additions, again.changes, again.unchanged) == ((), (), len(listed))
    assert again.removals == () or not remove


@given(ROWS)
def test_an_export_that_comes_back_changes_nothing(rows: list[Row]) -> None:
    told = membership.plan(membership.read(membership.write(rows)), rows)

    assert (told.additions, told.changes, told.removals, told.conflicts) == ((), (), (), ())
