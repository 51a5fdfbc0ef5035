"""`governance check-booth`: whether a server hands out the booth of a release, and nothing beside it.

Compared are the page and every file that it loads. What a server hands out can differ from reader to reader, so this
says what it handed out here and now; whoever doubts it asks from elsewhere, and tests a seal (`governance open-seal`).
"""

import re
import sys
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha384
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import click

from governance.cli.verify import FAILED
from governance.errors import MalformedError
from governance.offline.asking import shown
from governance.offline.fetching import Server
from governance.offline.files import opened
from governance.web import files
from governance.web.headers import CONTENT_SECURITY_POLICY

STATIC = "/static/"
BOOTH = "dist/booth.js"
_INSIDE = "governance/web/static/"
_MOST = 2**24
_SECONDS = 120
_PATH = re.compile(rf"{STATIC}(?:([A-Za-z0-9_-]{{{files.MARK}}})/)?([a-z0-9_./]+)")
"""With or without the beginning of the file's hash."""
_IMPORT = re.compile(rb"\bimport\b")
"""Our bundles have not even the word."""
_LOADS = re.compile(rb"@import|url\s*\(", re.IGNORECASE)
_HANDLER = re.compile(r"on[a-z]+", re.ASCII)
_FORBIDDEN = {"applet", "audio", "base", "embed", "frame", "frameset", "iframe", "object", "style", "video", "portal"}


def read_release(path: Path | None) -> dict[str, bytes]:
    """The browser's files of a release by their names under /static/: a wheel, a folder, or what is installed here.

    Raises:
        MalformedError: There is no booth in it.
    """
    if path is None:
        root = Path(files.__file__).parent / "static"
    elif path.is_dir():
        root = next((one for one in (path / _INSIDE, path / "static", path) if (one / BOOTH).is_file()), path)
    else:
        return _needs_booth(_from_wheel(path))
    return _needs_booth({str(one.relative_to(root).as_posix()): one.read_bytes() for one in _files(root)})


def _files(root: Path) -> Iterator[Path]:
    return (one for one in root.rglob("*") if one.is_file()) if (root / BOOTH).is_file() else iter(())


def _from_wheel(path: Path) -> dict[str, bytes]:
    try:
        with opened(path) as file, zipfile.ZipFile(file) as archive:
            listed = [one for one in archive.infolist() if one.filename.startswith(_INSIDE) and not one.is_dir()]
            _refuse_large(one.file_size for one in listed)
            return {one.filename.removeprefix(_INSIDE): archive.read(one) for one in listed}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
        msg = f"{path} is no wheel"
        raise MalformedError(msg) from None


def _refuse_large(sizes: Iterable[int]) -> None:
    if any(size > _MOST for size in sizes):
        msg = "a file in the wheel is far too large"
        raise MalformedError(msg)


def _needs_booth(release: dict[str, bytes]) -> dict[str, bytes]:
    if BOOTH not in release:
        msg = f"there is no booth in the release: {_INSIDE}{BOOTH} is missing"
        raise MalformedError(msg)
    return release


def digest(data: bytes) -> str:
    """As a page says it of a file that it loads (Subresource Integrity)."""
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"


