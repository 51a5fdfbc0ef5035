"""Rules about seats, roles, affiliation, work done, exceptions, declarations and conduct."""

from collections.abc import Iterable
from datetime import date, timedelta

from governance.domain.eligibility.facts import Days, Term, shown
from governance.domain.eligibility.of_members import Day, alternatives, named
from governance.domain.eligibility.parameters import Given, Kind, Parameter
from governance.domain.eligibility.rules import FOREVER, Bound, Finding, Look, Rule, table

_OFFICES = {"officer": "returning officer", "registrar": "registrar", "trustee": "trustee"}
_WHEN = {"now": "on the day", "ever": "on the day or before"}
_AMONG = {"candidates": "those who stand", "seats": "those who sit"}
_NONE = "none"
"""What members declare who belong to nobody: no affiliation is shared by it."""

# ---- the officials of the election -----------------------------------------------------------------------------------


def _official(given: Given, look: Look) -> Finding:
    held = [one for one in look.words("official") if one in given["roles"]]
    names = alternatives(_OFFICES[one] for one in held)
    return not held, f"this member is {names} of it" if held else "this member is none of them"


def _standing(_given: Given, look: Look) -> Finding:
    stands = look.flag("standing")
    return not stands, "this member stands" if stands else "this member does not stand"


# ---- seats and terms -------------------------------------------------------------------------------------------------


def _seat(given: Given) -> str:
    return f"terms:{given['seat']}"


def _held(given: Given, look: Look) -> tuple[bool, str]:
    at, terms = look.at(given["at"]), look.terms(_seat(given))
    begun = [term for term in terms if term.began <= at]
    if given["when"] == "now":
        begun = [term for term in begun if term.ended is None or at < term.ended]
    if not begun:
        return False, "this member does not" if given["when"] == "now" else "this member never did"
    return True, f"this member does, since {begun[-1].began.isoformat()}" if given["when"] == "now" else (
        f"this member did, from {begun[-1].began.isoformat()}"
    )


def _holds(given: Given, look: Look) -> Finding:
    return _held(given, look)


def _holds_not(given: Given, look: Look) -> Finding:
    held, told = _held(given, look)
    return not held, told


def _holds_says(given: Given, day: Day, *, no: bool = False) -> str:
    verb = "holds" if given["when"] == "now" else "has held"
    neither = "nobody who" if no else "only who"
    return f"{neither} {verb} the seat “{shown(given['seat'])}” on {day(given['at'])} may"


def in_a_row(terms: list[Term], at: date, partial: int, gap: int) -> int:
    """How many terms, of more than `partial` days, follow each other up to a day with gaps of at most `gap` days.

    A short term counts for nothing, and does not break the row either.
    """
    count, later = 0, at
    for term in reversed([term for term in terms if term.began < at]):
        ended = min(term.ended or at, at)
        if (later - ended).days > gap:
            break
        count += (ended - term.began).days > partial
        later = term.began
    return count


def _terms(given: Given, look: Look) -> Finding:
    at, terms = look.at(given["at"]), look.terms(_seat(given))
    row = in_a_row(terms, at, given["partial_days"], given["gap_days"])
    whole = sum((min(t.ended or at, at) - t.began).days > given["partial_days"] for t in terms if t.began < at)
    kept = (not given["consecutive"] or row < given["consecutive"]) and (
        not given["lifetime"] or whole < given["lifetime"]
    )
    return kept, f"this member has served {row} in a row and {whole} in all"


def _terms_says(given: Given, day: Day) -> str:
    limits = [
        f"{given[name]} {told}" for name, told in (("consecutive", "in a row"), ("lifetime", "in all")) if given[name]
    ]
    partial = f" (terms of up to {given['partial_days']} days do not count)" if given["partial_days"] else ""
    return f"at most {' and '.join(limits)} are served as “{shown(given['seat'])}”, seen on {day(given['at'])}{partial}"


def _terms_clash(given: Given) -> str:
    if not given["consecutive"] and not given["lifetime"]:
        return "it limits nothing: give “consecutive” or “lifetime”"
    if given["consecutive"] and given["lifetime"] and given["lifetime"] < given["consecutive"]:
        return "“lifetime” is less than “consecutive”"
    return ""


# ---- affiliation -----------------------------------------------------------------------------------------------------


def _sharing(given: Given) -> tuple[str, ...]:
    return (named(given), *(f"sharing:{one}:{given['attribute']}" for one in given["among"]))


def _affiliation(given: Given, look: Look) -> Finding:
    value = look.text(named(given))
    if value.casefold() == _NONE:
        return True, f"this member's is “{value}”"
    others = sum(look.number(one) for one in _sharing(given)[1:])
    return others < given["most"], f"others who share “{value}”: {others}"


def _affiliation_says(given: Given, _day: Day) -> str:
    among = " and ".join(_AMONG[one] for one in given["among"])
    return f"at most {given['most']} of {among} may share one {shown(given['attribute'])}"


# ---- work, exceptions, declarations, conduct -------------------------------------------------------------------------


