"""How far the support of a nomination has come."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.nominations.support import Spread, Support, support
from governance.domain.person import Person
from governance.domain.terms import Independence, Terms


def people(*countries: str, employer: str = "") -> list[Person]:
    told = {"employer": employer}
    return [
        Person(
            f"m{i}", f"Member {i}", active=True, joined=date(2020, 1, 1), country=country, region="", attributes=told
        )
        for i, country in enumerate(countries)
    ]


@pytest.mark.parametrize(
    ("countries", "words", "lacks"),
    [
        ((), "0 of 3 seconders, from 0 of 2 countries", ("3 more seconders", "seconders from 2 countries")),
        (
            ("Peru", "peru"),
            "2 of 3 seconders, from 1 of 2 countries",
            ("1 more seconder", "seconders from 2 countries"),
        ),
        (("Peru", "", ""), "3 of 3 seconders, from 1 of 2 countries", ("seconders from 2 countries",)),
        (("Peru", "Kenya", "Peru"), "3 of 3 seconders, from 2 of 2 countries", ()),
        (("A", "B", "C", "D"), "4 seconders (3 needed), from 4 countries (2 needed)", ()),
        (("Peru",) * 5, "5 seconders (3 needed), from 1 of 2 countries", ()),  # a petition
    ],
    ids=["none", "one country", "one unknown", "enough", "more", "petition"],
)
def test_what_is_there_and_what_is_missing_in_words(
    countries: tuple[str, ...], words: str, lacks: tuple[str, ...]
) -> None:
    found = support(Terms(seconders=3, petition=5), people(*countries))

    assert (found.words, found.lacks, found.enough) == (words, lacks, not lacks)


def test_other_attributes_have_names_too() -> None:
    terms = Terms(seconders=1, independent=(Independence("employer", 1),))

    assert support(terms, people("Peru")).words == "1 of 1 seconder, from 0 of 1 employers"
    assert support(terms, people("Peru", employer="Example")).enough


def test_where_nobody_is_asked_for_nothing_is_missing() -> None:
    found = support(Terms(seconders=0), people("Peru"))

    assert (found.words, found.enough, found.spread) == ("1 seconder", True, ())
    assert support(Terms(seconders=0), []).words == ""


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 4), st.integers(0, 4), st.integers(0, 12))
def test_more_support_never_lacks_more(have: int, needed: int, values: int, least: int, petition: int) -> None:
    before = Support(have, needed, (Spread("country", values, least),), petition)
    after = Support(have + 1, needed, (Spread("country", values + 1, least),), petition)

    assert not before.enough or after.enough
    assert len(after.lacks) <= len(before.lacks)
