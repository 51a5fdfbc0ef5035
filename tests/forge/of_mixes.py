"""Rows 5 and 6: mixers that change votes, mix out of turn, or argue badly."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from governance.board import canonical
from governance.crypto import group
from governance.crypto.ballot import Ciphertext
from governance.crypto.group import ORDER, Element
from tests.forge.election import Election, on
from tests.forge.forgery import (
    CLOSE,
    FORM,
    MIX_INPUT,
    SHUFFLE,
    Check,
    Forgery,
    edited,
    flipped,
    made,
    plus,
)
from tests.forge.forgery import (
    ORDER as OUT_OF_ORDER,
)
from tests.forge.prover import Argument, Place, load, shuffle
from tests.forge.record import Json, Record

N = 5
"""Ballots that are mixed in the base "tiny"."""
LISTS = ("c", "c_hat", "t_hat", "t", "s", "s_hat", "s_prime")
FIELDS = [(part, i) for part in LISTS for i in range({"t": 5, "s": 4}.get(part, N))]  # every 32 bytes of a proof
NAMES = {"t": ("t1", "t2", "t3", "t4a", "t4b"), "s": ("s1", "s2", "s3", "s4")}


def _name(part: str, i: int) -> str:
    return NAMES[part][i] if part in NAMES else f"{part}_{i}"


def shift(argument: Argument, part: str, i: int, by: int = 1) -> None:
    """Add `by`·G to an element, or `by` to a scalar."""
    items = getattr(argument, part)
    items[i] = (items[i] + by) % ORDER if isinstance(items[i], int) else plus(items[i], by)


def _field(step: str, part: str, i: int, mixer: int = 1, **plan: Any) -> Forgery:
    when = {"proof": "", "argument": " before the second challenge", "c": " before the first challenge"}[step]

    def change(argument: Any, _: Election) -> None:
        if step == "c":
            argument[i] = plus(argument[i])
        else:
            shift(argument, part, i)

    name = f"{_name(part, i)} of mixer {mixer}'s proof changed{when}"
    return made(5, name, "tiny", [SHUFFLE], on(step, change, mixer=mixer), **plan)


def _output(
    name: str, step: str, change: Callable[[Any, Election], Any], expected: Sequence[Check] = (SHUFFLE,), mixer: int = 1
) -> Forgery:
    return made(5, name, "tiny", expected, on(step, change, mixer=mixer))


def _replaced(blob: bytes, at: int, new: bytes) -> bytes:
    return blob[: 32 * at] + new + blob[32 * at + 32 :]


def _changed(at: int) -> Callable[[bytes, Election], bytes]:
    return lambda blob, _: _replaced(blob, at, plus(blob[32 * at : 32 * at + 32]))


def _before(which: str) -> Callable[[list[Ciphertext], Election], None]:
    """One output is changed, and what is proven is the changed list."""

    def change(after: list[Ciphertext], _: Election) -> None:
        one = after[2]
        after[2] = Ciphertext(plus(one.a), one.b) if which == "a" else Ciphertext(one.a, plus(one.b))

    return change


def _swapped(blob: bytes, _: Election) -> bytes:
    return blob[64:128] + blob[:64] + blob[128:]


def _identity(blob: bytes, _: Election) -> bytes:
    return bytes(32) + blob[32:]


class _Collusion:
    """A voter tells the first mixer r: together they make an A that is the identity, and the proof holds."""

    def __init__(self) -> None:
        self.nonce = 0

    def tell(self, knows: list[int], _: Election) -> None:
        self.nonce = knows[1]

    def use(self, reencryption: list[int], _: Election) -> None:
        reencryption[-1] = -self.nonce % ORDER

    def forgery(self) -> Forgery:
        name = "an A of the output is the identity, and the proof holds"
        return made(
            5, name, "tiny", [SHUFFLE], on("knows", self.tell, cast=5), on("reencryption", self.use, mixer=1)
        )  # the last voter's vote is the last of the first list


def _entry(name: str, change: Callable[[Json], Any], expected: Sequence[Check] = (SHUFFLE,), mixer: int = 1) -> Forgery:
    """The mixer signs another entry."""
    hook = on("json", lambda value, _: change(value), kind="shuffle", mixer=mixer)
    return made(5, name, "tiny", expected, hook)


def _place(name: str, change: Callable[[Place, Election], None], mixer: int = 1) -> Forgery:
    return made(
        5, f"the proof is made for another {name}", "two", [SHUFFLE], on("place", change, contest="board", mixer=mixer)
    )


def _set(name: str, value: Any) -> Callable[[Place, Election], None]:
    return lambda place, _: setattr(place, name, value)


def _generators(name: str, change: Callable[[list[Element]], list[Element]]) -> Forgery:
    return made(
        5, f"generators chosen by the prover: {name}", "tiny", [SHUFFLE], on("generators", lambda h, _: change(h))
    )


def _mixers(name: str, mixers: tuple[int, ...], base: str = "tiny") -> Forgery:
    return made(5, name, base, [SHUFFLE], on("mixers", lambda _, __: mixers))


def _reordered(record: Record) -> None:
    one, two = record.find("shuffle", 0), record.find("shuffle", 1)
    record.entries[one], record.entries[two] = record.entries[two], record.entries[one]
    record.sign()


def _moved(before: str) -> Callable[[Record], None]:
    """The second mixer's entry stands elsewhere."""

    def change(record: Record) -> None:
        raw = record.entries.pop(record.find("shuffle", 1))
        record.entries.insert(record.find(before), raw)
        record.sign()

    return change


