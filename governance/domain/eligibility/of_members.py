"""Rules about a membership: its status, how long it has lasted, where the member lives, what was declared."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from governance.domain.eligibility.facts import Days, shown
from governance.domain.eligibility.parameters import Given, Kind, Parameter
from governance.domain.eligibility.rules import Bound, Finding, Look, Rule, UnknownFactError, resolve, table

Day = Callable[[str], str]
_AT = Parameter("at", Kind.DAY, "On which day", "cutoff")
_STATUSES = {"active": "active", "suspended": "suspended", "left": "ended"}
_PLACES = {"country": "country", "region": "region", "constituency": "constituency"}
_KINDS = {"individual": "an individual", "organisation": "an organisation, which acts through its delegate"}
_EMPTY = frozenset({""})


def alternatives(values: Iterable[str]) -> str:
    """Values, any of which will do."""
    return " or ".join(values)


def _so_long(given: Given) -> str:
    """How long before a day, to stand between “by” and the day; empty for none."""
    return f"{given['days']} {'day' if given['days'] == 1 else 'days'} before " if given["days"] else ""


# ---- time ------------------------------------------------------------------------------------------------------------


def _begun(given: Given, look: Look) -> Finding:
    joined, latest = look.day("joined"), look.at(given["at"]) - timedelta(days=given["days"])
    return joined <= latest, f"this membership began on {joined.isoformat()}"


def _begun_says(given: Given, day: Day) -> str:
    return f"membership must have begun by {_so_long(given)}{day(given['at'])}"


def ordinal(day: str, days: Days, less: int = 0) -> int | None:
    """A day as a number to compare; None if the calendar has none."""
    try:
        return resolve(day, days).toordinal() - less
    except UnknownFactError:
        return None


def until(fact: str, last: int | None, holds: bool) -> Iterable[Bound]:  # noqa: FBT001  as Rule.bounds
    """A date is at most so late; or it is not."""
    if last is not None:
        yield Bound(fact, high=last) if holds else Bound(fact, low=last + 1)


def _begun_bounds(given: Given, holds: bool, days: Days) -> Iterable[Bound]:  # noqa: FBT001
    return until("joined", ordinal(given["at"], days, given.get("days", 0)), holds)


def _renewed(given: Given, look: Look) -> Finding:
    first, last = look.span("attribute:renewed")
    since = look.at(given["since"])
    if first < since <= last:
        look.missing("attribute:renewed")
    return first >= since, f"it was renewed on {look.text('attribute:renewed')}"


def _dated(given: Given, look: Look) -> Finding:
    fact = f"attribute:{given['attribute']}"
    first, last = look.span(fact)
    latest = look.at(given["at"]) - timedelta(days=given["days"])
    if first <= latest < last:
        look.missing(fact)
    return last <= latest, f"the list says {look.text(fact)}"


# ---- what is on the list ---------------------------------------------------------------------------------------------


def _status(given: Given, look: Look) -> Finding:
    status = look.text("status")
    return status in given["statuses"], f"this membership is {_STATUSES.get(status, status)}"


def place(given: Given) -> str:
    """The fact that a rule about a place looks at: members declare their constituency, if there is one."""
    name: str = given["place"]
    return "attribute:constituency" if name == "constituency" else name


def _in(fact: Callable[[Given], str], *, inside: bool) -> Callable[[Given, Look], Finding]:
    def judge(given: Given, look: Look) -> Finding:
        value = look.text(fact(given))
        return (value in given["values"]) is inside, f"the list says {value}"

    return judge


def _in_bounds(fact: Callable[[Given], str], *, inside: bool) -> Callable[[Given, bool, Days], Iterable[Bound]]:
    def bounds(given: Given, holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001
        values = frozenset(given["values"])
        if holds is inside:
            yield Bound(fact(given), among=values)
        else:
            yield Bound(fact(given), outside=values | _EMPTY)

    return bounds


def named(given: Given) -> str:
    """The fact of a declared attribute."""
    return f"attribute:{given['attribute']}"


def _absent(given: Given, look: Look) -> Finding:
    value = look.said(named(given))
    return not value, f"the list says {value}" if value else "nothing was declared"


def _absent_bounds(given: Given, holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001
    yield Bound(named(given), among=_EMPTY) if holds else Bound(named(given), outside=_EMPTY)


def _kind(given: Given, look: Look) -> Finding:
    kind = look.text("attribute:kind")
    return kind in given["kinds"], f"this member is {_KINDS.get(kind, kind)}"


def _kind_bounds(given: Given, holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001
    kinds = frozenset(given["kinds"])
    yield Bound("attribute:kind", among=kinds) if holds else Bound("attribute:kind", outside=kinds | _EMPTY)


def _status_bounds(given: Given, holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001
    among = frozenset(given["statuses"])
    yield Bound("status", among=among if holds else frozenset(_STATUSES) - among)


# ---- age -------------------------------------------------------------------------------------------------------------


def years(born: date, at: date) -> int:
    """Whole years of age."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def _age(given: Given, look: Look) -> Finding:
    """Where only the year was declared, it is answered if both ends of the year give one answer."""
    at, (first, last) = look.at(given["at"]), look.span("attribute:born")
    most = given["most"] or given["least"] + 1000
    inside = [given["least"] <= years(born, at) <= most for born in (first, last)]
    if inside[0] is not inside[1]:
        look.missing("attribute:born")
    return inside[0], f"born: {look.text('attribute:born')}"


