"""A page and what it loads are of one version, before, while and after the files of the next one are put in place."""

import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha384
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from governance.web import files
from governance.web.app import create_app

STATIC = Path(__file__).parents[2] / "governance" / "web" / "static"
TEMPLATES = STATIC.parents[2] / "templates"
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A folder of files of the test's own."""
    return shutil.copytree(STATIC, tmp_path / "static")


@pytest.fixture
def served(app: Flask, static: Path) -> Flask:
    app.static_folder = str(static)
    files.load(app)
    return app


def upgrade(static: Path) -> None:
    """Put the files of another version in place, as the build does."""
    built = {}
    for one in (static / "dist").glob("*.js"):
        one.write_bytes(one.read_bytes() + b"\n// another version\n")
        built[one.name] = integrity(one.read_bytes())
    (static / "dist" / "manifest.json").write_text(json.dumps(built))
    (static / "style.css").write_text("body { color: red }")


def integrity(data: bytes) -> str:
    return f"sha384-{b64encode(sha384(data).digest()).decode()}"


def loaded(client: FlaskClient, page: str = "/practice") -> Iterator[tuple[str, str]]:
    """What a page loads, and the hash that it gives for it."""
    for tag in re.findall(r"<(?:script|link)[^>]+>", client.get(page).text):
        said = re.search(r'integrity="([^"]+)"', tag)
        yield LOADED.findall(tag)[0], said[1] if said else ""


def test_every_file_has_an_address_of_its_own_bytes_that_may_be_kept_for_ever(client: FlaskClient) -> None:
    seen = {}
    for address, said in loaded(client):
        answer = client.get(address)
        seen[address.split("/", 3)[3]] = said
        assert address.split("/")[2] == integrity(answer.data)[7:23].replace("+", "-").replace("/", "_")
        assert answer.headers["Cache-Control"] == "public, immutable, max-age=31536000"
        assert answer.headers["ETag"]
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers["Vary"]
        assert said in ("", integrity(answer.data))

    assert seen.keys() == {"icon.svg", "style.css", "booth.css", "dist/booth.js", "dist/sealing.js"}
    assert seen["dist/booth.js"]
    assert seen["dist/sealing.js"]


def test_the_address_without_a_hash_is_looked_up_each_time(client: FlaskClient) -> None:
    answer = client.get("/static/dist/booth.js")
    again = client.get("/static/dist/booth.js", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304
    manifest = client.get("/static/dist/manifest.json").get_json()
    assert manifest["booth.js"] == integrity(answer.data)


@pytest.mark.parametrize(
    "path",
    [
        "AAAAAAAAAAAAAAAA/dist/booth.js",
        "x/style.css",
        "{mark}/booth.css",
        "{mark}",
        "{mark}/",
        "dist",
    ],
)
def test_at_another_hash_there_is_nothing(client: FlaskClient, path: str) -> None:
    mark = files.mark((STATIC / "style.css").read_bytes())

    answer = client.get(f"/static/{path.format(mark=mark)}")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_page_that_is_asked_for_during_an_upgrade_loads_what_it_was_made_for(served: Flask, static: Path) -> None:
    client = served.test_client()
    before = {address: client.get(address).data for address, _ in loaded(client)}

    upgrade(static)

    during = dict(loaded(client))
    assert {address: client.get(address).data for address in during} == before
    assert [said for address, said in during.items() if address.endswith(".js")] == [
        integrity(data) for address, data in before.items() if address.endswith(".js")
    ]


def test_after_an_upgrade_no_address_of_the_old_version_gives_the_new_one(served: Flask, static: Path) -> None:
    client = served.test_client()
    old = dict(loaded(client))
    upgrade(static)
    files.load(served)  # as the next process does

    new = dict(loaded(client))

    changed = {address for address in old if address.endswith(("booth.js", "/style.css"))}
    assert len(changed) == 2
    assert changed.isdisjoint(new)
    assert {client.get(address).status_code for address in changed} == {404}
    for address, said in new.items():
        assert said in ("", integrity(client.get(address).data))


def test_a_script_that_is_not_what_was_built_counts_as_not_built(served: Flask, static: Path) -> None:
    with (static / "dist" / "booth.js").open("ab") as file:
        file.write(b"\n")
    files.load(served)

    assert served.test_client().get("/practice").status_code == 503
    assert served.test_client().get("/static/dist/booth.js").status_code == 404


def test_templates_that_are_first_wanted_during_an_upgrade_are_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(TEMPLATES, tmp_path / "templates")
    monkeypatch.setattr("governance.web.app._templates", lambda: folder)
    app = create_app({"RECORDS": tmp_path})

    for one in folder.rglob("*.html"):
        one.write_text("another version")

    assert "Practise voting" in app.test_client().get("/practice").text


def test_no_template_names_a_file_otherwise(app: Flask) -> None:
    texts = {one: one.read_text("utf-8") for one in TEMPLATES.rglob("*.html")}
    named = {name for text in texts.values() for name in re.findall(r"url_for\('static', filename='([^']+)'\)", text)}

    assert [one for one, text in texts.items() if "/static" in text] == []
    assert {"style.css", "booth.css", "booklet.css", "dist/booth.js"} <= named
    with app.test_request_context():
        assert all(re.fullmatch(rf"/static/[\w-]{{16}}/{name}", app.url_for("static", filename=name)) for name in named)