def _late(_: None, election: Election) -> None:
    """A third mixer, between two trustees' factors of what the second left."""
    last = canonical.parse(next(raw for raw in reversed(election.entries) if b'"kind":"shuffle"' in raw))
    before = election.blobs[last["output"]["sha256"]]
    place = Place(election.ctx, "board", 3, election.key)
    output, proof = shuffle(place, load(before), election.draw("late"), lambda _, value: value)
    refs = {"input": election.put(before), "output": election.put(output), "proof": election.put(proof)}
    election.add({"kind": "shuffle", "contest": "board", "mixer": 3, "trustee": 3, **refs}, election.people[2].seed)


def _other_signature(record: Record) -> None:
    two = record.value(record.find("shuffle", 1))
    record.edit(record.find("shuffle"), lambda value: {**value, "signature": two["signature"]}, sign=False)


def _unsigned(record: Record) -> None:
    record.edit(record.find("shuffle"), lambda value: {**value, "signature": "00" * 64}, sign=False)


def _flipped(record: Record) -> None:
    record.edit(record.find("shuffle"), lambda v: {**v, "signature": flipped(v["signature"])}, sign=False)


def _signed_by(trustee: int) -> Callable[[Json], None]:
    return lambda value: value.update(trustee=trustee)


def _copied(record: Record) -> None:
    """The first mixer's entry again as the second's, with the first's own output as input."""

    def change(value: Json) -> None:
        first = record.value(record.find("shuffle"))
        value.update(input=first["output"], output=first["output"], proof=first["proof"])

    record.edit(record.find("shuffle", 1), change)
    record.tidy()


SIZES: tuple[Check, ...] = (SHUFFLE, FORM)
"""A size that does not fit may be found before anything is read."""

