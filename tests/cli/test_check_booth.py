"""A served booth is compared with a release: the same one passes, every change is told in words."""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response, request

from governance.cli import check_booth
from governance.cli.main import main
from governance.web import files
from governance.web.app import create_app
from tests.services.stage import a_stage
from tests.web.browser import AT, application
from tests.web.serving import serving

STATIC = Path(__file__).parents[2] / "governance" / "web" / "static"
Change = Callable[[Response], Response]


@pytest.fixture(autouse=True)
def built() -> None:
    if not (STATIC / "dist" / "booth.js").is_file():
        pytest.fail("make governance/web/static/dist/manifest.json")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app({"RECORDS": tmp_path})


def run(address: str, *words: object) -> Result:
    return CliRunner().invoke(main, ["check-booth", address, *map(str, words)])


def check(app: Flask, *words: object, path: str = "/practice") -> Result:
    with serving(app) as address:
        return run(address + path, *words)


def a_wheel(path: Path, files: Path = STATIC) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for one in files.rglob("*"):
            if one.is_file():
                wheel.write(one, f"governance/web/static/{one.relative_to(files)}")
        wheel.writestr("governance/__init__.py", "")
    return path


def test_the_booth_that_is_installed_is_the_one_that_is_served(app: Flask) -> None:
    told = check(app)

    assert told.exit_code == 0, told.output
    assert told.output.count("\nsame ") == 5
    assert "dist/booth.js  sha384-" in told.output
    assert "dist/sealing.js  sha384-" in told.output
    assert told.output.endswith("The booth that was served here is the release's.\n")


def test_the_release_can_be_a_wheel_or_a_folder(app: Flask, tmp_path: Path) -> None:
    checkout = Path(__file__).parents[2]
    for release in (a_wheel(tmp_path / "g.whl"), STATIC, checkout):
        assert check(app, "--release", release).exit_code == 0


