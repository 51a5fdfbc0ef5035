"""The record is handed out as it is, under its own name, and the address is never a path."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.services.a_record import write_record

ADDRESS = "/records/advisory-2026.record.zip"


def test_the_record_comes_as_a_file_to_keep(client: FlaskClient, folder: Path) -> None:
    path = write_record(folder)

    response = client.get(ADDRESS, buffered=True)

    assert response.status_code == 200
    assert response.data == path.read_bytes()
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == "attachment; filename=advisory-2026.record.zip"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Length"] == str(path.stat().st_size)


def test_who_has_it_already_is_told_so(client: FlaskClient, folder: Path) -> None:
    write_record(folder)
    first = client.get(ADDRESS, buffered=True)

    again = client.get(ADDRESS, buffered=True, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""


def test_a_broken_download_can_go_on(client: FlaskClient, folder: Path) -> None:
    path = write_record(folder)

    rest = client.get(ADDRESS, buffered=True, headers={"Range": "bytes=10-"})

    assert rest.status_code == 206
    assert rest.data == path.read_bytes()[10:]


@pytest.mark.parametrize(
    "name",
    [
        '"><img src=x onerror=alert(1)>.record.zip',
        "a\r\nSet-Cookie: x=1.record.zip",
        "..\\..\\x.record.zip",
        "\u202epiz.record.zip",
        "-rf.record.zip",
    ],
)
def test_the_name_of_the_file_on_our_disk_never_leaves_it(client: FlaskClient, folder: Path, name: str) -> None:
    write_record(folder, name=name)

    page, response = client.get("/"), client.get(ADDRESS, buffered=True)

    assert page.status_code == response.status_code == 200
    assert name not in page.text
    assert response.headers["Content-Disposition"] == "attachment; filename=advisory-2026.record.zip"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "address",
    [
        "/records/another.record.zip",
        "/records/..%2f..%2f..%2fetc%2fpasswd.record.zip",
        "/records/../../wsgi.py",
        "/records/..%5c..%5cwsgi.py",
        "/records/%00.record.zip",
        "/records/advisory-2026%0d%0aX:1.record.zip",
        "/records/",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_no_other_address_gives_a_file(client: FlaskClient, folder: Path, address: str) -> None:
    write_record(folder)

    assert client.get(address).status_code == 404


def test_without_a_record_there_is_none_to_download(client: FlaskClient) -> None:
    response = client.get(ADDRESS, buffered=True)

    assert response.status_code == 404
    assert "There is no record of that name here." in response.text
