"""Answers are compressed where no secret is in them, and only there."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from governance.web import compression
from tests.services.a_record import write_record
from tests.services.stage import Stage, a_stage
from tests.web.browser import AT, Someone, application

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
STATIC = ("style.css", "booth.css", "dist/booth.js", "dist/receipt.js")
BUDGET = 60_000


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("packed")) as made:
        made.until_open(8)
        yield made


@pytest.fixture(scope="module")
def served(opened: Stage) -> Flask:
    return application(opened)


@pytest.fixture
def someone(served: Flask, opened: Stage) -> Callable[[str], Someone]:
    return lambda member: Someone(served, opened).let_in(member)


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(address, headers=GZIP | headers, buffered=True)


@pytest.mark.parametrize("name", STATIC)
def test_a_static_file_is_compressed_and_is_the_same_file(served: Flask, name: str) -> None:
    client = served.test_client()
    plain = client.get(f"/static/{name}", buffered=True)

    packed = get(client, f"/static/{name}")
    again = get(client, f"/static/{name}", **{"If-None-Match": packed.headers["ETag"]})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert all("Accept-Encoding" in one.headers["Vary"] for one in (packed, plain))
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert (again.status_code, again.data) == (304, b"")
    assert packed.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]


@pytest.mark.parametrize("wanted", ["", "identity", "gzip;q=0", "br"])
def test_who_does_not_take_gzip_gets_the_file_itself(client: FlaskClient, wanted: str) -> None:
    answer = client.get("/static/style.css", headers={"Accept-Encoding": wanted}, buffered=True)

    assert "Content-Encoding" not in answer.headers
    assert b"color-scheme" in answer.data


def test_a_part_of_a_file_stays_a_part_of_the_file(client: FlaskClient) -> None:
    whole = client.get("/static/style.css", buffered=True).data

    part = get(client, "/static/style.css", Range="bytes=10-19")

    assert (part.status_code, part.data) == (206, whole[10:20])


def test_a_page_without_secrets_is_compressed(client: FlaskClient, folder: Path) -> None:
    write_record(folder)

    packed, plain = get(client, "/"), client.get("/")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert {"Accept-Encoding", "Cookie"} <= set(re.split(r", *", packed.headers["Vary"]))


def test_a_record_is_a_zip_already(client: FlaskClient, folder: Path) -> None:
    path = write_record(folder)

    answer = get(client, f"/records/{path.name}")

    assert "Content-Encoding" not in answer.headers
    assert answer.data == path.read_bytes()


def test_no_page_with_a_token_or_for_a_person_is_compressed(served: Flask, someone: Callable[[str], Someone]) -> None:
    stranger, officer = served.test_client(), someone("officer").client
    tokens = 0
    for client, address in [
        (served.test_client(), "/sign-in"),
        (stranger, "/sign-in?next=/home"),
        (stranger, "/"),
        (officer, "/home"),
        (officer, AT),
        (officer, f"{AT}/vote"),
        (officer, f"{AT}/board"),
        (officer, "/officer/"),
        (officer, "/practice"),
        (officer, "/nowhere"),
        (officer, "/"),
    ]:
        answer = get(client, address)
        assert "Content-Encoding" not in answer.headers, address
        tokens += "csrf" in answer.text
    assert tokens >= 8


def test_nothing_that_is_compressed_ever_has_a_token_in_it(served: Flask) -> None:
    """Every public page, as a stranger's first look: whatever is compressed sets no cookie and has no token."""
    seen = 0
    for address in (AT, f"{AT}/board", f"{AT}/vote", f"{AT}/receipt", "/practice", "/", "/sign-in", f"{AT}/manifest"):
        answer = get(served.test_client(), address)
        if answer.headers.get("Content-Encoding") == "gzip":
            text = gzip.decompress(answer.data).decode()
            assert "csrf" not in text
            assert "Set-Cookie" not in answer.headers
            assert not re.search(r'data-token="."', text)
            seen += 1
    assert seen >= 5


def test_what_is_the_same_for_all_is_compressed_for_members_too(someone: Callable[[str], Someone]) -> None:
    client = someone("m1").client
    for path in ("manifest", "entries?from=0&to=9"):
        packed = get(client, f"{AT}/{path}")
        plain = client.get(f"{AT}/{path}")
        assert gzip.decompress(packed.data) == plain.data
        again = get(client, f"{AT}/{path}", **{"If-None-Match": packed.headers["ETag"]})
        assert again.status_code == 304


def test_what_depends_on_who_asks_is_never_marked_as_the_same_for_all(served: Flask) -> None:
    marked = {name for name, view in served.view_functions.items() if getattr(view, "same_for_all", False)}

    assert marked == {"board.manifest", "board.statements", "board.entries", "results.style", "seats.export"}


def test_a_short_answer_stays_as_it_is(served: Flask) -> None:
    answer = get(served.test_client(), f"{AT}/statements")

    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) < compression.LEAST


def test_the_booth_and_all_that_it_loads_stay_within_the_budget(someone: Callable[[str], Someone]) -> None:
    client = someone("m1").client
    page = get(client, f"{AT}/vote")
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)

    sizes = {name.split("/", 3)[3]: len(get(client, name).data) for name in files}

    assert {"dist/booth.js", "booth.css", "style.css"} <= sizes.keys()
    assert len(page.data) + sum(sizes.values()) <= BUDGET, sizes
