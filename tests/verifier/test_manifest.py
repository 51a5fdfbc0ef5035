"""Sections 4 and 7, rule by rule: a manifest that is good but for one thing, and the nearest that is still good."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from governance.verifier import canonical, ceremony, group, manifest
from governance.verifier.count import LAWS
from governance.verifier.failure import CheckFailedError
from governance.verifier.form import Ballot, Entry, read_entry
from tests.verifier.prover import Maker, Plan, candidates, contest, public_of, sign, verifier_key
from tests.verifier.test_tampering import on, put

Change = Callable[[dict[str, Any], Maker], None]


class Base:
    """A ceremony, and a manifest of two contests with one list of credentials for each style."""

    def __init__(self) -> None:
        plan = Plan(
            contests=[contest("board", "a", "b", "re", reopen="re"), contest("audit", "x", "y", after=["board"])],
            styles=[("board", "audit"), ("board", "audit"), ("board",), ("audit",)],
            votes=[],
            witnesses=2,
            quorum=1,
            cancel=True,
        )
        # A box key that would be good for signatures too.
        self.box = public_of(b"box" + bytes(29))
        self.maker = Maker(plan, on("ceremony", put("trustees", 1, "box", to=self.box.hex()))).make()
        entries = [read_entry(index, raw)[0] for index, raw in enumerate(self.maker.entries)]
        kinds = ["ballot" if isinstance(entry, Ballot) or entry is None else entry.kind for entry in entries]
        at = kinds.index("manifest")
        self.ceremony = ceremony.check([entry for entry in entries[:at] if entry])
        self.value: dict[str, Any] = json.loads(self.maker.entries[at])

    def pieces(self, reference: dict[str, Any], length: int) -> Iterable[bytes]:
        data = self.maker.blobs[reference["sha256"]]
        return (data[place : place + length] for place in range(0, len(data), length))

    def judge(self, change: Change, known: frozenset[bytes] = frozenset()) -> str:
        """The section that refuses it, "" when it holds. The registrar signs the lists anew."""
        value = json.loads(json.dumps(self.value))
        change(value, self.maker)
        for listed in value["credentials"]:
            signed = {name: listed[name] for name in ("contests", "count", "roll", "sha256", "size")}
            signed |= {"ceremony": self.maker.cer.hex(), "election": value["election"], "kind": "credentials"}
            listed["signature"] = sign(self.maker.registrar_seed, canonical.write(signed)).hex()
        try:
            found = manifest.check(Entry(9, "manifest", canonical.write(value)), self.ceremony, self.pieces, known)
        except CheckFailedError as failure:
            return failure.section if failure.name == "manifest" else failure.name
        assert list(found.contests) == [each["id"] for each in value["contests"]]
        return ""


@pytest.fixture(scope="module")
def base() -> Base:
    return Base()


def setting(*path: Any, to: Any) -> Change:
    """Set one place; a function is given what stands there."""

    def change(value: Any, _: Maker) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to(value[path[-1]]) if callable(to) else to

    return change


def in_board(**fields: Any) -> Change:
    return lambda value, _: value["contests"][0].update(fields)


def in_audit(**fields: Any) -> Change:
    return lambda value, _: value["contests"][1].update(fields)


def bound(**fields: Any) -> Change:
    """A constraint of the second contest, whose `after` is the first."""
    good = {"attribute": "g", "value": "w", "min": 0, "max": 1, "candidates": ["x", "a"], "seated": 0}
    return in_audit(constraints=[good | fields])


def many(count: int) -> list[dict[str, Any]]:
    return candidates(*(f"c{number}" for number in range(count)))


def credentials(change: Callable[[list[bytes]], list[bytes]], **fields: Any) -> Change:
    """Another blob of the first list, its reference and its count as they should be."""

    def changed(value: Any, maker: Maker) -> None:
        listed = value["credentials"][0]
        data = maker.blobs[listed["sha256"]]
        members = change([data[place : place + 32] for place in range(0, len(data), 32)])
        listed |= {"count": len(members), **maker.ref(b"".join(members))}
        listed["roll"]["count"] = max(listed["roll"]["count"], len(members))
        listed |= fields

    return changed


def of_other_list(members: list[bytes]) -> list[bytes]:
    """A voter of another style, in its place."""
    return sorted([members[0], OTHER])


def of_two_styles(which: int) -> Change:
    """A voter of a later list stands on the first one too."""
    return lambda value, maker: credentials(lambda members: sorted([*members, maker.credentials[which]]))(value, maker)


KEY = public_of(bytes(32))
OTHER = group.encode(group.multiply(77, group.BASE))


def log_key(key: bytes, kind: int = 1, name: str = "") -> Change:
    def change(value: Any, maker: Maker) -> None:
        value["board"]["key"] = verifier_key(name or maker.origin, kind, key)

    return change


def witness(key: Callable[[Maker], bytes], kind: int = 4, name: Callable[[Maker], str] = lambda _: "w9") -> Change:
    """Another second witness."""

    def change(value: Any, maker: Maker) -> None:
        value["board"]["witnesses"][1] = verifier_key(name(maker), kind, key(maker))

    return change


def all_witnesses(count: int, quorum: int) -> Change:
    keys = [verifier_key(f"w{number}", 4, public_of(bytes((number,)) * 32)) for number in range(count)]
    return lambda value, _: value["board"].update({"witnesses": keys, "quorum": quorum})


CASES: list[tuple[str, Change, str]] = [
    ("as it is", setting("title", to="Other"), ""),
    ("version 0", setting("version", to=0), "7"),
    ("opens a second before it closes", setting("opens", to="2026-03-08T17:59:59Z"), ""),
    ("opens when it closes", setting("opens", to="2026-03-08T18:00:00Z"), "7"),
    ("no contest", lambda value, _: value.update({"contests": [], "credentials": []}), "7"),
    ("no contest but lists", setting("contests", to=[]), "7"),
    ("no list of credentials", setting("credentials", to=[]), "7"),
    # Contests.
    ("two contests of one id", in_audit(id="board"), "7"),
    ("one seat", in_board(seats=1), ""),
    ("1000 seats", in_board(seats=1000), ""),
    ("1001 seats", in_board(seats=1001), "7"),
    ("fewer than no seats", in_board(seats=-1), "7"),
    ("two ballots are enough", in_board(min_ballots=2), ""),
    ("a thousand candidates", in_board(candidates=many(1000), max_ranks=1), ""),
    ("a thousand and one", in_board(candidates=many(1001), max_ranks=1), "7"),
    ("two candidates of one id", in_board(candidates=candidates("a", "b", "a")), "7"),
    (
        "two that re-open",
        in_board(candidates=[each | {"reopen": each["id"] != "a"} for each in candidates("re", "er", "a")]),
        "7",
    ),
    ("none that re-opens", in_board(candidates=candidates("a", "b", "c")), ""),
    ("no candidate", in_board(candidates=[], max_ranks=0), "4"),
    ("no candidate and a limit", in_board(candidates=[], max_ranks=1), "4"),
    ("the last that fits", in_board(candidates=many(54), max_ranks=54), ""),
    ("the first that does not", in_board(candidates=many(55), max_ranks=55), "4"),
    ("0.3 % above what fits", in_board(candidates=many(394), max_ranks=28), "4"),
    ("0.6 % below what fits", in_board(candidates=many(79), max_ranks=41), ""),
    ("a parameter of the rule", in_board(rule={"id": "scottish-stv", "quota": "droop"}), "7"),
    *((f"the rule {law}", in_board(rule={"id": law}, seats=1), "") for law in LAWS),
    *((f"two seats by {law}", in_board(rule={"id": law}, seats=2), "7" if law == "irv" else "") for law in LAWS),
    ("a rule that nobody offers", in_board(rule={"id": "stv"}), "7"),
    ("after nothing", in_audit(after=[]), ""),
    ("twice after one", in_audit(after=["board", "board"]), "7"),
    ("after a later one", in_board(after=["audit"]), "7"),
    ("after one that is none", in_audit(after=["other"]), "7"),
    ("the re-open id later", in_audit(candidates=candidates("x", "re")), "7"),
    ("two that share a candidate", in_audit(candidates=candidates("x", "a")), ""),
    ("a re-open of each", in_audit(candidates=candidates("x", "er", reopen="er")), ""),
    ("a later one re-opens under an id of the first", in_audit(candidates=candidates("x", "a", reopen="a")), "7"),
    # Constraints.
    ("a constraint on both contests", bound(), ""),
    ("all of a kind", bound(min=1, max=1), ""),
    ("nobody named", bound(candidates=[]), ""),
    ("more than there are", bound(min=5, max=9), ""),
    ("a least below nothing", bound(min=-1), "7"),
    ("a least above the most", bound(min=2, max=1), "7"),
    ("somebody who sits", bound(seated=1), ""),
    ("fewer than nobody sits", bound(seated=-1), "7"),
    ("a name twice", bound(candidates=["x", "x"]), "7"),
    ("a name of nobody", bound(candidates=["x", "z"]), "7"),
    ("the re-open of the one before", bound(candidates=["x", "re"]), "7"),
    (
        "its own re-open",
        in_audit(
            candidates=candidates("x", "er", reopen="er"),
            constraints=[{"attribute": "", "value": "", "min": 0, "max": 1, "candidates": ["er"], "seated": 0}],
        ),
        "7",
    ),
    (
        "a candidate of a contest that is not before",
        in_audit(
            after=[],
            constraints=[{"attribute": "", "value": "", "min": 0, "max": 1, "candidates": ["a"], "seated": 0}],
        ),
        "7",
    ),
    # Lists of credentials.
    ("a list of no contest", setting("credentials", 0, "contests", to=[]), "7"),
    ("a list of an unknown contest", setting("credentials", 0, "contests", to=["board", "other"]), "7"),
    ("contests in another order", setting("credentials", 0, "contests", to=["audit", "board"]), "7"),
    ("a contest twice", setting("credentials", 0, "contests", to=["board", "board"]), "7"),
    ("two lists of one style", setting("credentials", 0, "contests", to=["board"]), "7"),
    ("a contest on no list", setting("credentials", to=lambda lists: lists[1:2]), "7"),
    ("two lists are enough", setting("credentials", to=lambda lists: lists[1:]), ""),
    ("an empty list", credentials(lambda _: []), "7"),
    ("as many voters as credentials", setting("credentials", 0, "roll", "count", to=2), ""),
    ("more voters than credentials", setting("credentials", 0, "roll", "count", to=9), ""),
    ("fewer voters than credentials", setting("credentials", 0, "roll", "count", to=1), "7"),
    ("a count too high", credentials(list, count=3), "7"),
    ("a size too low", credentials(list, size=63), "7"),
    ("another credential", credentials(of_other_list), ""),
    ("not in order", credentials(lambda members: members[::-1]), "7"),
    ("one twice", credentials(lambda members: [members[0], *members]), "7"),
    ("one of the second list too", of_two_styles(2), "7"),
    ("one of the third list too", of_two_styles(3), "7"),
    ("the identity", credentials(lambda members: [bytes(32), *members]), "7"),
    ("the identity alone", credentials(lambda _: [bytes(32)]), "7"),
    ("no encoding", credentials(lambda members: [*members, b"\xff" * 32]), "7"),
    # The board.
    ("another log", log_key(KEY), ""),
    ("a log of a witness's type", log_key(KEY, 4), "7"),
    ("a log of another name", log_key(KEY, name="other"), "7"),
    ("a log key of small order", log_key(b"\x01" + bytes(31)), "7"),
    (
        "a trustee's key is the log's",
        lambda value, maker: log_key(public_of(maker.identity_seeds[1]))(value, maker),
        "7",
    ),
    (
        "the registrar's key is the log's",
        lambda value, maker: log_key(public_of(maker.registrar_seed))(value, maker),
        "7",
    ),
    ("another witness", witness(lambda _: KEY), ""),
    ("a witness of the log's type", witness(lambda _: KEY, 1), "7"),
    ("a witness's key of small order", witness(lambda _: b"\x01" + bytes(31)), "7"),
    ("a witness named as the log", witness(lambda _: KEY, name=lambda maker: maker.origin), "7"),
    ("a witness named as another", witness(lambda _: KEY, name=lambda _: "w0"), "7"),
    ("a witness with the log's key", witness(lambda maker: public_of(maker.log_seed)), "7"),
    ("a witness with another's key", witness(lambda maker: public_of(maker.witness_seeds[0])), "7"),
    ("a witness with a trustee's key", witness(lambda maker: public_of(maker.identity_seeds[3])), "7"),
    ("a witness with the registrar's key", witness(lambda maker: public_of(maker.registrar_seed)), "7"),
    ("a witness whose key is none", setting("board", "witnesses", 1, to="w1"), "7"),
    ("no witness, quorum 0", all_witnesses(0, 0), ""),
    ("no witness, quorum 1", all_witnesses(0, 1), "7"),
    ("no witness, quorum -1", all_witnesses(0, -1), "7"),
    ("one witness, quorum 0", all_witnesses(1, 0), "7"),
    ("one witness, quorum 1", all_witnesses(1, 1), ""),
    ("three witnesses, quorum 3", all_witnesses(3, 3), ""),
    ("three witnesses, quorum 4", all_witnesses(3, 4), "7"),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_rule(case: tuple[str, Change, str], base: Base) -> None:
    _, change, wanted = case
    assert base.judge(change) == wanted


def test_a_box_key_is_neither_the_logs_nor_a_witnesss(base: Base) -> None:
    assert base.judge(witness(lambda _: base.box)) == base.judge(log_key(base.box)) == "7"


def test_what_is_known_to_decode_is_not_decoded_again(base: Base) -> None:
    """A ballot's form has decoded its credential; all other checks of the list still stand."""
    assert base.judge(credentials(list), frozenset(base.maker.credentials)) == ""
    assert base.judge(credentials(lambda members: members[::-1]), frozenset(base.maker.credentials)) == "7"
    assert base.judge(credentials(lambda members: [*members, b"\xff" * 32]), frozenset(base.maker.credentials)) == "7"