ROW_5 = [
    *(_output(f"output {at} changed after proving", "output-after", _changed(at)) for at in range(2 * N)),
    _output("a first half of the output changed before proving", "output", _before("a")),
    _output("a second half of the output changed before proving", "output", _before("b")),
    _output("the second mixer's output changed after proving", "output-after", _changed(3), mixer=2),
    _output("an output dropped after proving", "output-after", lambda blob, _: blob[64:], SIZES),
    _output("an output added after proving", "output-after", lambda blob, _: blob + blob[:64], SIZES),
    _output("half an output added after proving", "output-after", lambda blob, _: blob + blob[:32], SIZES),
    _output("no output at all", "output-after", lambda _, __: b"", SIZES),
    _output("an output duplicated after proving", "output-after", lambda blob, _: blob[64:128] + blob[64:]),
    _output("an output duplicated before proving", "permutation", lambda psi, _: [psi[1], *psi[1:]]),
    _output("every output is one ballot", "permutation", lambda psi, _: [psi[0]] * N),
    _output("two outputs swapped after proving", "output-after", _swapped),
    _output("the halves of an output swapped", "output-after", lambda blob, _: blob[32:64] + blob[:32] + blob[64:]),
    _output("an A of the output is the identity after proving", "output-after", _identity),
    _Collusion().forgery(),
    _output("a proof too short by 32 bytes", "proof-blob", lambda blob, _: blob[:-32], SIZES),
    _output("a proof too long by 32 bytes", "proof-blob", lambda blob, _: blob + bytes(32), SIZES),
    _output("a proof too short by one ballot", "proof-blob", lambda blob, _: blob[160:], SIZES),
    _output("an empty proof", "proof-blob", lambda _, __: b"", SIZES),
    _output("a proof of zeros", "proof-blob", lambda blob, _: bytes(len(blob))),
    _entry("mixer 1 skipped", lambda v: v.update(mixer=2)),
    _entry("mixer 2 skipped", lambda v: v.update(mixer=3), mixer=2),
    _entry("mixer 1 repeated", lambda v: v.update(mixer=1), mixer=2),
    _entry("mixers counted from 0", lambda v: v.update(mixer=0)),
    _entry("a mixer of number -1", lambda v: v.update(mixer=-1)),
    edited(5, "the mixers' entries reordered", "tiny", [SHUFFLE], _reordered),
    edited(5, "a mixer after the first decrypt", "tiny", [SHUFFLE], _moved("result")),
    edited(5, "a mixer after the result", "tiny", [SHUFFLE], _moved("count")),
    made(5, "a third mixer after the first decrypt", "tiny", [SHUFFLE], on("moment", _late, before="decrypt", trustee=1)),
    edited(5, "a mixer before close", "tiny", [SHUFFLE, OUT_OF_ORDER], _moved("close")),
    _mixers("fewer mixers than the threshold", (1, 2, 3), "many"),
    _mixers("one mixer alone", (1,)),
    _mixers("no mixer", ()),
    _mixers("one trustee mixes twice", (1, 1)),
    _mixers("one trustee mixes first and third", (1, 2, 1)),
    *(_entry(f"a mixer who is trustee {j}", _signed_by(j)) for j in (0, 4, -1, 2**53 - 1)),
    _entry("a mixer who signs as another trustee", _signed_by(3)),
    edited(5, "a mixer's signature is another mixer's", "tiny", [SHUFFLE], _other_signature),
    edited(5, "a mixer's entry is not signed", "tiny", [SHUFFLE], _unsigned),
    edited(5, "a mixer's signature has another bit", "tiny", [SHUFFLE], _flipped),
    edited(5, "the first mixer's proof for the second", "tiny", [SHUFFLE], _copied),
    _entry("a mixer of an unknown contest", lambda v: v.update(contest="nowhere")),
    made(5, "a mixer of a void contest", "void", [SHUFFLE, CLOSE],
         on("json", lambda v, _: v.update(contest="chair"), kind="shuffle", mixer=1)),
    made(5, "the second mixer mixes the first list again", "tiny", [MIX_INPUT],
         on("input", lambda _, e: b"".join(bytes(e.cast[i].votes["board"]) for i in (1, 2, 3, 4, 5)), mixer=2)),
    made(5, "the second mixer mixes the first's output in another order", "tiny", [MIX_INPUT],
         on("input", lambda blob, _: blob[64:] + blob[:64], mixer=2)),
    made(5, "the second mixer is given a list that is shorter", "tiny", [MIX_INPUT, FORM, SHUFFLE],
         on("input", lambda blob, _: blob[64:], mixer=2)),
    _entry("the input has another size than the list", lambda v: v["input"].update(size=64 * (N - 1)), [FORM, MIX_INPUT]),
    *(_field("proof", part, i) for part, i in FIELDS),
    *(_field("argument", part, i) for part, i in FIELDS if part in {"c_hat", "t_hat", "t"}),
    *(_field("c", "c", i) for i in range(N)),
    *(_field("proof", part, 0, 2) for part in LISTS),
    *(_place(name, change) for name, change in {
        "contest": _set("contest", "chair"),
        "mixer": _set("mixer", 2),
        "manifest": _set("context", bytes(64)),
        "key": _set("key", group.G),
    }.items()),
    _place("mixer, the one before", _set("mixer", 1), mixer=2),
    _generators("multiples of G", lambda h: [group.multiply_base(i + 2) for i in range(len(h))]),
    _generators("two swapped", lambda h: [h[1], h[0], *h[2:]]),
    _generators("all the same", lambda h: [h[0]] * len(h)),
    _generators("the identity", lambda h: [group.IDENTITY] * len(h)),
    _generators("counted from 1", lambda h: group.generators(len(h) + 1)[1:]),
    made(5, "the chain begins with G", "tiny", [SHUFFLE], on("chain-base", lambda _, __: group.G)),
]  # fmt: skip

