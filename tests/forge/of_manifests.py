"""Row 8, second half: the manifest, the registrar's lists, and who may sign the board."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from governance.board import canonical, checkpoint
from governance.board.checkpoint import LOG, WITNESS, VerifierKey
from governance.crypto import group, signature
from governance.crypto.group import Element
from tests.forge.bases import TWO
from tests.forge.election import Election, on
from tests.forge.forgery import CODEC, FORM, MANIFEST, Check, Forgery, flipped, made, plus_hex
from tests.forge.of_ceremonies import SMALL_POINTS, forged
from tests.forge.plan import CLOSES, OPENS
from tests.forge.record import Json, Record

MANIFEST_OR_FORM: tuple[Check, ...] = (MANIFEST, FORM)


def _manifest(
    name: str, change: Callable[[Json], Any], base: str = "tiny", expected: Sequence[Check] = (MANIFEST,), **plan: Any
) -> Forgery:
    """Every trustee is ready for it, and everybody votes under it."""
    return made(8, name, base, expected, on("json", lambda v, _: change(v), kind="manifest"), **plan)


def _set(*path: Any) -> Callable[[Json], None]:
    """The last part of the path is the value."""

    def change(where: Json) -> None:
        inner: Any = where
        for step in path[:-2]:
            inner = inner[step]
        inner[path[-2]] = path[-1](inner[path[-2]]) if callable(path[-1]) else path[-1]

    return change


def _contest(name: str, field: str, value: Any, expected: Sequence[Check] = (MANIFEST,), at: int = 0) -> Forgery:
    base = "two" if at else "tiny"
    return _manifest(f"contest: {name}", _set("contests", at, field, value), base, expected)


def _constraint(name: str, **fields: Any) -> Forgery:
    change = lambda v: v["contests"][1]["constraints"][0].update(fields)  # noqa: E731
    return _manifest(f"constraint: {name}", change, "two")


def _statement(name: str, **fields: Any) -> Forgery:
    """The registrar signed something else than the manifest says."""
    return made(
        8,
        f"credentials signed for another {name}",
        "two",
        [MANIFEST],
        on("statement", lambda v, _: v.update(fields), style=1),
    )


def _list(name: str, step: str, change: Callable[[Any, Election], Any], style: int = 0, base: str = "tiny",
          expected: Sequence[Check] = (MANIFEST,), **plan: Any) -> Forgery:  # fmt: skip
    """Signed by the registrar as it is."""
    return made(8, f"credentials: {name}", base, expected, on(step, change, style=style), **plan)


def _signed_by(seed: Callable[[Election], bytes]) -> Callable[[Json, Election], Json]:
    def change(value: Json, election: Election) -> Json:
        made_ = signature.sign(seed(election), b"{}")
        return {**value, "signature": made_.hex()}

    return change


def _by_trustee(record_statement: list[Json]) -> Callable[[Json, Election], Json]:
    def change(value: Json, election: Election) -> Json:
        made_ = signature.sign(election.people[0].seed, canonical.dump(record_statement[-1]))
        return {**value, "signature": made_.hex()}

    return change


def _trustee_signs() -> Forgery:
    stated: list[Json] = []
    return made(
        8, "credentials signed by a trustee", "tiny", [MANIFEST],
        on("statement", lambda v, _: stated.append(v)), on("list-signed", _by_trustee(stated)),
    )  # fmt: skip


def _in_both(publics: list[Element], election: Election) -> list[Element]:
    return sorted([*publics[1:], election.voters[0].public])


def _unsorted(publics: list[Element], _: Election) -> list[Element]:
    return [publics[1], publics[0], *publics[2:]]


def _repeated(publics: list[Element], _: Election) -> list[Element]:
    return [publics[0], publics[0], *publics[2:]]


def _key(name: str, kind: int, key: bytes) -> str:
    return str(VerifierKey(name, kind, key))


PUBLIC = signature.public_key(b"x" * 32)
LOG_NAME = "log.example/two"
GOOD = VerifierKey(LOG_NAME, LOG, signature.public_key(Election(TWO).log))


def _board(name: str, field: str, value: Any) -> Forgery:
    return _manifest(f"board: {name}", _set("board", field, value), "two")


def _witness(name: str, value: str | Callable[[list[str]], Any]) -> Forgery:
    change = value if callable(value) else lambda old: [old[0], value]
    return _board(f"a witness {name}", "witnesses", change)


def _small_log(name: str, key: bytes) -> Forgery:
    """The log's key is bad: anybody can sign its checkpoint, and does."""

    def sign(record: Record, _: Election) -> None:
        text = checkpoint.body(record.origin, len(record.entries), record.root())
        line = base64.b64encode(VerifierKey(record.origin, LOG, key).id + forged(key, text)).decode()
        record.checkpoint = text + f"\n— {record.origin} {line}\n".encode()

    return made(
        8, f"board: a log's key {name}", "tiny", [MANIFEST],
        on("json", lambda v, _: v["board"].update(key=_key("log.example/forged", LOG, key)), kind="manifest"),
        on("record", sign),
    )  # fmt: skip


