"""Our scripts, styles and pictures: each at an address that begins with its hash, so that no page meets another version's.

They are read once, when the application starts: a page, and what it loads, are of one version, whatever is put into the
folder meanwhile. At an address with a hash there are those bytes or nothing, so a browser may keep them for ever. At the
address without one there is the file as it is now, for people who compare it with a release.

A script must be the one that the build wrote into dist/manifest.json; else it counts as not built.
"""

import json
import logging
from base64 import urlsafe_b64encode
from hashlib import sha384
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, current_app, request
from jinja2 import FunctionLoader
from werkzeug.exceptions import NotFound

from governance.web.access import public

BUILT = "dist/"
MANIFEST = "dist/manifest.json"
MARK = 16
"""Letters of the hash in an address: 96 bits of it. The whole of it stands in the page (Subresource Integrity)."""
YEAR = 365 * 24 * 60 * 60
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_OURS = "governance files"


class File(NamedTuple):
    """One file; `integrity` is empty where no build vouches for it."""

    data: bytes
    mark: str
    integrity: str


def mark(data: bytes) -> str:
    """What stands in the address of a file: the beginning of its SHA-384, in the letters of base64url."""
    return urlsafe_b64encode(sha384(data).digest()).decode()[:MARK]


def read(folder: Path) -> dict[str, File]:
    """The files below a folder by their names; without those of dist/ that are not what was built."""
    names = {one.relative_to(folder).as_posix(): one for one in folder.rglob("*") if one.suffix in TYPES}
    built: dict[str, str] = json.loads(names[MANIFEST].read_text("utf-8")) if MANIFEST in names else {}
    found = {}
    for name, path in sorted(names.items()):
        data = path.read_bytes()
        said = built.get(name.removeprefix(BUILT), "") if name.startswith(BUILT) and name != MANIFEST else ""
        if said and mark(data) != _mark_of(said):
            logging.getLogger(__name__).error("%s is not what was built: make has to make it anew", name)
            continue
        found[name] = File(data, mark(data), said)
    return found


def _mark_of(integrity: str) -> str:
    return integrity.removeprefix("sha384-").replace("+", "-").replace("/", "_")[:MARK]


def integrity(name: str) -> str:
    """What a page says of a script that it loads; empty if it was not built."""
    found = _files().get(BUILT + name)
    return found.integrity if found else ""


@public
def show(filename: str) -> Response:
    """A file, by its name or by hash and name.

    Raises:
        NotFound: There is none of that name, or it has another hash here.
    """
    asked, _, name = filename.partition("/")
    by_hash = filename not in _files()
    found = _files().get(name if by_hash else filename)
    if found is None or (by_hash and asked != found.mark):
        raise NotFound
    response = Response(found.data, mimetype=TYPES[Path(filename).suffix])
    response.cache_control.no_cache = None if by_hash else True
    if by_hash:
        response.cache_control.public = response.cache_control.immutable = True
        response.cache_control.max_age = YEAR
    response.set_etag(found.mark)
    response.make_conditional(request, accept_ranges=True, complete_length=len(found.data))
    return response


def load(app: Flask) -> None:
    """Read the files of an application."""
    app.extensions[_OURS] = read(Path(str(app.static_folder)))


def keep_templates(app: Flask, folder: Path) -> None:
    """Read the templates now: pages that are first asked for during an upgrade are still those of this version."""
    texts = {one.relative_to(folder).as_posix(): (one.read_text("utf-8"), str(one)) for one in folder.rglob("*.html")}
    app.jinja_loader = FunctionLoader(lambda name: (*texts[name], None) if name in texts else None)


def _files() -> dict[str, File]:
    files: dict[str, File] = current_app.extensions[_OURS]
    return files


def _put_hash(endpoint: str, values: dict[str, object]) -> None:
    """Every address that a template asks for has the hash in it."""
    found = _files().get(str(values.get("filename"))) if endpoint == "static" else None
    if found is not None:
        values["filename"] = f"{found.mark}/{values['filename']}"


def register(app: Flask) -> None:
    """Bind it to an application."""
    load(app)
    app.view_functions["static"] = show
    app.url_defaults(_put_hash)
