"""Rows 3 and 4: ballots that are not the voter's, not in time, or not the last."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from governance.crypto import group
from governance.crypto.ballot import Ciphertext, Statement
from governance.crypto.credentials import Credential
from tests.forge.bases import TINY, TWO
from tests.forge.election import Election, on
from tests.forge.forgery import BALLOT, FORM, MIX_INPUT, ORDER, Forgery, edited, made, next_scalar, plus, plus_hex
from tests.forge.maker import make
from tests.forge.plan import Cast
from tests.forge.record import Json, Record

G = group.G
STRANGER = Credential(4711, group.multiply_base(4711))


def _json(name: str, change: Callable[[Json], None], base: str = "tiny", cast: int = 1, row: int = 3) -> Forgery:
    def do(value: Json, _: Election) -> None:
        change(value)

    return made(row, name, base, [BALLOT], on("json", do, kind="ballot", cast=cast))


def _set(*path: Any, value: Any) -> Callable[[Json], None]:
    def change(where: Json) -> None:
        inner: Any = where
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value(inner[path[-1]]) if callable(value) else value

    return change


def _statement(name: str, **fields: Any) -> Forgery:
    """A proof made about something else than the ballot says."""

    def change(statement: Statement, _: Election) -> Statement:
        return replace(statement, **fields)

    return made(3, f"the proof is made for another {name}", "tiny", [BALLOT], on("ballot-statement", change, cast=1))


def _copied(shift: int) -> Forgery:
    """Voter 4 takes over the sealed vote of voter 1, re-encrypted by `shift`, without knowing what is in it."""

    def votes(_: list[Ciphertext], election: Election) -> list[Ciphertext]:
        old = election.cast[1].votes["board"]
        other = group.add(old.b, group.multiply(shift, election.key))
        return [Ciphertext(group.add(old.a, group.multiply_base(shift)), other)]

    name = "a re-encrypted ballot" if shift else "a copied sealed vote under one's own credential"
    return made(3, name, "tiny", [BALLOT], on("votes", votes, cast=5))


def _copied_whole(record: Record) -> None:
    copied = record.value(record.find("ballot", 1))
    unused = record.value(record.find("ballot", 5))
    record.edit(record.find("ballot", 5), lambda _: {**copied, "credential": unused["credential"]})


def _carried(name: str, base: str, cast: int, contests: tuple[str, ...], choices: Sequence[Any] = ((), ())) -> Forgery:
    plan = {"two": TWO, "tiny": TINY}[base]
    number = -1
    course = []
    for event in plan.course:
        number += isinstance(event, Cast)
        course.append(replace(event, choices=tuple(choices)) if isinstance(event, Cast) and number == cast else event)
    hook = on("carried", lambda _, __: contests, cast=cast)
    return made(3, name, base, [BALLOT], hook, course=tuple(course))


def _other_manifest(record: Record) -> None:
    """The same ceremony and voters, the same contests, another title: the ballots of one do not fit the other."""
    other = make(TINY, on("json", lambda value, _: value.update(title="Another title"), kind="manifest"))
    at = record.find("ballot", 1)
    record.entries[at] = other.entries[other.find("ballot", 1)]
    record.sign()


def _identity(_: list[Ciphertext], election: Election) -> list[Ciphertext]:
    return [Ciphertext(group.IDENTITY, election.message("board", ("a",)))]


def _swap(value: Json) -> None:
    one, two = value["contests"]
    one["a"], one["b"], two["a"], two["b"] = two["a"], two["b"], one["a"], one["b"]


def _of_other_contest(votes: list[Ciphertext], election: Election) -> list[Ciphertext]:
    return [votes[0], election.cast[0].votes["chair"]]


def _proof(part: str, number: int, cast: int = 0) -> Forgery:
    change = plus_hex if part == "commitments" else next_scalar
    what = _set("proof", part, number, value=change)
    return _json(f"{part} {number} of a ballot's proof changed", what, "two", cast)


def _length(part: str, name: str, change: Callable[[list[str]], list[str]]) -> Forgery:
    return _json(f"{part} of a ballot's proof: {name}", _set("proof", part, value=change))


ROW_3 = [
    _json("a ballot of another election", _set("election", value="other")),
    edited(3, "a ballot made for another manifest of the same ceremony", "tiny", [BALLOT], _other_manifest),
    _json("another contest's ciphertexts, swapped after proving", _swap, "two", 0),
    made(
        3, "another contest's ciphertext, taken before proving", "two", [BALLOT], on("votes", _of_other_contest, cast=5)
    ),
    _json("the ids of two contests swapped", lambda v: v["contests"].reverse(), "two", 0),
    _carried("a contest too many for the style", "two", 1, ("chair", "board"), (("a",), ("c",))),
    _carried("a contest too few for the style", "two", 0, ("board",)),
    _carried("the other contest alone", "two", 0, ("chair",)),
    _carried("no contest at all", "two", 0, ()),
    _carried("one contest twice", "tiny", 1, ("board", "board")),
    _json("an unknown contest", _set("contests", 0, "id", value="nowhere")),
    made(
        3,
        "a ballot under another listed credential",
        "tiny",
        [BALLOT],
        on("json", lambda v, e: v.update(credential=e.voters[5].public.hex()), kind="ballot", cast=1),
    ),
    made(
        3,
        "a ballot proven for another's credential without its code",
        "tiny",
        [BALLOT],
        on("sealer", lambda _, e: replace(e.voters[5], secret=99), cast=1),
    ),
    _copied(0),
    _copied(5),
    edited(3, "a whole copied ballot under another credential", "tiny", [BALLOT], _copied_whole),
    made(3, "the same ballot twice", "tiny", [BALLOT], on("copies", lambda _, __: 2, kind="ballot", cast=4)),
    made(
        3, "the same ballot twice where nobody may vote again", "once", [BALLOT], on("copies", lambda _, __: 2, cast=2)
    ),
    made(
        3,
        "a first half is the identity, with a proof that holds",
        "tiny",
        [BALLOT],
        on("votes", _identity, cast=1),
        on("knows", lambda knows, _: [knows[0], 0], cast=1),
    ),
    _statement("manifest", context=bytes(64)),
    _statement("credential", credential=STRANGER.public),
    _statement("previous ballot", previous=bytes([1]) * 32),
    _statement("key", key=G),
    _statement("sealed vote", ciphertexts=(Ciphertext(G, G),)),
    *(_proof("commitments", number) for number in range(3)),
    *(_proof("responses", number) for number in range(3)),
    _json("a of a sealed vote changed after proving", _set("contests", 0, "a", value=plus_hex)),
    _json("b of a sealed vote changed after proving", _set("contests", 0, "b", value=plus_hex)),
    *(
        _length(part, name, change)
        for part in ("commitments", "responses")
        for name, change in {
            "one too many": lambda items: [*items, items[0]],
            "one too few": lambda items: items[:1],
            "none": lambda _: [],
            "two swapped": lambda items: items[::-1],
        }.items()
    ),
]


def _cast(voter: int, before: str, *, name: str = "", **tags: Any) -> Forgery:
    """A good ballot in the wrong place."""

    def change(_: None, election: Election) -> None:
        election.take(voter, (("a",),))

    name = name or f"a ballot before {before}"
    return made(4, name, "tiny", [BALLOT, ORDER], on("moment", change, before=before, **tags))


def _list0(name: str, change: Callable[[list[Ciphertext], Election], Any], *, sized: bool = False) -> Forgery:
    """Another list goes to the first mixer; sized: also its size is wrong."""
    return made(4, name, "tiny", [MIX_INPUT, FORM] if sized else [MIX_INPUT], on("list0", change))


def _superseded(items: list[Ciphertext], election: Election) -> None:
    at = items.index(election.cast[3].votes["board"])
    items[at] = election.cast[0].votes["board"]


def _first_place(items: list[Ciphertext], election: Election) -> None:
    """Whoever votes again stands where the first ballot stood."""
    one = election.cast[3].votes["board"]
    items.remove(one)
    items.insert(0, one)


def _third(previous: Callable[[bytes, Election], bytes], name: str) -> Forgery:
    """Voter 0's third ballot names another one before it."""
    course = (*TINY.course, Cast(0, (("b",),)))
    return made(4, name, "tiny", [BALLOT], on("previous", previous, cast=6), course=course)


