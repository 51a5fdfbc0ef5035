"""Mutation testing, file by file (by hand: `make mutate FILE=governance/crypto/schnorr.py`).

    python tools/mutate.py FILE… [--sample N] [--seed S] [--jobs J] [--kind K] [--fast] [--list] [--again]

Each small change of the code (a comparison turned round, a check left out, a constant one higher …) is tried alone:
some test must fail. One that no test notices survives and is printed; docs/mutation.md says why those that are left
are harmless. The libraries at hand (mutmut, cosmic-ray) neither leave out a statement nor touch a module's own
level, and a check of a proof is a statement: hence this program.

A mutant lives in a child forked from a process that has imported everything but our own code, so that it costs about
as much as the tests that it meets. The file on disk is never written. Tests that start another program do not meet
the mutant there. What was found is kept in instance/mutation, and is not tried again until the file changes: after a
change of the tests `--again` tries the survivors anew.
"""

import argparse
import ast
import contextlib
import hashlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "instance/mutation"
OURS = ("governance", "tests")
GiB = 2**30
WAITING = 10
"""A mutant that waits, and takes no time of a processor, is ended after so many times as long."""

BOARD = ["tests/board", "--ignore=tests/board/test_forged.py", "--ignore=tests/board/test_random_elections.py"]
WHOLE = "not would_grow and not read_from and not the_command"
"""Of the forgeries, what meets a mutant: a command of its own does not."""


def _rows(*rows: str) -> list[str]:
    """The forgeries of these rows of protocol.md, section 15."""
    chosen = " or ".join(["good_before", "offence", "[1]", *(f"[{row}-" for row in rows)])
    return ["tests/board/test_forged.py", "tests/board/test_random_elections.py", "-k", f"{WHOLE} and ({chosen})"]


LAWS = ["tests/verifier/test_vectors.py", "tests/verifier/test_laws.py"]
RECORDS = ["tests/verifier/test_tampering.py", "tests/verifier/test_edges.py"]
"""Whole records that the independent verifier judges: a case's name begins with the check that fails."""
ZIPS = ["tests/verifier/test_archive.py"]


def _board(*names: str) -> list[str]:
    """The file's own tests in tests/board: they cost a fraction of the folder's."""
    return [f"tests/board/test_{name}.py" for name in names]


ARITHMETICS = ["tests/verifier/test_points.py", "tests/verifier/test_vectors.py"]
PROOFS = [*ARITHMETICS, "tests/verifier/test_batches.py"]
"""Of the arithmetic a few tests say nearly all, in a tenth of the time."""