def _age_says(given: Given, day: Day) -> str:
    least, most, at = given["least"], given["most"], day(given["at"])
    if not most:
        return f"this is for members who are at least {least} years old on {at}"
    return f"this is for members who are {least} to {most} years old on {at}"


def _age_clash(given: Given) -> str:
    return "“least” is more than “most”" if given["most"] and given["least"] > given["most"] else ""


# ---- the table -------------------------------------------------------------------------------------------------------

_DAYS_BEFORE = Parameter("days", Kind.NUMBER, "How many days before", 0)
_PLACE = Parameter("place", Kind.CHOICE, "Which", choices=_PLACES)
_VALUES = Parameter("values", Kind.VALUES, "Values, one a line")
_ATTRIBUTE = Parameter("attribute", Kind.WORD, "Declared attribute")

RULES = table(
    Rule(
        "anybody",
        "Everybody may",
        (),
        lambda _given: (),
        lambda _given, _day: "everybody on the list may",
        lambda _given, _look: (True, "so this member may"),
    ),
    Rule(
        "status_is",
        "The membership has a status",
        (Parameter("statuses", Kind.CHOICES, "Which", ["active"], choices=_STATUSES),),
        lambda _given: ("status",),
        lambda given, _day: f"membership must be {alternatives(_STATUSES[one] for one in given['statuses'])}",
        _status,
        _status_bounds,
    ),
    Rule(
        "member_for_days",
        "Member for so many days",
        (_DAYS_BEFORE, _AT),
        lambda _given: ("joined",),
        _begun_says,
        _begun,
        _begun_bounds,
    ),
    Rule(
        "joined_by",
        "Joined by a day",
        (Parameter("at", Kind.DAY, "By which day", "cutoff"),),
        lambda _given: ("joined",),
        lambda given, day: f"membership must have begun by {day(given['at'])}",
        lambda given, look: _begun({**given, "days": 0}, look),
        _begun_bounds,
    ),
    Rule(
        "renewed_since",
        "Renewed on or after a day",
        (Parameter("since", Kind.DAY, "Since which day"),),
        lambda _given: ("attribute:renewed",),
        lambda given, day: f"membership must have been renewed on {day(given['since'])} or later",
        _renewed,
    ),
    Rule(
        "dated_for_days",
        "A declared date is so many days past",
        (_ATTRIBUTE, _DAYS_BEFORE, _AT),
        lambda given: (named(given),),
        lambda given, day: f"{shown(given['attribute'])} must be a day by {_so_long(given)}{day(given['at'])}",
        _dated,
    ),
    Rule(
        "place_in",
        "Country, region or constituency is one of",
        (_PLACE, _VALUES),
        lambda given: (place(given),),
        lambda given, _day: f"this is for members whose {given['place']} is {alternatives(given['values'])}",
        _in(place, inside=True),
        _in_bounds(place, inside=True),
    ),
    Rule(
        "place_not_in",
        "Country, region or constituency is none of",
        (_PLACE, _VALUES),
        lambda given: (place(given),),
        lambda given, _day: f"this is for members whose {given['place']} is not {alternatives(given['values'])}",
        _in(place, inside=False),
        _in_bounds(place, inside=False),
    ),
    Rule(
        "kind_is",
        "Kind of member",
        (Parameter("kinds", Kind.CHOICES, "Which", choices=_KINDS),),
        lambda _given: ("attribute:kind",),
        lambda given, _day: f"the member must be {alternatives(_KINDS[one] for one in given['kinds'])}",
        _kind,
        _kind_bounds,
    ),
    Rule(
        "age_between",
        "Age in whole years",
        (
            Parameter("least", Kind.NUMBER, "At least", 0, high=150),
            Parameter("most", Kind.NUMBER, "At most (0 for no limit)", 0, high=150),
            _AT,
        ),
        lambda _given: ("attribute:born",),
        _age_says,
        _age,
        clash=_age_clash,
    ),
    Rule(
        "attribute_in",
        "A declared attribute is one of",
        (_ATTRIBUTE, _VALUES),
        lambda given: (named(given),),
        lambda given, _day: f"this is for members whose {shown(given['attribute'])} is {alternatives(given['values'])}",
        _in(named, inside=True),
        _in_bounds(named, inside=True),
    ),
    Rule(
        "attribute_not_in",
        "A declared attribute is none of",
        (_ATTRIBUTE, _VALUES),
        lambda given: (named(given),),
        lambda given, _day: (
            f"this is for members whose {shown(given['attribute'])} is not {alternatives(given['values'])}"
        ),
        _in(named, inside=False),
        _in_bounds(named, inside=False),
    ),
    Rule(
        "attribute_absent",
        "An attribute is not declared",
        (_ATTRIBUTE,),
        lambda given: (named(given),),
        lambda given, _day: f"this is for members who have declared no {shown(given['attribute'])}",
        _absent,
        _absent_bounds,
    ),
)
