"""The register of a day as Popolo (popoloproject.com: organization, posts, people, memberships) and as rows of a table.

Only what is public: no member's id, no address, no declared attribute. Ids are those of the register and never change.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from governance.domain.seats.book import Book, Holding
from governance.domain.seats.facts import Instrument
from governance.domain.seats.standing import group, how_chosen

Address = Callable[[str], str]
"""The full address of a thing from its public id, like “seat/group-1”."""
COLUMNS: tuple[str, ...] = (
    *("holding", "seat", "seat_name", "class", "constituency", "person", "name", "from", "last_day"),
    *("planned_end", "how", "instrument", "ended", "how_chosen"),
)


def body_id(body: str) -> str:
    """The public id of a body."""
    return f"body/{body}"


def seat_id(seat: str) -> str:
    """The public id of a seat."""
    return f"seat/{seat}"


def person_id(person: str) -> str:
    """The public id of a person."""
    return f"person/{person}"


def holding_id(holding: str) -> str:
    """The public id of a holding."""
    return f"holding/{holding}"


def of_body(book: Book, body: str, day: date) -> list[Holding]:
    """Every holding of a body that had begun by a day, the first one first; of those to come nothing is said."""
    held = [one for seat, line in book.seats.items() if line.body == body for one in book.of(seat)]
    return sorted((one for one in held if one.start <= day), key=lambda one: (one.start, one.seat, one.id))


def popolo(book: Book, body: str, day: date, address: Address) -> dict[str, Any]:
    """A body on a day, with who held its seats until then.

    Raises:
        NotFoundError: The register has no such body.
    """
    stood, held = group(book, body, day), of_body(book, body, day)
    seats = [line for line in book.seats.values() if line.body == body and line.created <= day]
    return {
        "id": body_id(body),
        "name": stood.name,
        "as_of": day.isoformat(),
        "sources": [{"url": address(body_id(body))}],
        "posts": [
            _some(
                id=seat_id(line.id),
                label=line.on(day).name,
                role=str(line.on(day).chosen),
                organization_id=body_id(body),
                area={"name": line.on(day).constituency} if line.on(day).constituency else None,
                start_date=line.created.isoformat(),
                end_date=_before(line.abolished),
            )
            for line in sorted(seats, key=lambda line: line.id)
        ],
        "people": [
            _some(id=person_id(one), name=book.people[one].on(day), sources=[{"url": address(person_id(one))}])
            for one in sorted({one.person for one in held})
        ],
        "memberships": [_membership(book, one, body, day, address) for one in held],
    }


def _membership(book: Book, one: Holding, body: str, day: date, address: Address) -> dict[str, Any]:
    rules = book.seats[one.seat].on(one.start)
    return _some(
        id=holding_id(one.id),
        person_id=person_id(one.person),
        organization_id=body_id(body),
        post_id=seat_id(one.seat),
        label=rules.name,
        role=str(rules.chosen),
        start_date=one.start.isoformat(),
        end_date=_last(one, day),
        sources=[_some(url=address(holding_id(one.id)), note=told(one.instrument))],
    )


def _some(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _before(day: date | None) -> str:
    return (day - timedelta(days=1)).isoformat() if day else ""


def _last(one: Holding, day: date) -> str:
    """The last day in office, once it is over on a day; Popolo's end dates are included in their time."""
    return _before(one.end) if one.end is not None and one.end <= day else ""


def told(made: Instrument) -> str:
    """An instrument in a line."""
    parts = (str(made.how), made.day.isoformat() if made.day else "", made.reference, made.election, made.contest)
    return ", ".join(one for one in parts if one)


def rows(book: Book, body: str, day: date) -> Iterable[tuple[str, ...]]:
    """The holdings of a body by a day as rows of `COLUMNS`."""
    for one in of_body(book, body, day):
        rules = book.seats[one.seat].on(one.start)
        last = _last(one, day)
        yield (
            holding_id(one.id),
            seat_id(one.seat),
            rules.name,
            str(rules.chosen),
            rules.constituency,
            person_id(one.person),
            book.people[one.person].on(day),
            one.start.isoformat(),
            last,
            "" if last else _before(one.until),
            str(one.instrument.how),
            told(one.instrument),
            one.how.told if last and one.how else "",
            how_chosen(book, one.id, day).sentence,
        )
