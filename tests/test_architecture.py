"""What import-linter cannot say of docs/architecture.md, section 2."""

import ast
import os
import shutil
import subprocess
import sys
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