def _count(given: Given, look: Look) -> Finding:
    count = look.number(f"count:{given['what']}")
    return count >= given["least"], f"counted: {count}"


def _count_bounds(given: Given, holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001  as Rule.bounds
    fact, least = f"count:{given['what']}", given["least"]
    yield Bound(fact, low=least, high=FOREVER) if holds else Bound(fact, high=least - 1)


def _exception(given: Given, look: Look) -> Finding:
    granted = look.flag(f"exception:{given['what']}")
    return granted, "one was granted" if granted else "none was granted"


def _declaration(given: Given, look: Look) -> Finding:
    made = look.flag(f"declaration:{given['what']}")
    return made, "it was made" if made else "it was not made yet"


def _conduct(given: Given, look: Look) -> Finding:
    if look.flag("suspended"):
        return False, "there is one now"
    if not given["days"]:
        return True, "there is none now"
    last = look.said("last_suspended")
    if not last:
        return True, "there never was one"
    first, end = look.span("last_suspended")
    since = look.at(given["at"]) - timedelta(days=given["days"])
    if first < since <= end:
        look.missing("last_suspended")
    return end < since, f"the last one ended: {last}"


def _conduct_says(given: Given, day: Day) -> str:
    if not given["days"]:
        return "there must be no suspension now"
    return f"there must have been no suspension in the {given['days']} days before {day(given['at'])}"


# ---- the table -------------------------------------------------------------------------------------------------------

_SEAT = Parameter("seat", Kind.WORD, "Which seat or role")
_AT = Parameter("at", Kind.DAY, "On which day", "opens")
_HELD = Parameter("when", Kind.CHOICE, "When", "now", choices=_WHEN)
_WHAT = Parameter("what", Kind.WORD, "Of what")

RULES = table(
    Rule(
        "not_official",
        "Does not run this election",
        (Parameter("roles", Kind.CHOICES, "Not as", list(_OFFICES), choices=_OFFICES),),
        lambda _given: ("official",),
        lambda given, _day: f"no {alternatives(_OFFICES[one] for one in given['roles'])} of this election may",
        _official,
    ),
    Rule(
        "not_standing",
        "Does not stand in this election",
        (),
        lambda _given: ("standing",),
        lambda _given, _day: "nobody who stands in this election may",
        _standing,
    ),
    Rule(
        "holds_seat",
        "Holds, or has held, a seat or role",
        (_SEAT, _HELD, _AT),
        lambda given: (_seat(given),),
        _holds_says,
        _holds,
    ),
    Rule(
        "holds_no_seat",
        "Does not hold, or has never held, a seat or role",
        (_SEAT, _HELD, _AT),
        lambda given: (_seat(given),),
        lambda given, day: _holds_says(given, day, no=True),
        _holds_not,
    ),
    Rule(
        "terms_at_most",
        "Limit of terms",
        (
            _SEAT,
            Parameter("consecutive", Kind.NUMBER, "Terms in a row (0 for no limit)", 0, high=50),
            Parameter("lifetime", Kind.NUMBER, "Terms in all (0 for no limit)", 0, high=50),
            Parameter("partial_days", Kind.NUMBER, "Terms of up to so many days do not count", 0),
            Parameter("gap_days", Kind.NUMBER, "Terms follow each other with up to so many days between", 31),
            _AT,
        ),
        lambda given: (_seat(given),),
        _terms_says,
        _terms,
        clash=_terms_clash,
    ),
    Rule(
        "affiliation_at_most",
        "At most so many of one employer or affiliation",
        (
            Parameter("attribute", Kind.WORD, "Declared attribute", "employer"),
            Parameter("most", Kind.NUMBER, "At most", 1, low=1, high=1000),
            Parameter("among", Kind.CHOICES, "Counted among", ["candidates"], choices=_AMONG),
        ),
        _sharing,
        _affiliation_says,
        _affiliation,
    ),
    Rule(
        "count_at_least",
        "Contributions or activity, counted",
        (_WHAT, Parameter("least", Kind.NUMBER, "At least", low=1)),
        lambda given: (f"count:{given['what']}",),
        lambda given, _day: f"at least {given['least']} {shown(given['what'])} are needed",
        _count,
        _count_bounds,
    ),
    Rule(
        "exception_granted",
        "An exception was granted",
        (_WHAT,),
        lambda given: (f"exception:{given['what']}",),
        lambda given, _day: f"an exception must have been granted ({shown(given['what'])})",
        _exception,
    ),
    Rule(
        "declaration_made",
        "A declaration was made",
        (_WHAT,),
        lambda given: (f"declaration:{given['what']}",),
        lambda given, _day: f"the declaration must have been made ({shown(given['what'])})",
        _declaration,
    ),
    Rule(
        "no_suspension",
        "No suspension",
        (Parameter("days", Kind.NUMBER, "In so many days before (0 for now alone)", 0), _AT),
        lambda given: ("suspended", "last_suspended") if given["days"] else ("suspended",),
        _conduct_says,
        _conduct,
    ),
)