TESTS: dict[str, list[list[str]]] = {
    "governance/crypto": [["tests/crypto"], [*BOARD, "tests/board/test_random_elections.py"]],
    "governance/board": [BOARD, _rows("00", "01", "11", "13")],
    "governance/board/canonical.py": [_board("canonical"), BOARD, _rows("02", "12-a")],
    "governance/board/checkpoint.py": [_board("checkpoints", "tree"), BOARD, _rows("00", "01", "11", "13")],
    "governance/board/checks.py": [_board("checks", "report"), BOARD, _rows("00", "01", "11", "13")],
    "governance/board/contribution.py": [_board("contribution"), BOARD, _rows("00", "01", "11", "13")],
    "governance/board/entries.py": [_board("entries"), BOARD, _rows("02", "12-a", "12-o")],
    "governance/board/judge.py": [
        _board("judge", "ledger", "setup", "report", "refusals"),
        BOARD,
        _rows("03", "04", "08", "10", "11", "13"),
    ],
    "governance/board/ledger.py": [_board("ledger"), BOARD],
    "governance/board/making.py": [_board("making"), BOARD],
    "governance/board/merkle.py": [_board("checkpoints", "tree"), BOARD, _rows("00", "01", "11", "13")],
    "governance/board/opened_seal.py": [_board("opened_seal"), ["tests/cli/test_open_seal.py"]],
    "governance/board/own_line.py": [_board("own_line"), ["tests/cli/test_roll.py"]],
    "governance/board/record.py": [_board("zips", "form"), BOARD, _rows("00", "12-zip")],
    "governance/board/setup.py": [_board("ledger", "setup"), BOARD, _rows("08")],
    "governance/board/tally.py": [
        _board("tally", "ledger", "refusals", "making"),
        _board("shared_records", "random_elections"),
        BOARD,
        _rows("05", "06", "07", "09", "10"),
    ],
    "governance/board/verify.py": [_board("verify", "form"), BOARD, _rows("00", "01", "11", "13")],
    "governance/verifier": [PROOFS],
    "governance/verifier/ed25519.py": [[*ARITHMETICS, "-k", "wycheproof or key or curve or signature"], PROOFS],
    "governance/verifier/group.py": [
        [*ARITHMETICS, "-k", "test_points or rfc9496 or coset or generators or wycheproof or sum_agrees or codec"],
        PROOFS,
    ],
    "governance/verifier/msm.py": [[*ARITHMETICS, "-k", "sum_agrees or rfc9497"], PROOFS],
    **{
        f"governance/verifier/{name}.py": [
            ["tests/verifier/test_vectors.py", "tests/verifier/test_batches.py"],
            [*RECORDS, "-k", "shuffle or decrypt or ballot or trustee or compensating"],
        ]
        for name in ("proofs", "shuffle")
    },
    "governance/verifier/archive.py": [
        ["tests/verifier/test_zips.py"],
        [*ZIPS, *RECORDS, "-k", "stored or directory or zip or descriptor or deflate or blob_that or cut"],
    ],
    "governance/verifier/board.py": [
        [
            *(f"tests/verifier/test_{name}.py" for name in ("checkpoints", "vectors", "edges")),
            "-k",
            "checkpoint or tree or log or sun or inclusion or cosig or earlier or keys_that",
        ],
        [*LAWS, *RECORDS, "-k", "tree or log or sun or checkpoint or key or inclusion or 13_board or earlier or cosig"],
    ],
    "governance/verifier/canonical.py": [[*LAWS, *ZIPS, "-k", "entries or json or canonical"]],
    "governance/verifier/ceremony.py": [
        ["tests/verifier/test_ceremony.py", "tests/verifier/test_edges.py::test_box_keys"],
        [*RECORDS, "-k", "box_keys or trustee"],
    ],
    "governance/verifier/checks.py": [["tests/verifier/test_report.py"], [*RECORDS, "-k", "inside or 13_order"]],
    "governance/verifier/constraints.py": [["tests/verifier/test_constraints.py", "tests/verifier/test_count.py"]],
    **{
        f"governance/verifier/{law}.py": [
            [f"tests/verifier/test_count{name}.py" for name in ("_examples", "_cases", "")],
            ["tests/verifier/test_count_laws.py"],
        ]
        for law in ("stages", "transfers", "scottish", "irv", "ers97", "count")
    },
    **{
        f"governance/verifier/{law}.py": [
            [f"tests/verifier/test_count_{name}.py" for name in ("examples", "cases")],
            ["tests/verifier/test_count.py", "tests/verifier/test_count_laws.py"],
        ]
        for law in ("wigm", "meek")
    },
    "governance/verifier/election.py": [
        ["tests/verifier/test_election.py"],
        [*RECORDS, "-k", "13_order or 9_close or 8_ballot or extension or void"],
    ],
    **{f"governance/verifier/{name}.py": [["tests/verifier/test_command.py"]] for name in ("__main__", "failure")},
    "governance/verifier/form.py": [["tests/verifier/test_form.py"], ["tests/verifier/test_vectors.py"]],
    "governance/verifier/manifest.py": [
        ["tests/verifier/test_manifest.py"],
        [*RECORDS, "-k", "7_manifest or credential"],
    ],
    "governance/verifier/parallel.py": [
        ["tests/verifier/test_laws.py", *RECORDS, "-k", "process or fork or child or parent or slices"]
    ],
    "governance/verifier/ranking.py": [[*LAWS]],
    "governance/verifier/record.py": [
        ["tests/verifier/test_record.py", "tests/verifier/test_laws.py"],
        [*RECORDS, "-k", "blob or lists or sizes or longer or 13_order"],
    ],
    "governance/verifier/tally.py": [
        ["tests/verifier/test_tally.py"],
        [*RECORDS, "-k", "(shuffle or decrypt or result or count or mix_input or close or good) and not every"],
        ["tests/verifier/test_count_records.py", "tests/verifier/test_agreement.py"],
    ],
}
"""By file, or else by folder: the tests that a mutant meets first, then those that a survivor of the first meets."""

