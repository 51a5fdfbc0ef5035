"""What import-linter cannot say of docs/architecture.md, section 2."""

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "governance"
VERIFIER = PACKAGE / "verifier"
CORE = ("errors", "crypto", "count", "board", "domain")
FRAMEWORKS = {"flask", "flask_login", "flask_sqlalchemy", "sqlalchemy", "wtforms", "click", "werkzeug", "jinja2"}


def imported(path: Path) -> set[str]:
    """The first names of the modules that a file imports; its own package's are not among them."""
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    beyond = {"beyond the verifier" for node in nodes if isinstance(node, ast.ImportFrom) and node.level > 1}
    return {name.partition(".")[0] for name in plain | parts | beyond}


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(cwd), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=plain)


@pytest.mark.parametrize("path", sorted(VERIFIER.glob("**/*.py")), ids=lambda path: path.name)
def test_the_verifier_needs_only_the_standard_library(path: Path) -> None:
    assert imported(path) <= sys.stdlib_module_names


def test_the_verifier_runs_alone(tmp_path: Path) -> None:
    if not (VERIFIER / "__main__.py").is_file():
        pytest.skip("the verifier is not written yet")
    shutil.copytree(VERIFIER, tmp_path / "verifier")

    started = run(sys.executable, "-S", "-m", "verifier", "--help", cwd=tmp_path)

    assert started.returncode == 0, started.stderr
    assert "record" in started.stdout.lower()


def test_the_core_knows_no_framework() -> None:
    files = (path for part in CORE for path in [PACKAGE / f"{part}.py", *(PACKAGE / part).glob("**/*.py")])
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files if path.is_file()]
    code = f"import sys, {', '.join(modules)}; print(*sorted({FRAMEWORKS} & set(sys.modules)))"

    seen = run(sys.executable, "-c", code, cwd=ROOT)

    assert len(modules) > 10
    assert seen.returncode == 0, seen.stderr
    assert seen.stdout.split() == []


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, governance; print(*(name for name in sys.modules if name.startswith('governance.')))"

    assert run(sys.executable, "-c", code, cwd=ROOT).stdout.split() == []


# ---- what docs/style.md and docs/architecture.md say ------------------------------------------------------------------

MOST_LINES = 400
LONGER = {
    "board/entries.py",
    "domain/calendar.py",
    "services/consents.py",
    "services/objections.py",
    "services/records.py",
    "services/seat_requests.py",
}
"""To be made shorter, never more: whoever splits one takes its name away."""


def test_no_other_file_is_long() -> None:
    files = {path: path.read_bytes().count(b"\n") for path in PACKAGE.glob("**/*.py")}

    assert {str(path.relative_to(PACKAGE)) for path, lines in files.items() if lines >= MOST_LINES} == LONGER


def unexplained(source: str) -> Iterator[int]:
    """The lines of whatever is caught whole and not raised again, or asserted, without a reason beside or above it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            caught = "BaseException" if node.type is None else ast.unparse(node.type)
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if again or not re.search(r"\b(Base)?Exception\b", caught):
                continue
        elif not isinstance(node, ast.Assert):
            continue
        beside = (comments.get(node.lineno - 1, ""), comments.get(node.lineno, ""))
        if not any(re.sub(r"noqa: [A-Z0-9, ]+|[# -]", "", comment) for comment in beside):
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("assert x", [1]),
        ("assert x  # noqa: S101", [1]),
        ("assert x  # noqa: S101  it was looked at", []),
        ("# it was looked at\nassert x", []),
        ("try:\n    x()\nexcept Exception:\n    y()", [3]),
        ("try:\n    x()\nexcept (A, Exception):\n    y()", [3]),
        ("try:\n    x()\nexcept:\n    y()", [3]),
        ("try:\n    x()\nexcept BaseException:\n    y()\n    raise", []),
        ("try:\n    x()\nexcept ExceptionGroup:\n    y()", []),
        ("try:\n    x()\nexcept Exception:  # whatever it is\n    y()", []),
    ],
    ids=range(10),
)
def test_what_is_unexplained_is_found(source: str, lines: list[int]) -> None:
    assert list(unexplained(source)) == lines


def test_what_is_caught_whole_or_asserted_has_its_reason_beside_it() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(PACKAGE.glob("**/*.py"))
        for line in unexplained(path.read_text("utf-8"))
    ]

    assert found == []


def folders_of_the_tree() -> set[Path]:
    """The folders below governance/ that docs/architecture.md names, by how far their lines stand in."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    tree = text.partition("\ngovernance/\n")[2].partition("\ntests/")[0]
    above, named = {0: PACKAGE}, set()
    for indent, name in re.findall(r"^( +)([a-z_]+)/ ", tree, re.MULTILINE):
        above = {depth: path for depth, path in above.items() if depth < len(indent)}
        above[len(indent)] = above[max(above)] / name
        named.add(above[len(indent)])
    return named


def test_the_tree_of_the_architecture_names_every_folder_and_no_other() -> None:
    named = folders_of_the_tree()
    packages = {path.parent for path in PACKAGE.glob("**/__init__.py")} - {PACKAGE}

    assert [path for path in named if not path.is_dir()] == []
    assert packages - named == {PACKAGE / "store" / "migrations" / "versions"}
