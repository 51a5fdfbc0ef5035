"""How pages write numbers, names and moments."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from governance.web import filters


@pytest.mark.parametrize(
    ("votes", "whole", "fraction", "short"),
    [
        ("15.00000", "15", ".00000", "15"),
        ("15.28550", "15", ".28550", "15.2855"),
        ("0.00000", "0", ".00000", "0"),
        ("100", "100", "", "100"),
    ],
)
def test_votes(votes: str, whole: str, fraction: str, short: str) -> None:
    number = Decimal(votes)

    assert (filters.whole(number), filters.fraction(number), filters.short(number)) == (whole, fraction, short)


def test_a_moment_says_its_zone() -> None:
    assert filters.moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "1 March 2026, 09:05 UTC"


@pytest.mark.parametrize(("count", "text"), [(1, "1 kB"), (74_088, "75 kB"), (2_400_000, "2.4 MB")])
def test_a_size(count: int, text: str) -> None:
    assert filters.size(count) == text


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_a_series_of_names(names: list[str], text: str) -> None:
    assert "".join(before + name for before, name in filters.series(names)) == text