# ---- what is changed -------------------------------------------------------------------------------------------------

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
OTHER_FUNCTION = {"all": "any", "any": "all", "min": "max", "max": "min"}
LEFT_OUT_FUNCTION = ("sorted", "reversed", "set", "abs")
UNORDERED = ("add", "group.add", "equal", "max", "min", "plus", "isinstance", "getattr")
"""Functions whose arguments may change places, or where that is no change worth a try."""
LEFT_OUT = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)
OF_TYPES = ("TypeVar", "NewType", "cast")
"""Calls that only a type checker reads."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file; `apply` changes the tree in place (in a child, which then ends)."""

    line: int
    column: int
    kind: str
    before: str
    after: str
    apply: Callable[[], None]
    number: int = 1
    """Which of those whose texts, as far as they are shown, are the same: one item of many left out, say."""

    @property
    def id(self) -> str:
        """What the log knows it by."""
        which = f" #{self.number}" if self.number > 1 else ""
        return f"{self.line}:{self.column} {self.kind}: {self.before} → {self.after}{which}"


def _text(node: ast.AST | None) -> str:
    return "(nothing)" if node is None else " ".join(ast.unparse(node).split())[:70]


class Finder:
    """Every mutant of one tree."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[Mutant] = []
        self._alike: Counter[str] = Counter()
        self._bools: list[bool] = []
        """Whether each function around the place returns a bool."""
        self._walk(tree)

    def _add(self, kind: str, at: Any, before: ast.AST, after: ast.AST | None, apply: Callable[[], None]) -> None:
        one = Mutant(at.lineno, at.col_offset, kind, _text(before), _text(after), apply)
        self._alike[one.id] += 1
        self.found.append(replace(one, number=self._alike[one.id]))

    def _swap(self, kind: str, holder: ast.AST, field: str, index: int | None, new: ast.AST) -> None:
        """The node in a field (or at a place of its list) becomes another."""
        value = getattr(holder, field)
        old = value if index is None else value[index]

        def apply() -> None:
            if index is None:
                setattr(holder, field, new)
            else:
                getattr(holder, field)[index] = new

        self._add(kind, old, old, new, apply)

    def _walk(self, node: ast.AST) -> None:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases", "keywords") and not isinstance(
                node, ast.Call
            ):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, ast.stmt):
                    self._statement(node, field, index, child)
                elif isinstance(child, ast.expr):
                    self._expression(node, field, index, child)
                elif isinstance(child, ast.AST):
                    self._walk(child)

    def _statement(self, holder: ast.AST, field: str, index: int | None, node: ast.stmt) -> None:
        if self._is_only_said(node):
            return
        told = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
        if told or isinstance(node, LEFT_OUT):
            self._swap("left out", holder, field, index, ast.Pass())
        if isinstance(node, ast.Raise):
            return  # of an error its being raised is tried, not its words
        self._flow(node)
        self._walk(node)
        if isinstance(node, ast.FunctionDef):
            self._bools.pop()

    def _flow(self, node: ast.stmt) -> None:
        """What is returned, which way it goes, whether it is repeated."""
        if isinstance(node, ast.FunctionDef):
            self._bools.append(isinstance(node.returns, ast.Name) and node.returns.id == "bool")
        if isinstance(node, ast.Return) and node.value and not isinstance(node.value, ast.Constant):
            for value in (True, False) if self._bools[-1] else (None,):
                self._swap("return", node, "value", None, ast.Constant(value))
        if isinstance(node, ast.If):
            self._swap("condition", node, "test", None, ast.Constant(value=True))
            self._swap("condition", node, "test", None, ast.Constant(value=False))
        if isinstance(node, ast.For):
            self._swap("no loop", node, "iter", None, ast.Tuple([], ast.Load()))

    def _is_only_said(self, node: ast.stmt) -> bool:
        """An import, a docstring, a message, or the names of a class's slots."""
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id
        return isinstance(node, ast.Import | ast.ImportFrom) or named in ("msg", "__slots__", "__all__")

    def _expression(self, holder: ast.AST, field: str, index: int | None, node: ast.expr) -> None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OF_TYPES:
            return
        if isinstance(node, ast.JoinedStr) and any(map(_is_sentence, node.values)):
            return
        if not (isinstance(holder, ast.Subscript) and isinstance(node, ast.Tuple)):  # dict[int, str]: a type
            for kind, new in _changes(node):
                if ast.dump(new) != ast.dump(node):
                    self._swap(kind, holder, field, index, new)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            for part in node.generators:
                for place in range(len(part.ifs)):
                    self._swap("condition", part, "ifs", place, ast.Constant(value=True))
        self._walk(node)


