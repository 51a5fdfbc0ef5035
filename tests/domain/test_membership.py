"""The members' list as a file: read strictly, compared, written so that no spreadsheet runs anything."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain import membership
from governance.domain.membership import Row, Status
from governance.errors import MalformedError

HEAD = "email,name,country,region,joined"
ANN = Row("m1", "ann@example.org", "Ann", "Kenya", "Africa", date(2020, 1, 1))
LINE = "ann@example.org,Ann,Kenya,Africa,2020-01-01"


def a_file(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def test_a_line_becomes_a_member() -> None:
    listed = membership.read(a_file(LINE))

    assert listed.rows == ((2, replace(ANN, id="")),)
    assert listed.mistakes == ()


def test_other_columns_are_declared_attributes() -> None:
    listed = membership.read(a_file(LINE + ",yes", head=HEAD + ",Lived Experience"))

    assert listed.rows[0][1].attributes == {"lived_experience": "yes"}


def test_semicolons_and_a_byte_order_mark_are_read() -> None:
    data = b"\xef\xbb\xbf" + a_file(LINE).replace(b",", b";")

    assert len(membership.read(data).rows) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no address,Ann,Kenya,Africa,2020-01-01", "e-mail"),
        ("=cmd@example.org,Ann,Kenya,Africa,2020-01-01", "e-mail"),
        ("ann@example.org,,Kenya,Africa,2020-01-01", "name is missing"),
        ("ann@example.org,=HYPERLINK(1),Kenya,Africa,2020-01-01", "a spreadsheet would run"),
        ("ann@example.org,Ann,Kenya,Africa,1 May", "not a date"),
        ("ann@example.org,Ann,Kenya,Africa", "4 cells"),
        (f"ann@example.org,{'x' * 300},Kenya,Africa,2020-01-01", "too long"),
        ("ann@example.org,Ann,Kenya,Africa,2020-01-01,a b,active", "an id has"),
        ("ann@example.org,Ann,Kenya,Africa,2020-01-01,m1,asleep", "status is not one of"),
        ('ann@example.org,"a\x01b",Kenya,Africa,2020-01-01', "cannot be shown"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(line: str, why: str) -> None:
    head = HEAD + ",id,status" if line.count(",") > 4 else HEAD
    good = LINE + ",," if line.count(",") > 4 else LINE

    listed = membership.read(a_file(line, "", good, head=head))

    assert [(mistake.line, why in mistake.why) for mistake in listed.mistakes] == [(2, True)]
    assert len(listed.rows) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"", "is empty"),
        (a_file(head="email,name"), "missing: country, region, joined"),
        (a_file(head=HEAD + ",email"), "Two columns"),
        (a_file(head=HEAD + ",<b>"), "cannot be an attribute"),
    ],
)
def test_a_file_of_another_form_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        membership.read(data)


def test_a_file_that_is_far_too_large_is_refused() -> None:
    with pytest.raises(MalformedError, match="larger than"):
        membership.read(bytes(membership.MAX_BYTES + 1))


def test_an_unclosed_quote_is_a_mistake_and_no_crash() -> None:
    assert membership.read(a_file('"ann@example.org')).mistakes


def test_a_plan_tells_additions_changes_and_removals_apart() -> None:
    ben = replace(ANN, id="m2", email="ben@example.org", name="Ben")
    cat = replace(ANN, id="m3", email="cat@example.org", name="Cat")
    data = a_file(
        "ANN@example.org,Ann,Peru,Africa,2020-01-01",
        "dan@example.org,Dan,Peru,Americas,2021-01-01",
        LINE.replace("ann", "ben").replace("Ann", "Ben"),
    )

    plan = membership.plan(membership.read(data), [ANN, ben, cat])

    assert [row.name for _, row in plan.additions] == ["Dan"]
    assert [change.fields for change in plan.changes] == [("email", "country")]
    assert plan.removals == (cat,)
    assert plan.unchanged == 1
    assert plan.conflicts == ()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([LINE, LINE], "stands on line 2 already"),
        (
            ["m1,ann@example.org,Ann,Kenya,Africa,2020-01-01", "m1,x@example.org,Ann,Kenya,Africa,2020-01-01"],
            "this member stands on line 2",
        ),
        (["m9,ann@example.org,Ann,Kenya,Africa,2020-01-01"], "another member has this address"),
    ],
)
def test_lines_that_contradict_each_other_are_conflicts(lines: list[str], why: str) -> None:
    head = HEAD if lines[0] == LINE else "id," + HEAD

    plan = membership.plan(membership.read(a_file(*lines, head=head)), [ANN])

    assert any(why in conflict.why for conflict in plan.conflicts)


def test_somebody_who_left_is_not_removed_again() -> None:
    gone = replace(ANN, status=Status.LEFT)

    assert membership.plan(membership.read(a_file()), [gone]).removals == ()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "'''=1", "'"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_and_comes_back(cell: str) -> None:
    written = membership.disarmed(cell)

    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert membership.armed(written) == cell


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20))
def test_what_is_written_is_read_again(value: str) -> None:
    value = " ".join(value.split())
    row = replace(ANN, country=value, attributes={"note": value} if value else {})

    listed = membership.read(membership.write([row]))

    assert [read for _, read in listed.rows] == [row]