def test_what_a_manifest_gives(base: Base) -> None:
    """What the later checks go by."""
    raw = canonical.write(base.value)
    found = manifest.check(Entry(9, "manifest", raw), base.ceremony, base.pieces, frozenset())
    assert (found.ctx, found.election, found.quorum) == (base.maker.ctx, "test", 1)
    assert (found.opens, found.closes, found.revotes) == ("2026-03-01T09:00:00Z", "2026-03-08T18:00:00Z", True)
    assert found.public_key == group.encode(base.maker.y)
    assert found.styles == dict(zip(base.maker.credentials, base.maker.plan.styles, strict=True))
    assert [each.name for each in found.witnesses] == ["w0", "w1"]
    assert (found.origin, found.log.name, found.log_text) == (base.maker.origin,) * 2 + (base.value["board"]["key"],)
    first, second = found.contests.values()
    assert (first.name, first.seats, first.limit, first.min_ballots) == ("board", 1, 3, 2)
    assert (first.candidates, first.reopen, first.after, first.rule) == (("a", "b", "re"), "re", (), "scottish-stv")
    assert (second.candidates, second.reopen, second.after) == (("x", "y"), "", ("board",))
    value = json.loads(raw)
    bound(min=1, max=3, seated=2)(value, base.maker)
    bounded = manifest.check(Entry(9, "manifest", canonical.write(value)), base.ceremony, base.pieces, frozenset())
    (one,) = bounded.contests["audit"].constraints
    assert (one.least, one.most, one.candidates, one.seated) == (1, 3, frozenset({"x", "a"}), 2)