Changes = Iterator[tuple[str, ast.expr]]


def _changes(node: ast.expr) -> Changes:
    """What an expression may become, each with the kind of the change."""
    return OF_EXPRESSIONS[type(node)](node) if type(node) in OF_EXPRESSIONS else iter(())


def _is_sentence(node: ast.AST) -> bool:
    """Words for people, whose every change is harmless: what programs read has no space."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def _constant(node: ast.Constant) -> Changes:
    match node.value:
        case bool():
            yield "constant", ast.Constant(not node.value)
        case int() | float():
            yield "constant", ast.Constant(node.value + 1)
        case bytes():
            yield "constant", ast.Constant(node.value + b"x")
        case str() if not _is_sentence(node):
            yield "constant", ast.Constant(node.value + "x")


def _comparison(node: ast.Compare) -> Changes:
    for place, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            changed = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield "comparison", ast.Compare(node.left, changed, node.comparators)


def _arithmetic(node: ast.BinOp) -> Changes:
    if isinstance(node.op, ast.BitOr) and isinstance(node.right, ast.Name | ast.Constant):
        return  # A | B: a type
    yield "arithmetic", ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    yield "operand", node.left
    if isinstance(node.op, ast.Add):
        yield "operand", node.right


def _logic(node: ast.BoolOp) -> Changes:
    yield "logic", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield "part", ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def _sign(node: ast.UnaryOp) -> Changes:
    yield "sign", node.operand


def _choice(node: ast.IfExp) -> Changes:
    yield "condition", node.body
    yield "condition", node.orelse


def _slice(node: ast.Subscript) -> Changes:
    if not isinstance(node.slice, ast.Slice):
        return
    parts = {name: getattr(node.slice, name) for name in ("lower", "upper", "step")}
    for name, part in parts.items():
        if part:
            yield "slice", ast.Subscript(node.value, ast.Slice(**(parts | {name: None})), node.ctx)


def _items(node: ast.Tuple | ast.List) -> Changes:
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield "item", type(node)([*node.elts[:place], *node.elts[place + 1 :]], ast.Load())


def _call(node: ast.Call) -> Changes:
    name = ast.unparse(node.func)
    if name in OTHER_FUNCTION:
        yield "function", ast.Call(ast.Name(OTHER_FUNCTION[name], ast.Load()), node.args, node.keywords)
    if name in LEFT_OUT_FUNCTION and node.args:
        yield "function", node.args[0]
    if name in UNORDERED:
        return
    for place in range(len(node.args) - 1):
        turned = [*node.args[:place], node.args[place + 1], node.args[place], *node.args[place + 2 :]]
        yield "arguments", ast.Call(node.func, turned, node.keywords)


OF_EXPRESSIONS: dict[type[ast.expr], Callable[[Any], Changes]] = {
    ast.Constant: _constant,
    ast.Compare: _comparison,
    ast.BinOp: _arithmetic,
    ast.BoolOp: _logic,
    ast.UnaryOp: _sign,
    ast.IfExp: _choice,
    ast.Subscript: _slice,
    ast.Tuple: _items,
    ast.List: _items,
    ast.Call: _call,
}

# ---- one mutant, in a child ------------------------------------------------------------------------------------------


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """This module, no other."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed tree."""
        code = compile(ast.fix_missing_locations(self.tree), str(self.path), "exec")
        exec(code, module.__dict__)  # noqa: S102  our own code, changed


