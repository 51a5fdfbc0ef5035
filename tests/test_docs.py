"""The documents say what is there: sections, commands, links."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SPECS = ("protocol", "counting", "interfaces", "architecture")
REFERENCE = re.compile(rf"({'|'.join(SPECS)})\.md,? sections? ((?:[0-9]+(?:\.[0-9]+)?[a-z]?(?:, | and | to )?)+)")
HEADING = re.compile(r"#+ ([0-9]+(?:\.[0-9]+)?[a-z]?)[. ]")
STEP = re.compile(r"([0-9]+)\. ")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PROMISE = re.compile(r"^\| (P[0-9]+) \|.*$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def ours(*patterns: str) -> list[Path]:
    """Files that are committed, or would be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def references(path: Path) -> set[tuple[str, str]]:
    """(document, section) for each section that a file names."""
    text = re.sub(r"\s*\n[#\s]*", " ", path.read_text("utf-8"))  # a reference may be wrapped, also in a comment
    found = REFERENCE.findall(text)
    return {(name, number) for name, numbers in found for number in re.findall(r"[0-9]+(?:\.[0-9]+)?[a-z]?", numbers)}


def sections(spec: str) -> set[str]:
    """The numbers of a document's sections, and of the numbered steps in them: 6.3 is step 3 of section 6."""
    found, current = set(), ""
    for line in (DOCS / f"{spec}.md").read_text("utf-8").splitlines():
        if heading := HEADING.match(line):
            current = heading[1]
            found.add(current)
        elif step := STEP.match(line):
            found.add(f"{current}.{step[1]}")
    return found


@pytest.mark.parametrize("spec", SPECS)
def test_every_section_that_code_names_exists(spec: str) -> None:
    there = sections(spec)
    named = {
        (number, str(path.relative_to(ROOT)))
        for path in ours("*.py", "*.js", "*.html", "*.toml")
        for name, number in references(path)
        if name == spec
    }

    assert sorted(place for place in named if place[0] not in there) == []


def test_the_protocol_is_named_by_the_code() -> None:
    assert len({reference for path in ours("governance/*.py") for reference in references(path)}) > 5


def test_the_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert "make run" in readme
    assert "make test" in readme


def test_the_readme_lists_every_make_command() -> None:
    commands = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert len(commands) > 5
    assert [name for name in commands if f"`make {name}" not in (ROOT / "README.md").read_text("utf-8")] == []


@pytest.mark.parametrize("path", ours("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(path.read_text("utf-8")) if "://" not in link]

    assert [target for target in targets if target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", ours("*.md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_is_named_is_there(path: Path) -> None:
    named = TEST.findall(path.read_text("utf-8"))
    defined = {file: (ROOT / file).read_text("utf-8") if (ROOT / file).exists() else "" for file, _ in named}

    assert [f"{file}::{test}" for file, test in named if f"\ndef {test}(" not in defined[file]] == []


def test_every_promise_names_a_test() -> None:
    promises = list(PROMISE.finditer((DOCS / "threat-model.md").read_text("utf-8")))

    assert [match[1] for match in promises] == [f"P{number}" for number in range(1, len(promises) + 1)]
    assert len(promises) >= 10
    assert [match[1] for match in promises if not TEST.search(match[0])] == []


def test_no_committed_file_names_a_registry() -> None:
    hosts = re.compile(r"--(?:extra-)?index-url|\"resolved\": *\"https?:|files\.python" + r"hosted\.org|pypi\." + "org")

    assert [
        path.name
        for path in ours("*.txt", "*.toml", "*.json", "*.cfg", "Makefile", "*.md")
        if hosts.search(path.read_text("utf-8"))
    ] == []
