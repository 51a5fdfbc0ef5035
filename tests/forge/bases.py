"""The good elections that the forgeries change; each must be accepted as it is."""

from dataclasses import replace

from governance.crypto import group, ranking
from tests.forge.plan import Cast, Contest, Extend, Notice, Plan, Style, Withdraw

NOT_EMBEDDED = bytes(group.multiply_base(7))
"""A plaintext that no embedding gives."""
TOO_HIGH = bytes(ranking.embed(ranking.total(3, 3)))
"""The first code that no ranking of three candidates has."""


def papers(*choices: str | tuple[str, ...]) -> tuple[Cast, ...]:
    """One voter for each; "ab" ranks a before b."""
    return tuple(Cast(voter, (tuple(choice),)) for voter, choice in enumerate(choices))


TINY = Plan(
    course=(
        Cast(0, (("a", "b"),)),
        Cast(1, (("b",),)),
        Cast(2, ((),)),
        Cast(0, (("c", "a", "b"),)),
        Cast(3, (("a",),)),
        Cast(4, (("a", "c"),)),
    )
)

TWO = Plan(
    election="two",
    contests=(
        Contest("chair", ("a", "b", "ron"), reopen="ron"),
        Contest(
            "board",
            ("a", "c", "d", "e", "f"),
            seats=2,
            max_ranks=4,
            after=("chair",),
            constraints=(
                {"attribute": "region", "value": "n", "min": 1, "max": 2, "candidates": ["d", "b"], "seated": 0},
                {"attribute": "region", "value": "s", "min": 0, "max": 3, "candidates": ["a", "c", "f"], "seated": 1},
            ),
            openers=(1, 2, 3),
            mixers=(3, 1, 2),
        ),
    ),
    styles=(Style(("chair", "board"), 5), Style(("board",), 3, 0)),
    early=(Notice("scrutiny"),),
    course=(
        Cast(0, (("a", "b"), ("a", "c", "d"))),
        Cast(5, (("c", "a"),)),
        Cast(1, (("a",), ("c", "f", "a"))),
        Withdraw("board", "f"),
        Cast(6, (("f", "e"),)),
        Extend(),
        Cast(2, (("b",), ())),
        Cast(0, (("a", "ron"), ("a", "c", "e", "d"))),
        Cast(3, (("ron",), ("c",))),
        Cast(7, (("d", "c"),)),
    ),
    closed="2026-03-09T17:00:01Z",
    witnesses=2,
    quorum=1,
    cosigned=(0, 1),
    interleave=True,
    notices=True,
    people={"README.txt": b"hello\n", "board.blt": b"", "chair.json": b"{}"},
)

VOID = Plan(
    election="void",
    contests=(
        Contest("chair", ("a", "b"), min_ballots=3),
        Contest("board", ("a", "b", "c"), after=("chair",)),
    ),
    styles=(Style(("chair", "board"), 3), Style(("board",), 3)),
    course=(
        Cast(0, (("a",), ("a",))),
        Cast(1, (("b",), ("a", "b"))),
        Cast(3, (("b", "c"),)),
        Cast(4, (("a",),)),
    ),
)

CANCELLED = replace(TINY, election="cancelled", cancel="open", notices=True)

INVALID = replace(
    TINY,
    election="invalid",
    course=(*TINY.course, Cast(1, (NOT_EMBEDDED,)), Cast(5, (TOO_HIGH,))),
)

ONCE = replace(TINY, election="once", revotes=False, course=papers("ab", "b", "", "a", "ac"))

TIES = replace(
    TINY,
    election="ties",
    contests=(Contest("board", ("a", "b", "c", "d")),),
    styles=(Style(voters=8),),
    course=papers("a", "a", "b", "b", "c", "c", "d", "d"),
)
"""All four tie: three lots decide."""

ORDERED = replace(
    TINY,
    election="ordered",
    contests=(Contest("board", ("a", "b", "c", "d"), seats=2),),
    styles=(Style(voters=8),),
    course=papers("ab", "abc", "ac", "adb", "b", "cb", "c", "db"),
)

WITHDRAWN = replace(TINY, election="withdrawn", course=(*TINY.course, Withdraw("board", "a")))

BOTH = Plan(
    election="both",
    contests=(Contest("chair", ("a", "b")), Contest("board", ("a", "b", "c"), seats=2, after=("chair",))),
    styles=(Style(("chair", "board"), 5),),
    course=(
        Cast(0, (("a",), ("a", "b"))),
        Cast(1, (("a",), ("a", "c"))),
        Cast(2, (("b",), ("a",))),
        Cast(3, (("a",), ("a", "c", "b"))),
    ),
)
"""a wins the chair and has every first preference for the board."""

REOPENED = replace(
    TINY,
    election="reopened",
    contests=(Contest("board", ("a", "ron", "b", "c"), seats=3, reopen="ron"),),
    styles=(Style(voters=8),),
    course=papers(("a",), ("a", "ron"), ("ron",), ("ron", "b"), ("ron",), ("b", "c"), ("c",)),
)
"""Re-open nominations is elected: the places after it stay empty."""

CONSTRAINED = replace(
    TINY,
    election="constrained",
    contests=(
        Contest(
            "board",
            ("a", "b", "c", "d"),
            seats=2,
            constraints=(
                {"attribute": "region", "value": "n", "min": 1, "max": 1, "candidates": ["a", "b"], "seated": 0},
            ),
        ),
    ),
    styles=(Style(voters=8),),
    course=papers("ab", "ab", "ab", "ba", "ba", "ba", "c"),
)
"""Without the constraint a and b would be elected."""

GUARDED = replace(
    CONSTRAINED,
    election="guarded",
    contests=(
        Contest(
            "board",
            ("a", "b", "c", "d", "e"),
            seats=2,
            constraints=({"attribute": "x", "value": "y", "min": 1, "max": 1, "candidates": ["d"], "seated": 0},),
        ),
    ),
    course=papers("a", "a", "b", "b", "c", "ca", "e"),
)
"""d has no vote and cannot be excluded."""

MANY = Plan(
    election="many",
    trustees=5,
    threshold=4,
    contests=(Contest("board", ("a", "b", "c"), mixers=(5, 4, 3, 2), openers=(2, 3, 4, 5)),),
    course=TINY.course,
)

PAIR = Plan(
    election="pair",
    trustees=2,
    threshold=2,
    contests=(Contest("board", mixers=(2, 1), openers=(1, 2)),),
    course=papers("ab", "b", "c"),
)

EMPTY = Plan(election="empty", contests=(Contest("chair", ("a",)), Contest()), styles=(Style(("chair", "board")),))

WITNESSED = replace(TINY, election="witnessed", witnesses=3, quorum=2, cosigned=(0, 2))

BASES: dict[str, Plan] = {
    "tiny": TINY,
    "two": TWO,
    "void": VOID,
    "cancelled": CANCELLED,
    "cancelled-early": replace(TINY, election="cancelled-early", cancel="manifest"),
    "cancelled-ready": replace(TINY, election="cancelled-ready", cancel="ready"),
    "cancelled-late": replace(TINY, election="cancelled-late", cancel="close"),
    "invalid": INVALID,
    "once": ONCE,
    "ties": TIES,
    "ordered": ORDERED,
    "withdrawn": WITHDRAWN,
    "both": BOTH,
    "reopened": REOPENED,
    "constrained": CONSTRAINED,
    "guarded": GUARDED,
    "many": MANY,
    "pair": PAIR,
    "empty": EMPTY,
    "witnessed": WITNESSED,
}