class Watch:
    """Puts the tests that killed others first, and remembers the one that fails."""

    def __init__(self, first: Counter[str]) -> None:
        self.first = first
        self.killer = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The best killers first."""
        items.sort(key=lambda item: -self.first[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first failure is the killer."""
        if report.failed and not self.killer:
            self.killer = report.nodeid


def _child(loader: Loader | None, arguments: list[str], first: Counter[str], out: Path, seconds: int) -> None:
    """Meet the tests; says by `out` how it went. So many seconds of a processor it may take: others may be busy too."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (4 * GiB, 4 * GiB))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    sink = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(sink, number)
    if loader:
        sys.meta_path.insert(0, loader)
    settings.register_profile(
        "mutate", deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
    )
    watch = Watch(first)
    quiet = ["-x", "-q", "--no-header", "--hypothesis-profile=mutate", "-W", "ignore::pytest.PytestWarning"]
    quiet += [f"--basetemp={out}.files"]
    quiet += [part for name in ("cacheprovider", "randomly", "xdist", "cov") for part in ("-p", f"no:{name}")]
    code = int(pytest.main([*quiet, *arguments], plugins=[watch]))
    modules = [name for name in sys.modules if name.split(".")[0] not in (*OURS, "conftest")]
    out.write_text(json.dumps({"code": code, "by": watch.killer, "modules": modules if code == 0 else []}))


@dataclass
class Running:
    """A child and what it tries."""

    mutant: Mutant | None
    out: Path
    end: float
    start: float


class Runner:
    """Forks children, as many at a time as asked."""

    def __init__(self, name: str, path: Path, tree: ast.Module, jobs: int, folder: Path) -> None:
        self.name, self.path, self.tree, self.jobs, self.folder = name, path, tree, jobs, folder
        self.first: Counter[str] = Counter()
        self.number = 0

    def _start(self, mutant: Mutant | None, arguments: list[str], seconds: float) -> tuple[int, Running]:
        self.number += 1
        out = self.folder / str(self.number)
        pid = os.fork()
        if not pid:
            try:
                if mutant:
                    mutant.apply()
                loader = Loader(self.name, self.path, self.tree) if mutant else None
                _child(loader, arguments, self.first, out, 1 + int(seconds))
            finally:
                os._exit(0)
        now = time.monotonic()
        return pid, Running(mutant, out, now + WAITING * seconds, now)

    def run(
        self, mutants: Sequence[Mutant | None], arguments: list[str], seconds: float
    ) -> Iterator[tuple[Mutant | None, dict[str, Any], float]]:
        """Each mutant (None: the file as it is) with what its child said, in the order in which they end."""
        waiting = list(reversed(mutants))
        running: dict[int, Running] = {}
        while waiting or running:
            while waiting and len(running) < self.jobs:
                pid, one = self._start(waiting.pop(), arguments, seconds)
                running[pid] = one
            for pid, one in list(running.items()):
                late = time.monotonic() > one.end
                if late:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                ended, status = os.waitpid(pid, 0 if late else os.WNOHANG)
                if ended:
                    del running[pid]
                    late = late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL))
                    said: dict[str, Any] = {"code": -1, "by": "time" if late else "", "modules": []}
                    if one.out.exists() and not late:
                        said = json.loads(one.out.read_text())
                    self.first[said["by"]] += 1
                    yield one.mutant, said, time.monotonic() - one.start
            time.sleep(0.01)


# ---- a file ----------------------------------------------------------------------------------------------------------


def _warm(modules: Sequence[str]) -> None:
    """Import what the tests import, but for our own code."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _survivors(runner: Runner, mutants: list[Mutant], stages: list[list[str]], kept: dict[str, str], log: Path) -> None:
    """Try all that are not in `kept` yet; fills it, and the log."""
    left: Sequence[Mutant] = [one for one in mutants if one.id not in kept]
    for number, arguments in enumerate(stages):
        if not left:
            return
        ((_, said, seconds),) = runner.run([None], arguments, 600)
        if said["code"]:
            raise SystemExit(f"The tests fail before anything is changed: {arguments}, {said['by']}")
        _warm(said["modules"])
        runner.first.pop("", None)
        limit = 4 + 6 * seconds
        alive = []
        for done, (mutant, found, _) in enumerate(runner.run(left, arguments, limit), 1):
            assert mutant is not None  # noqa: S101  for the type checker
            if not found["code"]:
                alive.append(mutant)
            if found["code"] or number == len(stages) - 1:
                kept[mutant.id] = "" if not found["code"] else found["by"] or "import"
                with log.open("a") as file:
                    file.write(json.dumps([mutant.id, kept[mutant.id]]) + "\n")
            if sys.stderr.isatty():
                sys.stderr.write(f"\r  {done}/{len(left)}, {len(alive)} alive ")
        sys.stderr.write(f"  {len(alive)}/{len(left)} survive {' '.join(arguments)} ({seconds:.1f} s)\n")
        left = alive