def _of_ceremony(who: str, field: str, kind: int) -> Forgery:
    def change(value: Json, election: Election) -> None:
        people = election.ceremony_json()
        holder = people["registrar"] if who == "registrar" else people["trustees"][0]
        key = bytes.fromhex(holder[field])
        if kind == LOG:
            value["board"]["key"] = _key(LOG_NAME, LOG, key)
        else:
            value["board"]["witnesses"][1] = _key("witness-1.example", WITNESS, key)

    whose = "log" if kind == LOG else "witness"
    return made(
        8, f"board: the {whose}'s key is the {who}'s {field}", "two", [MANIFEST], on("json", change, kind="manifest")
    )


MALFORMED = {
    "without an id": str(GOOD).replace("+" + GOOD.id.hex(), ""),
    "with another id": str(GOOD).replace(GOOD.id.hex(), flipped(GOOD.id.hex())),
    "with an id in upper case": str(GOOD).replace(GOOD.id.hex(), GOOD.id.hex().upper()),
    "of type 2": _key(LOG_NAME, 2, GOOD.key),
    "of a witness's type": _key(LOG_NAME, WITNESS, GOOD.key),
    "of 31 bytes": _key(LOG_NAME, LOG, GOOD.key[:31]),
    "of 33 bytes": _key(LOG_NAME, LOG, GOOD.key + b"\0"),
    "without a name": _key("", LOG, GOOD.key),
    "with a space in its name": _key("log example", LOG, GOOD.key),
    "with an em space in its name": _key("log\N{EM SPACE}example", LOG, GOOD.key),
    "with a plus in its name": _key("log+example", LOG, GOOD.key),
    "with base64 that lacks its padding": str(GOOD).rstrip("=") if str(GOOD).endswith("=") else str(GOOD) + "=",
    "with a line feed": str(GOOD) + "\n",
    "with a space": str(GOOD) + " ",
    "that is empty": "",
    "that is no key at all": "key",
}

STATED: dict[str, Json] = {
    "ceremony": {"ceremony": "44" * 64},
    "election": {"election": "other"},
    "roll's root": {"roll": {"count": 3, "root": "55" * 32}},
    "roll's count": {"roll": {"count": 4, "root": "55" * 32}},
    "style": {"contests": ["chair", "board"]},
    "count": {"count": 2},
    "list": {"sha256": "66" * 32},
    "size": {"size": 64},
    "kind": {"kind": "ballot"},
    "purpose, with a field more": {"version": 1},
}
"""What the registrar signed in place of what the manifest says."""

