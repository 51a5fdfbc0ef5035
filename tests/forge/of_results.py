"""Rows 9 and 10: papers that nobody cast, and counts that they do not give."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from governance.board import canonical
from governance.board.entries import Contest
from tests.forge.election import Election, on
from tests.forge.forgery import COUNT, FORM, RESULT, Check, Forgery, edited, made
from tests.forge.forgery import ORDER as OUT_OF_ORDER
from tests.forge.plan import Cast, Withdraw
from tests.forge.record import Json, Record

SIZED: tuple[Check, ...] = (RESULT, FORM)
"""A result blob's size must equal the recomputed one: `form`, or the place's own check."""


def _papers(
    name: str,
    change: Callable[[Json], Any],
    base: str = "invalid",
    expected: Sequence[Check] = SIZED,
    step: str = "papers",
) -> Forgery:
    def do(value: Json, _: Election) -> None:
        change(value)

    return made(9, name, base, expected, on(step, do))


def _again(value: Json, number: int, *ids: str) -> Json:
    """The papers with so many alike more (or fewer), sorted as they must be."""
    alike = {tuple(one): count for count, one in value["papers"]}
    alike[ids] = alike.get(ids, 0) + number
    value["papers"] = [[count, list(one)] for one, count in sorted(alike.items()) if count]
    return value


def _moved(value: Json) -> None:
    """One paper becomes another; as many papers as before, and as many bytes."""
    value["papers"][-1][1][0] = "b" if value["papers"][-1][1][0] != "b" else "a"
    value["papers"].sort(key=lambda paper: paper[1])


def _halved(value: Json) -> None:
    """Two alike stand as one and one."""
    papers = [one for number, ids in value["papers"] for one in [[1, ids]] * number]
    value["papers"] = papers


ROW_9 = [
    _papers("a paper added", lambda v: _again(v, 1, "b")),
    _papers("a paper of a new kind added", lambda v: _again(v, 1, "b", "c", "a")),
    _papers("a paper dropped", lambda v: v["papers"].pop(0)),
    _papers("every paper dropped", lambda v: v.update(papers=[])),
    _papers("a paper altered: another first preference", _moved),
    _papers("a paper altered: its last preference left out", lambda v: v["papers"][-1][1].pop()),
    _papers("a paper altered: a preference more", lambda v: v["papers"][0][1].append("b")),
    _papers("an INVALID one repaired", lambda v: (v.update(invalid=v["invalid"] - 1), _again(v, 1, "a"))[1]),
    _papers("an INVALID one called blank", lambda v: v.update(invalid=1, blank=v["blank"] + 1), expected=[RESULT]),
    _papers("all INVALID ones passed over", lambda v: v.update(invalid=0), expected=[RESULT]),
    _papers("a blank one filled in", lambda v: (v.update(blank=0), _again(v, 1, "a"))[1]),
    _papers("a blank one called INVALID", lambda v: v.update(invalid=3, blank=0), expected=[RESULT]),
    _papers("a blank one among the papers", lambda v: v.update(blank=0, papers=[[1, []], *v["papers"]])),
    _papers("a blank one counted twice", lambda v: v.update(blank=2), expected=[RESULT]),
    _papers("blanks below 0", lambda v: v.update(blank=-1)),
    _papers("a number of papers is 0", lambda v: v["papers"].insert(0, [0, ["a"]]), step="papers"),
    _papers("papers in another order", lambda v: v["papers"].reverse(), expected=[RESULT]),
    _papers("alike papers not merged", _halved, "ties"),
    _papers("a candidate who is unknown", lambda v: v["papers"].append([1, ["z"]])),
    _papers("a candidate twice on a paper", lambda v: v["papers"].append([1, ["c", "c"]])),
    _papers("more papers alike than there are", lambda v: v["papers"][0].__setitem__(0, 2), expected=[RESULT]),
    _papers("a field more", lambda v: v.update(note="")),
    made(9, "a field less", "invalid", SIZED, on("papers-blob", lambda b, _: b.replace(b',"invalid":2', b""))),
    made(9, "a number that is text", "invalid", SIZED, on("papers-blob", lambda b, _: b.replace(b'"blank":1', b'"blank":"1"'))),
    made(9, "the result in another order of fields", "invalid", SIZED,
         on("papers-blob", lambda b, _: b'{"invalid":2,' + b.replace(b'"invalid":2,', b"")[1:])),
    made(9, "the result with a space", "invalid", SIZED, on("papers-blob", lambda b, _: b.replace(b":", b": ", 1))),
    made(9, "the result with a line feed at its end", "invalid", SIZED, on("papers-blob", lambda b, _: b + b"\n")),
    made(9, "an empty result", "invalid", SIZED, on("papers-blob", lambda _, __: b"")),
    made(9, "the result of the other contest", "both", SIZED,
         on("papers-blob", lambda _, e: next(b for b in e.blobs.values() if b.startswith(b'{"blank"')), contest="board")),
    made(9, "the papers without those of who withdrew", "withdrawn", SIZED,
         on("papers", lambda v, _: v.update(papers=[[1, ["b"]], [1, ["c", "b"]]]))),
    made(9, "a result of an unknown contest", "tiny", [RESULT, OUT_OF_ORDER],
         on("json", lambda v, _: v.update(contest="nowhere"), kind="result")),
    made(9, "two results", "tiny", [RESULT, OUT_OF_ORDER], on("copies", lambda _, __: 2, kind="result")),
    made(9, "a result's size is another than its blob's", "tiny", [FORM, RESULT],
         on("json", lambda v, _: v["ballots"].update(size=v["ballots"]["size"] + 1), kind="result")),
]  # fmt: skip


def _count(name: str, change: Callable[[Json], Any], base: str = "ordered") -> Forgery:
    """The count object, and the entry with it, says something else."""

    def do(value: Json, _: Election) -> None:
        change(value)

    return made(10, name, base, [COUNT], on("count", do))


def _entry(
    name: str, change: Callable[[Json], Any], expected: Sequence[Check] = (COUNT,), base: str = "ordered"
) -> Forgery:
    return made(10, name, base, expected, on("json", lambda v, _: change(v), kind="count"))


def _counted(name: str, step: str, value: Callable[[Any, Election], Any], base: str, contest: str = "board") -> Forgery:
    """Counted faithfully, but from something else."""
    return made(10, name, base, [COUNT], on(step, value, contest=contest))


def _stage(name: str, field: str, value: Any, number: int = 1, base: str = "ordered") -> Forgery:
    def change(count: Json) -> None:
        stage = count["stages"][number]
        stage[field] = value(stage[field]) if callable(value) else value

    return _count(f"a stage altered: {name}", change, base)


def _tallies(change: Callable[[Json], Any]) -> Callable[[Json], Json]:
    def do(tallies: Json) -> Json:
        change(tallies)
        return tallies

    return do


def _tie(name: str, **fields: Any) -> Forgery:
    return _count(f"a tie altered: {name}", lambda v: v["ties"][0].update(fields), "ties")


def _blob(name: str, change: Callable[[bytes], bytes]) -> Forgery:
    return made(10, name, "ordered", [COUNT, FORM], on("stages", lambda blob, _: change(blob)))


def _always(value: Any) -> Callable[[Any, Election], Any]:
    return lambda _, __: value


def _without(**fields: Any) -> Callable[[Contest, Election], Contest]:
    return lambda contest, _: replace(contest, **fields)


def _other_lots(record: Record) -> None:
    """The same papers counted with every tie decided the other way round: by hand, since a seed may agree."""
    at = record.find("count")
    count = canonical.parse(record.blobs[record.value(at)["stages"]["sha256"]])
    lots = [tie for tie in count["ties"] if tie["by"] == "lot"]
    names = {tie["chosen"]: next(one for one in tie["among"] if one != tie["chosen"]) for tie in lots[:1]}
    names |= {new: old for old, new in names.items()}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {names.get(key, key): renamed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    swapped = renamed(count)
    record.swap(at, "stages", lambda _: canonical.dump(swapped))
    record.edit(at, lambda v: {**v, "elected": swapped["elected"]})


def _withdraw(name: str, *entries: Withdraw, row: int = 10) -> Forgery:
    course = (*(Cast(i, ((), ())) for i in range(3)), *entries)
    return made(row, name, "two", [COUNT], course=course, closed="2026-03-09T17:00:01Z")


ROW_10 = [
    _count("the winners swapped", lambda v: v["elected"].reverse()),
    _count("another winner", lambda v: v.update(elected=["c", *v["elected"][1:]])),
    _count("a winner more", lambda v: v["elected"].append("d")),
    _count("a winner fewer", lambda v: v["elected"].pop()),
    _count("nobody wins", lambda v: v.update(elected=[])),
    _count("another rule", lambda v: v.update(rule="meek-prf")),
    _count("other seats", lambda v: v.update(seats=3)),
    _count("other valid papers", lambda v: v.update(valid=7)),
    _count("another quota", lambda v: v.update(quota="2.00000")),
    _count("somebody withdrawn who did not", lambda v: v.update(withdrawn=["d"])),
    _count("the last stage left out", lambda v: v["stages"].pop()),
    _count("the first stage left out", lambda v: v["stages"].pop(0)),
    _count("no stages", lambda v: v.update(stages=[])),
    _count("a stage more", lambda v: v["stages"].append({**v["stages"][-1], "number": len(v["stages"]) + 1, "action": "final"})),
    _count("two stages swapped", lambda v: v["stages"].insert(1, v["stages"].pop(2))),
    _stage("number", "number", 7),
    _stage("action", "action", "exclusion"),
    _stage("candidates", "candidates", ["b"]),
    _stage("a vote moved from one to another", "tallies", _tallies(lambda t: t.update(a="2.00000", b="4.00000"))),
    _stage("a tally with fewer places", "tallies", _tallies(lambda t: t.update(a=t["a"][:-1]))),
    _stage("a tally that is a number", "tallies", _tallies(lambda t: t.update({"a": 3}))),
    _stage("a candidate left out of the tallies", "tallies", _tallies(lambda t: t.pop("d"))),
    _stage("a candidate more in the tallies", "tallies", _tallies(lambda t: t.update(z="0.00000"))),
    _stage("non-transferable votes", "non_transferable", "1.00000"),
    _stage("quota", "quota", "4.00000"),
    _stage("elected", "elected", ["a"]),
    _stage("excluded", "excluded", [], 2),
    _stage("excluded another", "excluded", ["b"]),
    _stage("guarded", "guarded", ["a"]),
    _stage("doomed", "doomed", ["d"]),
    _stage("guarded left out", "guarded", [], 0, "guarded"),
    _stage("doomed left out", "doomed", [], 0, "constrained"),
    _count("a stage altered: a field more", lambda v: v["stages"][0].update(note="")),
    _count("a stage altered: a field less", lambda v: v["stages"][0].pop("doomed")),
    _count("a field more in the count", lambda v: v.update(unconstrained=False)),
    _count("a field less in the count", lambda v: v.pop("ties")),
    _tie("its stage", stage=3),
    _tie("among whom", among=["a", "b"]),
    _count("a tie altered: who was chosen", lambda v: v["ties"][0].update(
        chosen=next(one for one in "abcd" if one != v["ties"][0]["chosen"])), "ties"),
    _tie("how", by="stage 1"),
    _count("a tie left out", lambda v: v["ties"].pop(0), "ties"),
    _count("a tie more", lambda v: v["ties"].append(dict(v["ties"][0])), "ties"),
    _count("two ties swapped", lambda v: v["ties"].reverse(), "ties"),
    edited(10, "another tie order: the other of two is excluded by lot", "ties", [COUNT, FORM], _other_lots),
    *(_counted(f"another tie order: the lots of another manifest, {n}", "counted-context",
               _always(bytes([n]) * 64), "ties") for n in (1, 2, 3)),
    _counted("another tie order: the lots of another contest", "counted-contest", _without(id="chair"), "ties"),
    _counted("a withdrawn candidate elected", "gone", lambda _, __: [], "withdrawn"),
    _counted("another withdrawn in place", "gone", lambda _, __: ["b"], "withdrawn"),
    _counted("one elected twice against after", "elected-before", lambda _, __: [], "both"),
    _counted("the other of the chair's candidates passed over", "elected-before", lambda _, __: ["b"], "both"),
    _counted("a constraint ignored", "counted-contest", _without(constraints=()), "constrained"),
    _counted("constraints ignored after another contest", "counted-contest", _without(constraints=()), "two"),
    _counted("seated by an earlier contest not counted in", "counted-contest", lambda c, _: replace(c, constraints=tuple(
        replace(one, seated=one.seated - 1, min=one.min, max=one.max) for one in c.constraints)), "constrained"),
    _counted("a seat more", "counted-contest", _without(seats=3), "ordered"),
    _counted("a seat fewer", "counted-contest", _without(seats=1), "ordered"),
    _counted("re-open nominations counted as a person", "counted-contest", lambda c, _: replace(
        c, candidates=tuple(replace(one, reopen=False) for one in c.candidates)), "reopened"),
    _entry("the entry elects in another order than its stages", lambda v: v["elected"].reverse()),
    _entry("the entry elects another", lambda v: v.update(elected=["c", "d"])),
    _entry("the entry elects nobody", lambda v: v.update(elected=[])),
    _entry("the entry names another rule", lambda v: v.update(rule="meek-prf")),
    _entry("the entry names no rule", lambda v: v.update(rule="")),
    _entry("a count of an unknown contest", lambda v: v.update(contest="nowhere"), [COUNT, OUT_OF_ORDER]),
    _entry("stages of another size than their blob", lambda v: v["stages"].update(size=v["stages"]["size"] - 1), [FORM, COUNT]),
    _blob("stages with a space", lambda blob: blob.replace(b":", b": ", 1)),
    _blob("stages in another order of fields", lambda blob: blob.replace(b'"seats":2,', b"").replace(b"{", b'{"seats":2,', 1)),
    _blob("stages with a line feed at their end", lambda blob: blob + b"\n"),
    _blob("empty stages", lambda _: b""),
    _blob("stages that are no JSON", lambda blob: blob[:-1]),
    _blob("stages with a fraction", lambda blob: blob.replace(b'"seats":2', b'"seats":2.0')),
    _withdraw("somebody unknown withdraws", Withdraw("board", "nobody")),
    _withdraw("somebody withdraws from an unknown contest", Withdraw("nowhere", "a")),
    _withdraw("somebody withdraws from a contest where others stand", Withdraw("chair", "c")),
    _withdraw("somebody withdraws twice", Withdraw("board", "c"), Withdraw("board", "c")),
    _withdraw("re-open nominations withdraws", Withdraw("chair", "ron")),
    made(10, "two counts", "tiny", [COUNT, OUT_OF_ORDER], on("copies", lambda _, __: 2, kind="count")),
]  # fmt: skip

FORGERIES = [*ROW_9, *ROW_10]