def _file(path: Path, options: argparse.Namespace) -> tuple[int, int, list[Mutant]]:
    """How many mutants the file has, how many were tried, and which of these survive."""
    source = path.read_bytes()
    where = path.relative_to(ROOT)
    tree = ast.parse(source)
    every = [one for one in Finder(tree).found if not options.kind or one.kind in options.kind]
    chosen = every
    if options.sample and options.sample < len(every):
        chosen = Random(options.seed).sample(every, options.sample)  # noqa: S311  a choice that can be repeated
    if options.list:
        sys.stdout.writelines(f"{where}:{one.id}\n" for one in every)
        return len(every), 0, []
    stages = (TESTS.get(str(where)) or TESTS[str(where.parent)])[: 1 if options.fast else None]
    mark = hashlib.sha256(source + json.dumps(stages).encode()).hexdigest()[:12]
    KEPT.mkdir(parents=True, exist_ok=True)
    log = KEPT / f"{'.'.join(where.with_suffix('').parts)}-{mark}.jsonl"
    kept: dict[str, str] = dict(map(json.loads, log.read_text().splitlines())) if log.exists() else {}
    if options.again:
        kept = {name: by for name, by in kept.items() if by}
    name = ".".join(where.with_suffix("").parts)
    with tempfile.TemporaryDirectory() as folder:
        _survivors(Runner(name, path, tree, options.jobs, Path(folder)), chosen, stages, kept, log)
    return len(every), len(chosen), [one for one in chosen if not kept[one.id]]


def main() -> None:
    """Print a table, and every survivor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="try so many of a file's mutants, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--fast", action="store_true", help="the first tests of the folder alone")
    parser.add_argument("--kind", action="append", help="changes of this kind alone (comparison, part, left out …)")
    parser.add_argument("--again", action="store_true", help="try known survivors anew")
    parser.add_argument("--list", action="store_true", help="print the mutants, try none")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    rows = []
    for path in options.files:
        sys.stderr.write(f"{path}\n")
        every, tried, alive = _file(path.resolve(), options)
        rows.append(f"| {path} | {every} | {tried} | {tried - len(alive)} | {len(alive)} |\n")
        for one in sorted(alive, key=lambda one: (one.line, one.column)):
            sys.stdout.write(f"{path}:{one.id}\n")
        sys.stdout.flush()
    sys.stdout.writelines(["| file | mutants | tried | killed | survivors |\n| --- | --- | --- | --- | --- |\n", *rows])


if __name__ == "__main__":
    main()
