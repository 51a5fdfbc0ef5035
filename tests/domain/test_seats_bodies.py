"""Term rules of W3C, Kubernetes and NCD Alliance in configuration alone, with their hard cases, and a real history entered.

A seat is configured by the line of a page (docs/seats.md, section 7); each body names where its rules are published.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.domain.eligibility.facts import Term
from governance.domain.seats import entering, page, register, terms
from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How, Instrument, Method, Seat
from governance.domain.seats.filling import Place, assign, way
from governance.domain.seats.register import Register, Wish, enter
from governance.domain.seats.standing import as_it_stood, falls_due

FOLDER = Path(__file__).parent / "bodies" / "seats"
BODIES: Mapping[str, dict[str, Any]] = {one.stem: json.loads(one.read_text("utf-8")) for one in FOLDER.glob("*.json")}
CASES = [(name, case) for name, body in sorted(BODIES.items()) for case in body["cases"]]
HISTORY = (FOLDER / "kubernetes-steering.txt").read_bytes()
TAG = (FOLDER / "w3c-tag.txt").read_bytes()


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def seat(name: str, which: str) -> Seat:
    read = page.read("\n".join(BODIES[name]["seats"]).encode())
    assert not read.mistakes
    return next(one.rules for one in read.seats if one.name == which)


def a_register(rules: Seat, held: list[str], *more: f.Fact, recorded: date) -> Register:
    start, until = date.fromisoformat(held[0]), date.fromisoformat(held[1])
    made = Instrument(How.ELECTION, "Vote")
    facts: list[f.Fact] = [
        f.BodyRuled("b", start, "Body"),
        f.SeatCreated("s", "b", start, rules),
        f.Named("p", start, "Ann"),
        f.Seated("h", "s", "p", start, until, made),
    ]
    moment = datetime(recorded.year, recorded.month, recorded.day, 12, tzinfo=UTC)
    return enter(Register(), [*facts, *more], recorded=moment, by="x")


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_body_says_where_its_rules_are_published_and_what_was_read(name: str) -> None:
    assert any(one["read"] for one in BODIES[name]["sources"])
    for one in BODIES[name]["sources"]:
        assert one["address"].startswith(("https://", "http://"))
        assert one["read"] or "unread" in one["says"]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['name']}" for name, case in CASES])
def test_a_hard_case(name: str, case: Mapping[str, Any]) -> None:
    match case["ask"]:
        case "again":
            served = [terms.Served(Term(date.fromisoformat(a), date.fromisoformat(b))) for a, b in case["terms"]]
            told = terms.again(seat(name, case["seat"]).limit, served, date.fromisoformat(case["day"]))
            assert (told.allowed, told.earliest) == (case["allowed"], day(case["earliest"]))
            assert case["because"] in told.why
        case "ends":
            assert terms.ends(seat(name, case["seat"]), date.fromisoformat(case["start"])) == day(case["ends"])
        case "assign":
            start = date.fromisoformat(case["start"])
            places = [Place(one, start, terms.ends(seat(name, one), start)) for one in case["seats"]]
            given = {who: [place.seat, str(place.end)] for who, place in assign(case["elected"], places)}
            assert given == case["gets"]
        case "moved":
            to = date.fromisoformat(case["to"])
            made = a_register(seat(name, case["seat"]), case["held"], recorded=date.fromisoformat(case["held"][0]))
            old = made.book().holdings["h"]
            seated = f.Seated("h", "s", "p", old.start, to, old.instrument)
            moment = datetime(to.year, to.month, to.day, 12, tzinfo=UTC)
            after = enter(made, [Wish(seated, register.entry_of(made, "h", f.Seated))], recorded=moment, by="x")
            assert (after.book().holdings["h"].ended, after.book().holdings["h"].how) == (to, End.EXPIRED)
        case "fill":
            left = date.fromisoformat(case["left"])
            asked = date.fromisoformat(case["day"])
            rules = seat(name, case["seat"])
            book = a_register(rules, case["held"], f.Ended("h", left, End.RESIGNED), recorded=asked).book()
            failed = [Method(one) for one in case.get("failed", [])]
            found = way(book, next(iter(book.gaps("s"))), asked, failed=failed, counted=case.get("counted", False))
            assert (found.method, found.term.end) == (case["method"], day(case["until"]))
        case _:
            pytest.fail("a case asks something that nobody answers")


# ---- ten years of a real body ----------------------------------------------------------------------------------------

TODAY = date(2026, 6, 1)


def entered(history: bytes = HISTORY, body: str = "steering") -> Register:
    plan = entering.plan(page.read(history), Register().book(), body, TODAY, {})
    assert (plan.mistakes, plan.conflicts, plan.doubts) == ((), (), ())
    return enter(Register(), plan.facts, recorded=datetime(2026, 6, 1, 12, tzinfo=UTC), by="secretary")


def test_the_history_of_a_real_body_is_entered_from_a_page() -> None:
    made = entered()

    def who(on: date) -> list[str]:
        return [one.holder for one in as_it_stood(made, "steering", on).places]

    assert len(who(date(2018, 1, 1))) == 13
    assert who(date(2018, 9, 1)).count("") == 1, "the bootstrap seat that was not filled again"
    assert who(date(2019, 10, 3)) == [
        "Aaron Crickenberger", "Davanum Srinivas", "Timothy St. Clair",
        "Derek Carr", "Christoph Blecker", "Nikhita Raghunath", "Paris Pittman",
    ]  # fmt: skip
    assert who(date(2026, 6, 1)) == [
        "Antonio Ojea", "Benjamin Elder", "Sascha Grunert", "Kat Cosgrove", "Paco Xu", "Rita Zhang", "Maciej Szulik",
    ]  # fmt: skip
    assert all("" not in who(date(year, 12, 31)) for year in range(2019, 2026))


def test_the_published_rule_explains_who_left() -> None:
    """Whoever had served twice in a row did not come back, as the rule says, in all eight elections."""
    book = entered().book()

    left = {
        (one.day.year, one.holder)
        for one in falls_due(book, "steering", date(2020, 1, 1), 8)
        if one.again and not one.again.allowed
    }

    assert left == {
        (2020, "Aaron Crickenberger"), (2020, "Timothy St. Clair"), (2021, "Derek Carr"), (2022, "Davanum Srinivas"),
        (2023, "Christoph Blecker"), (2023, "Paris Pittman"), (2024, "Bob Killen"), (2025, "Stephen Augustus"),
        (2026, "Benjamin Elder"), (2027, "Paco Xu"), (2027, "Maciej Szulik"),
    }  # fmt: skip


def test_entering_the_same_page_again_changes_nothing() -> None:
    made = entered()

    again = entering.plan(page.read(HISTORY), made.book(), "steering", TODAY, {})

    assert again.facts == ()
    assert again.unchanged == 41
    assert again.conflicts == ()


def test_elected_and_appointed_seats_of_one_body_are_entered_from_a_page() -> None:
    made = entered(TAG, "tag")

    def who(on: date) -> list[str]:
        return [one.holder for one in as_it_stood(made, "tag", on).places]

    chairs, director = ["Daniel Appelquist", "Peter Linss"], "Tim Berners-Lee"
    assert who(date(2014, 2, 1)) == [
        "Yehuda Katz", "Sergey Konstantinov", "Alex Russell", "Domenic Denicola", "David Herman",
        *chairs, "Jeni Tennison", director,
    ]  # fmt: skip
    assert who(date(2015, 4, 1)) == [
        "Travis Leithead", "Alex Russell", "Mark Nottingham", "Yan Zhu", "", *chairs, "", director,
    ]  # fmt: skip
    assert who(date(2018, 4, 3)) == [
        "Travis Leithead", "Alex Russell", "Sangwhan Moon", "Lukasz Olejnik", "David Baron", "Kenneth Rohde Christiansen",
        *chairs, "Hadley Beeman", director,
    ]  # fmt: skip
    assert who(date(2024, 1, 31)) == [
        "Amy Guy", "Theresa O'Connor", "Lea Verou", "Rossen Atanassov", "Sangwhan Moon", "Dapeng Liu",
        *chairs, "Hadley Beeman", director,
    ]  # fmt: skip
    assert [(one.day, len(who(one.day))) for one in falls_due(made.book(), "tag", date(2024, 1, 1), 1)] == [
        (date(2024, 2, 1), 10)
    ] * 5


def test_seats_of_both_kinds_were_vacant_for_a_time_until_somebody_finished_the_term() -> None:
    book = entered(TAG, "tag").book()

    filled = {(book.people[one.person].name, str(one.start)) for one in book.holdings.values() if one.remainder}

    assert filled == {
        ("Peter Linss", "2013-06-01"), ("Daniel Appelquist", "2013-06-01"), ("Sergey Konstantinov", "2013-07-17"),
        ("Mark Nottingham", "2014-09-01"), ("Yan Zhu", "2015-02-01"), ("Hadley Beeman", "2015-04-16"),
        ("David Baron", "2015-05-13"), ("Kenneth Rohde Christiansen", "2018-04-03"), ("Sangwhan Moon", "2021-02-01"),
    }  # fmt: skip
    gaps = {
        (line.rules[-1][1].name, str(gap.start), str(gap.end))
        for line in book.seats.values() for gap in book.gaps(line.id) if gap.end
    }  # fmt: skip
    assert gaps == {
        ("Elected 3", "2014-07-03", "2014-09-01"), ("Appointed 3", "2015-02-01", "2015-04-16"),
        ("Elected 5", "2015-03-12", "2015-05-13"),
    }  # fmt: skip