def test_a_real_booth_while_voting_is_open(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open(8)

        assert check(application(stage), path=f"{AT}/vote").exit_code == 0
        stage.close()
        closed = check(application(stage), path=f"{AT}/vote")

    assert (closed.exit_code, closed.stdout) == (2, "")
    assert "this page is no booth" in closed.stderr


def test_another_release_is_told_from_this_one(app: Flask, tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "static")
    with (tmp_path / "static" / "dist" / "booth.js").open("ab") as file:
        file.write(b"\n")
    (tmp_path / "static" / "booth.css").unlink()

    told = check(app, "--release", tmp_path)

    assert told.exit_code == 1
    assert "DIFFERS   dist/booth.js: it is not the file of the release." in told.output
    assert re.search(r"DIFFERS   /static/[\w-]{16}/booth.css: the release has no such file\.", told.output)
    assert "Do not vote here" in told.output


def page(old: str, new: str) -> Change:
    """A server that changes the page."""

    def change(response: Response) -> Response:
        if request.path == "/practice":
            whole = response.get_data(as_text=True)
            assert old in whole
            response.set_data(whole.replace(old, new, 1))
        return response

    return change


def script(response: Response) -> Response:
    if request.path.endswith("booth.js"):
        response.direct_passthrough = False
        response.set_data(response.get_data() + b"// changed")
    return response


def second_script(response: Response) -> Response:
    if request.path.endswith("sealing.js"):
        response.direct_passthrough = False
        response.set_data(response.get_data() + b"// changed")
    return response


def packed_script(response: Response) -> Response:
    """Changed only for those who take packed files, as browsers do."""
    return script(response) if "gzip" in request.headers.get("Accept-Encoding", "") else response


def header(name: str, value: str) -> Change:
    def change(response: Response) -> Response:
        response.headers[name] = value
        return response

    return change


def moved(response: Response) -> Response:
    """The same script at an address that caches may have another one for."""
    if request.path == "/static/AAAAAAAAAAAAAAAA/dist/booth.js":
        return Response((STATIC / "dist" / "booth.js").read_bytes(), mimetype="text/javascript")
    if request.path == "/practice":
        response.set_data(
            re.sub(r"/static/[^/]+/dist/booth", "/static/AAAAAAAAAAAAAAAA/dist/booth", response.get_data(as_text=True))
        )
    return response


HEAD = "<head>"
CHANGES = {
    "another script": (script, "dist/booth.js: it is not the file of the release"),
    "another second script": (second_script, "dist/sealing.js: it is not the file of the release"),
    "another script for browsers": (packed_script, "dist/booth.js: it is not the file of the release"),
    "an inline script": (page(HEAD, "<head><script>0</script>"), "a script of its own"),
    "a script of another site": (
        page(HEAD, '<head><script src="//x.example/static/dist/booth.js"></script>'),
        "no such file",
    ),
    "a script at no address": (page(HEAD, '<head><script src="https://[::1/booth.js"></script>'), "no such file"),
    "a script beside ours": (page(HEAD, '<head><script src="/practice"></script>'), "no such file"),
    "the address of another file": (moved, "the page asks for it at the address of another file"),
    "a script with a query": (page(HEAD, '<head><script src="/static/dist/booth.js?1"></script>'), "no such file"),
    "a script in a comment of an odd kind": (
        page(HEAD, "<head><!--><script src=/x></script>-->"),
        "where none is to be seen",
    ),
    "another integrity": (page('integrity="sha384-', 'integrity="sha384-A'), "expects another file"),
    "no integrity": (page("integrity=", "data-integrity="), "expects another file"),
    "a handler": (page("<body", '<body onload="f()"'), "code of its own, in onload of <body>"),
    "a frame": (page("<main", "<iframe src=/></iframe><main"), "<iframe>"),
    "a base": (page(HEAD, '<head><base href="https://x.example/">'), "<base>"),
    "a policy of its own": (page(HEAD, '<head><meta http-equiv="refresh" content="0">'), "http-equiv='refresh'"),
    "a style": (page("<body", '<body style="x"'), "a style of its own"),
    "code in a link": (page('href="/"', 'href="javascript:f()"'), "code in an address"),
    "a weaker policy": (header("Content-Security-Policy", "default-src *"), "Content-Security-Policy"),
    "a header that goes elsewhere": (header("Refresh", "0; url=/"), "the header Refresh"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_a_server_changes_is_told(app: Flask, name: str) -> None:
    change, why = CHANGES[name]
    app.after_request_funcs[None].insert(1, change)  # the last of all but compression

    told = check(app)

    assert told.exit_code == 1, told.output
    assert why in told.output
    assert "REFUSED" in told.output


@pytest.mark.parametrize(
    ("path", "why"),
    [("/", "no booth"), ("/nowhere", "cannot be read"), ("/static/dist/booth.js", "no booth")],
)
def test_what_is_no_booth_is_a_wrong_call(app: Flask, path: str, why: str) -> None:
    told = check(app, path=path)

    assert (told.exit_code, told.stdout) == (2, "")
    assert why in told.stderr


def test_a_declaration_that_the_parser_does_not_know_ends_in_words(app: Flask) -> None:
    """Some versions of Python's parser raise an AssertionError for it."""
    app.after_request_funcs[None].insert(1, page("</body>", "<![nonsense[</body>"))

    told = check(app)

    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert "The booth" in told.output or "no page of ours has" in told.output


def test_odd_addresses_and_releases_are_wrong_calls(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "no.whl").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()

    for address in ("", "ftp://x/y", "http://elsewhere.example/", "https://", "file:///etc/passwd"):
        assert run(address).exit_code == 2
    for name in ("no.whl", "empty"):
        assert check(app, "--release", tmp_path / name).exit_code == 2


def test_a_stylesheet_that_loads_more_is_not_taken_for_whole(app: Flask, tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "static" / "booth.css").write_text('@import "more.css";')
    app.static_folder = str(tmp_path / "static")
    files.load(app)

    told = check(app, "--release", tmp_path)

    assert told.exit_code == 1
    assert "booth.css: it loads further files" in told.output


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    read = check_booth.Page()
    read.feed('<script src="a" SRC="b"></script><link href=c><img src=d srcset=e>')

    assert [where for _, where, _ in read.loads] == ["a", "c", "d", "e"]
