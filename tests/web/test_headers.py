"""Every answer tells the browser to load our own files and nothing else; no page needs more."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.services.a_record import write_record

ADDRESSES = ["/", "/nowhere", "/static/style.css", "/records/advisory-2026.record.zip"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_protected(client: FlaskClient, folder: Path, address: str) -> None:
    write_record(folder)

    headers = client.get(address, buffered=True).headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["img-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


def test_an_unexpected_error_is_protected_too(client: FlaskClient) -> None:
    client.application.config["RECORDS"] = None  # Path(None) is a TypeError
    client.application.config["PROPAGATE_EXCEPTIONS"] = False

    response = client.get("/")

    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("record", [True, False])
def test_no_page_has_a_script_or_a_style_of_its_own(client: FlaskClient, folder: Path, *, record: bool) -> None:
    if record:
        write_record(folder)

    for address in ("/", "/nowhere"):
        page = client.get(address).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