def _zeros(_: bytes, __: Election) -> bytes:
    return bytes(32)


ROW_4 = [
    made(4, "a credential that is not listed", "tiny", [BALLOT], on("sealer", lambda _, __: STRANGER, cast=1)),
    made(
        4,
        "a credential of zeros",
        "tiny",
        [BALLOT],
        on("sealer", lambda _, __: Credential(0, group.IDENTITY), cast=1),
    ),
    _cast(5, "open", name="a ballot before open"),
    _cast(5, "trustee-ready", index=1),
    _cast(5, "shuffle", mixer=1, name="a ballot after close"),
    _cast(5, "count", name="a ballot before the count"),
    _cast(4, "decrypt", trustee=3, name="a second ballot after close"),
    _list0("a ballot dropped between close and the first list", lambda items, _: items[1:], sized=True),
    _list0("the last ballot dropped", lambda items, _: items[:-1], sized=True),
    _list0("a ballot added to the first list", lambda items, _: [*items, items[0]], sized=True),
    _list0("a superseded ballot mixed in place of the last", _superseded),
    _list0(
        "a superseded ballot mixed beside the last", lambda items, e: [*items, e.cast[0].votes["board"]], sized=True
    ),
    _list0("the first list in another order", lambda items, _: items[::-1]),
    _list0("a re-voter where the first ballot stood", _first_place),
    _list0("a ballot put twice in place of another", lambda items, _: [items[1], *items[1:]]),
    _list0(
        "a sealed vote of the first list changed", lambda items, _: [replace(items[0], b=plus(items[0].b)), *items[1:]]
    ),
    made(4, "a ballot sealed earlier appended after a later one", "tiny", [BALLOT], on("previous", _zeros, cast=3)),
    _third(lambda _, e: e.cast[0].digest, "a third ballot that follows the first"),
    _third(lambda _, e: e.cast[1].digest, "a ballot that follows another voter's"),
    made(4, "a first ballot with a previous", "tiny", [BALLOT], on("previous", lambda _, e: e.cast[0].digest, cast=1)),
    made(
        4,
        "a second ballot where nobody may vote again",
        "once",
        [BALLOT],
        course=(*TINY.course[:3], Cast(0, (("b",),))),
    ),
    made(
        4,
        "a second ballot with zeros where nobody may vote again",
        "once",
        [BALLOT],
        on("previous", _zeros, cast=3),
        course=(*TINY.course[:3], Cast(0, (("b",),))),
    ),
    made(
        4,
        "previous of the ballot's bytes without its proof changed after sealing",
        "tiny",
        [BALLOT],
        on("json", lambda v, _: v.update(previous="11" * 32), kind="ballot", cast=3),
    ),
]

FORGERIES = [*ROW_3, *ROW_4]