@dataclass(slots=True)
class Page(HTMLParser):
    """What a page loads, and what no page of ours has."""

    loads: list[tuple[str, str, str | None]] = field(default_factory=list)
    """(tag, address, integrity) of each file."""
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin."""
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        given = {name: value or "" for name, value in reversed(attrs)}  # of two alike, a browser takes the first
        handlers = [name for name in given if _HANDLER.fullmatch(name)]
        if handlers:
            self.odd.append(f"code of its own, in {handlers[0]} of <{tag}>")
        if "style" in given:
            self.odd.append(f"a style of its own, at <{tag}>")
        if any(value.strip().lower().startswith(("javascript:", "data:", "vbscript:")) for value in given.values()):
            self.odd.append(f"code in an address, at <{tag}>")
        if tag in _FORBIDDEN:
            self.odd.append(f"<{tag}>, which no page of ours has")
        elif tag == "script":
            if "src" in given:
                self.loads.append((tag, given["src"], given.get("integrity")))
            else:
                self.odd.append("a script of its own")
        elif tag == "link":
            self.loads.append((tag, given.get("href", ""), given.get("integrity")))
        elif tag == "meta" and "http-equiv" in given:
            self.odd.append(f"<meta http-equiv={given['http-equiv']!r:.40}>")
        else:
            self.loads += [(tag, given[name], None) for name in ("src", "srcset", "background") if name in given]


@dataclass(slots=True)
class Comparison:
    """What was found; each line is a sentence for people."""

    held: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)


def compare(address: str, server: Server, release: dict[str, bytes]) -> Comparison:
    """Compare a booth's page and all that it loads with a release.

    Args:
        address: Of the page.
        server: Of that origin.
        release: Files by their names under /static/.

    Raises:
        MalformedError: It cannot be read, or is no booth.
    """
    answer = server.ask(urlsplit(address).path or "/", _MOST)
    page, found = Page(), Comparison()
    try:
        page.feed(answer.data.decode("utf-8", "replace"))
        page.close()
    except AssertionError:  # the parser's word for a declaration that it does not know
        page.odd.append("a declaration that no page of ours has")
    names = [name for tag, where, _ in page.loads if tag == "script" and (name := _place(address, where)[1])]
    if BOOTH not in names:
        msg = "this page is no booth, for it does not load booth.js. Voting may be closed; the address ends with /vote"
        raise MalformedError(msg)
    found.differs += [f"The page has {what}." for what in page.odd]
    if len(re.findall(rb"<script", answer.data, re.IGNORECASE)) != sum(tag == "script" for tag, _, _ in page.loads):
        found.differs.append("The page has a script where none is to be seen.")
    policy = answer.headers.get("Content-Security-Policy", "")
    if policy != CONTENT_SECURITY_POLICY:
        found.differs.append(
            "The page lets a browser load other things than the release does (Content-Security-Policy)."
        )
    found.differs += [
        f"The page is sent with the header {name}." for name in ("Refresh", "Link") if name in answer.headers
    ]
    for tag, where, integrity in page.loads:
        _compare_file(found, server, release, (address, where), tag, integrity)
    return found


def _place(address: str, where: str) -> tuple[str, str]:
    """The hash in the address of a file of the page's own origin, and its name; both empty for any other.

    Releases before the first had no hash there.
    """
    try:
        whole = urlsplit(urljoin(address, where))
    except ValueError:  # no browser loads it either; it is no file of the release
        return "", ""
    same = whole[:2] == urlsplit(address)[:2] and not whole.query
    found = _PATH.fullmatch(whole.path) if same else None
    return (found[1] or "", found[2]) if found else ("", "")


def _compare_file(
    found: Comparison, server: Server, release: dict[str, bytes], at: tuple[str, str], tag: str, integrity: str | None
) -> None:
    (mark, name), where = _place(*at), shown(at[1])[:200]
    if name not in release:
        found.differs.append(f"{where}: the release has no such file.")
        return
    expected = digest(release[name])
    served = server.ask(STATIC + (f"{mark}/" if mark else "") + name, _MOST).data
    if digest(served) != expected:
        found.differs.append(
            f"{name}: it is not the file of the release. Served: {digest(served)}. Release: {expected}."
        )
    elif mark and mark != files.mark(release[name]):
        found.differs.append(f"{name}: the page asks for it at the address of another file: {where}.")
    elif (integrity or tag == "script") and integrity != expected:
        found.differs.append(f"{name}: the page expects another file than that of the release.")
    elif (name.endswith(".js") and _IMPORT.search(served)) or (name.endswith(".css") and _LOADS.search(served)):
        found.differs.append(f"{name}: it loads further files, which were not compared.")
    else:
        found.held.append(f"{name}  {expected}")


@click.command("check-booth")
@click.argument("url")
@click.option(
    "--release",
    type=click.Path(exists=True, path_type=Path),
    help="A wheel, or a folder with a release. Without it: the version that is installed here.",
)
def command(url: str, release: Path | None) -> None:
    """Compare the booth that a server hands out at URL, and all that it loads, with a release.

    URL is the address of a booth (…/vote, while voting is open) or of the practice ballot (/practice).

    Exit code 0: all of it is the release's. 1: something differs. 2: there is no booth, or the call is wrong.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    server = Server(f"{parts.scheme}://{parts.netloc}", _SECONDS, "URL")
    found = compare(url, server, read_release(release))
    what = shown(str(release)) if release else f"governance {version('governance')}, as installed here"
    click.echo(f"Compared with: {what}")
    for line in found.held:
        click.echo(f"same      {line}")
    for line in found.differs:
        click.echo(f"DIFFERS   {line}")
    if found.differs:
        click.echo(
            "REFUSED: this is not the booth of the release. Do not vote here; tell the election's officers and auditors."
        )
        sys.exit(FAILED)
    click.echo("The booth that was served here is the release's.")