EQUATIONS = {
    "t1": ("t", 0),
    "t2": ("t", 1),
    "t3": ("t", 2),
    "t4a": ("t", 3),
    "t4b": ("t", 4),
    "link 0": ("t_hat", 0),
    "link 4": ("t_hat", 4),
}
"""Where an error of +P in one equation goes, and -P in another: a sum of all of them would not see it."""


def _pair(step: str, one: tuple[str, int], two: tuple[str, int], name: str) -> Forgery:
    def change(argument: Argument, _: Election) -> None:
        shift(argument, *one, 5)
        shift(argument, *two, -5)

    when = "before" if step == "argument" else "after"
    return made(6, f"compensating errors in {name} {when} the challenge", "tiny", [SHUFFLE], on(step, change, mixer=1))


def _lists(step: str, which: str) -> Forgery:
    """Two outputs are wrong by P and -P: together they are as many votes for the same."""

    def change(value: Any, _: Election) -> Any:
        if step == "output":
            for i, by in ((1, 5), (3, -5)):
                a, b = value[i].a, value[i].b
                value[i] = Ciphertext(plus(a, by), b) if which == "a" else Ciphertext(a, plus(b, by))
            return value
        for i, by in ((1, 5), (3, -5)):
            at = 2 * i + (which == "b")
            value = _replaced(value, at, plus(value[32 * at : 32 * at + 32], by))
        return value

    when = "before" if step == "output" else "after"
    return made(
        6, f"two {which} of the output wrong by P and -P {when} proving", "tiny", [SHUFFLE], on(step, change, mixer=1)
    )


SCALARS = {"s1 and s2": (("s", 0), ("s", 1)), "s3 and s4": (("s", 2), ("s", 3)), "s1 and s3": (("s", 0), ("s", 2)),
           "two s_hat": (("s_hat", 0), ("s_hat", 1)), "two s_prime": (("s_prime", 1), ("s_prime", 2)),
           "s1 and s_hat_0": (("s", 0), ("s_hat", 0)), "s4 and s_prime_0": (("s", 3), ("s_prime", 0))}  # fmt: skip
POINTS = {"two c": (("c", 0), ("c", 1)), "two c_hat": (("c_hat", 0), ("c_hat", 1)), "c_0 and t1": (("c", 0), ("t", 0)),
          "c_hat_4 and t2": (("c_hat", 4), ("t", 1))}  # fmt: skip

ROW_6 = [
    *(
        _pair(step, EQUATIONS[one], EQUATIONS[two], f"{one} and {two}")
        for step in ("argument", "proof")
        for one, two in combinations(EQUATIONS, 2)
    ),
    *(_pair("proof", one, two, name) for name, (one, two) in {**SCALARS, **POINTS}.items()),
    _pair("argument", ("c_hat", 0), ("c_hat", 1), "two c_hat"),
    *(_lists(step, which) for step in ("output", "output-after") for which in "ab"),
]

FORGERIES = [*ROW_5, *ROW_6]