FORGERIES = [
    # -- the manifest itself
    *(_manifest(f"version {n}", _set("version", n)) for n in (0, 2, -1)),
    _manifest("a manifest of another election", _set("election", "other")),
    _manifest("a manifest of another ceremony", _set("ceremony", "33" * 64)),
    _manifest("another public key", _set("public_key", plus_hex)),
    _manifest("a manifest whose public key is the identity", _set("public_key", "00" * 32)),
    _manifest("voting closes when it opens", _set("closes", OPENS)),
    _manifest("voting closes before it opens", _set("opens", CLOSES), opened=CLOSES),
    # -- contests
    _manifest("no contest", lambda v: v.update(contests=[], credentials=[])),
    _manifest("no contest but lists", _set("contests", [])),
    _manifest("no list of credentials", _set("credentials", []), expected=MANIFEST_OR_FORM),
    _manifest("two contests of one id", lambda v: v["contests"].append(v["contests"][0])),
    _contest("no seats", "seats", 0),
    _contest("fewer than no seats", "seats", -1),
    _contest("1001 seats", "seats", 1001),
    _contest("one ballot would be opened", "min_ballots", 1),
    _contest("min_ballots 0", "min_ballots", 0),
    _contest("no candidates", "candidates", [], [MANIFEST, CODEC]),
    _contest("two candidates of one id", "candidates", lambda old: [*old, old[0]]),
    _contest("max_ranks 0", "max_ranks", 0, [CODEC]),
    _contest("max_ranks -1", "max_ranks", -1, [CODEC]),
    _contest("more ranks than candidates", "max_ranks", 4, [CODEC]),
    _manifest("contest: more rankings than codes",
              lambda v: v["contests"][0].update(max_ranks=60, candidates=[
                  {"id": f"c{i}", "name": "", "reopen": False} for i in range(60)]), expected=[CODEC]),
    _manifest("contest: 55 candidates in full",
              lambda v: v["contests"][0].update(max_ranks=55, candidates=[
                  {"id": f"c{i}", "name": "", "reopen": False} for i in range(55)]), expected=[CODEC]),
    _contest("two candidates are re-open nominations", "candidates",
             lambda old: [{**old[0], "reopen": True}, {**old[1], "reopen": True}, old[2]]),
    _manifest("contest: re-open nominations of two contests in one id",
              lambda v: v["contests"][1]["candidates"].append({"id": "ron", "name": "", "reopen": True}), "two"),
    _manifest("contest: re-open nominations of one contest is a person in another",
              lambda v: v["contests"][1]["candidates"].append({"id": "ron", "name": "", "reopen": False}), "two"),
    _contest("after itself", "after", ["board"], at=1),
    _contest("after an unknown one", "after", ["nowhere"], at=1),
    _manifest("contest: after a later one", _set("contests", 0, "after", ["board"]), "two"),
    _contest("after one twice", "after", ["chair", "chair"], at=1),
    _contest("an unknown rule", "rule", {"id": "no-such-rule"}),
    _contest("a rule of the empty name", "rule", {"id": ""}),
    _contest("a rule in capitals", "rule", {"id": "Scottish-STV"}),
    _contest("a rule with a parameter", "rule", {"id": "scottish-stv", "quota": "hare"}),
    _contest("a rule with a parameter in depth 16", "rule", {"id": "scottish-stv", "x": json.loads("[" * 12 + "]" * 12)}),
    _manifest("contest: irv for two seats", lambda v: v["contests"][0].update(seats=2, rule={"id": "irv"})),
    _constraint("minimum above maximum", min=3, max=2),
    _constraint("a minimum below 0", min=-1),
    _constraint("a maximum below 0", min=-2, max=-1),
    _constraint("fewer than none are seated", seated=-1),
    _constraint("a candidate twice", candidates=["d", "d"]),
    _constraint("an unknown candidate", candidates=["d", "nobody"]),
    _constraint("re-open nominations", candidates=["d", "ron"]),
    _manifest("constraint: a candidate of a contest that is not before",
              lambda v: (v["contests"][1].update(after=[])), "two"),
    # -- credentials
    *(_statement(name, **stated) for name, stated in STATED.items()),
    made(8, "credentials signed over the list's fields alone", "tiny", [MANIFEST],
         on("statement", lambda v, _: {k: v[k] for k in ("contests", "count", "roll", "sha256", "size")})),
    _list("not signed", "list-signed", lambda v, _: {**v, "signature": "00" * 64}),
    _list("another bit of the signature", "list-signed", lambda v, _: {**v, "signature": flipped(v["signature"])}),
    _list("the registrar's signature of something else", "list-signed", _signed_by(lambda e: e.registrar)),
    _trustee_signs(),
    _list("more of them than voters", "list", lambda v, _: v["roll"].update(count=5)),
    _list("a roll of nobody", "list", lambda v, _: v["roll"].update(count=0)),
    _list("a roll of fewer than nobody", "list", lambda v, _: v["roll"].update(count=-1)),
    _list("a roll changed after signing", "list-signed", lambda v, _: v["roll"].update(count=99)),
    _list("one stands in two lists", "publics", _in_both, 1, "two"),
    _list("not sorted", "publics", _unsorted),
    _list("one stands twice in a list", "publics", _repeated),
    _list("the identity", "publics", lambda publics, _: [group.IDENTITY, *publics[1:]]),
    _list("half a credential more", "listed", lambda blob, _: blob + blob[:16], expected=MANIFEST_OR_FORM),
    _list("count less than the list", "list", lambda v, _: v.update(count=v["count"] - 1), expected=MANIFEST_OR_FORM),
    _list("count more than the list", "list", lambda v, _: v.update(count=v["count"] + 1), expected=MANIFEST_OR_FORM),
    _list("an empty list", "publics", lambda _, __: [], 1, "void", MANIFEST_OR_FORM),
    _list("count 0 for a list", "list", lambda v, _: v.update(count=0), expected=MANIFEST_OR_FORM),
    _list("size of another list", "list", lambda v, _: v.update(size=32), expected=MANIFEST_OR_FORM),
    _list("for an unknown contest", "list", lambda v, _: v.update(contests=["board", "nowhere"])),
    _list("for one contest twice", "list", lambda v, _: v.update(contests=["board", "board"])),
    _list("for no contest", "list", lambda v, _: v.update(contests=[]), 1, "two"),
    _list("contests in another order", "list", lambda v, _: v["contests"].reverse(), 0, "two"),
    _list("two lists of one style", "list", lambda v, _: v.update(contests=["chair", "board"]), 1, "two"),
    _manifest("credentials: nobody may vote in a contest", lambda v: v["contests"].append(
        {**v["contests"][0], "id": "third"}), "tiny"),
    _manifest("credentials: one list twice", lambda v: v["credentials"].append(v["credentials"][0])),
    # -- board
    _board("another origin", "origin", "log.example/other"),
    _board("an empty origin", "origin", ""),
    *(_board(f"a log's key {name}", "key", text) for name, text in MALFORMED.items()),
    *(_small_log(name, key) for name, key in SMALL_POINTS.items()),
    *(_witness(name, _key("witness-1.example", WITNESS, key)) for name, key in SMALL_POINTS.items()),
    _witness("of the log's type", _key("witness-1.example", LOG, PUBLIC)),
    _witness("of type 1 with the log's own key", str(GOOD)),
    _witness("with the other's name", _key("witness-0.example", WITNESS, PUBLIC)),
    _witness("with the log's name", _key(LOG_NAME, WITNESS, PUBLIC)),
    _witness("with the log's key", _key("witness-1.example", WITNESS, GOOD.key)),
    _witness("twice", lambda old: [old[0], old[0]]),
    _witness("with the other's key", lambda old: [old[0], _key("witness-1.example", WITNESS,
             base64.b64decode(old[0].split("+", 2)[2])[1:])]),
    _witness("that is no key", "witness"),
    *(_of_ceremony(who, field, kind) for kind in (LOG, WITNESS)
      for who, field in (("registrar", "identity"), ("trustee", "identity"))),
    made(8, "board: the log's key is a trustee's box", "two", [MANIFEST],
         on("people", lambda people, e: setattr(people[1], "box", signature.public_key(e.log)))),
    made(8, "board: a witness's key is a trustee's box", "two", [MANIFEST],
         on("people", lambda people, e: setattr(people[1], "box", signature.public_key(e.witness(1)[1])))),
    _board("a quorum above the witnesses", "quorum", 3),
    _board("a quorum of 0 with witnesses", "quorum", 0),
    _board("a quorum below 0", "quorum", -1),
    _manifest("board: a quorum without witnesses", _set("board", "quorum", 1)),
    _board("no witnesses left for the quorum", "witnesses", []),
]  # fmt: skip
