"""The witness: cosigns a log that only grows, and nothing else; from files and over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result

from governance.board import checkpoint, merkle, record
from governance.board import entries as e
from governance.board.ledger import Ledger
from governance.offline import files, following, safe, witness
from governance.offline.following import Followed
from tests.offline.stage import LOG_SEED, PASSPHRASE, ok, refused, run

ORIGIN = "log.example/fifth"
NAME = "witness.example/one"


def notice(number: int, body: str = "") -> bytes:
    return e.dump(e.Notice("2026-03-01T09:00:00Z", f"notice {number}", body))


ENTRIES = [notice(number) for number in range(40)]
OTHER = [*ENTRIES[:10], *(notice(number, "another board") for number in range(10, 40))]


def head(entries: list[bytes], seed: bytes = LOG_SEED, origin: str = ORIGIN) -> bytes:
    return checkpoint.sign(origin, len(entries), merkle.root([merkle.leaf(raw) for raw in entries]), seed)


LOG_KEY = str(Ledger(ORIGIN, LOG_SEED).key())


class Witness:
    """A folder with a witness's files, and a folder that plays the board."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.board = folder / "board"
        self.board.mkdir()
        self.file = folder / "w"
        (folder / "passphrase").write_text(PASSPHRASE, "utf-8")
        self.secret = ("--secret", self.file, "--passphrase-file", folder / "passphrase")
        self.key = ok(run(witness.main, "key", *self.secret, "--name", NAME)).stdout.strip()

    def show(self, entries: list[bytes], signed: bytes = b"") -> None:
        (self.board / "entries.jsonl").write_bytes(b"".join(raw + b"\n" for raw in entries))
        (self.board / "checkpoint").write_bytes(signed or head(entries))

    def cosign(self, *words: object, board: tuple[object, ...] = ()) -> Result:
        board = board or ("--record", self.board)
        return run(witness.main, "cosign", *self.secret, "--out", self.folder / "cosigned", *board, *words)

    def logs(self) -> dict[str, Followed]:
        _, value = safe.unlock(self.file, witness.OWNER, PASSPHRASE)
        return following.load(value["logs"])

    def size(self) -> int:
        return self.logs()[ORIGIN].size


@pytest.fixture
def one(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def good(one: Witness, entries: list[bytes]) -> None:
    """The cosigned checkpoint holds for log and witness."""
    made = checkpoint.parse((one.folder / "cosigned").read_bytes())
    checkpoint.check_log(made, checkpoint.read_key(LOG_KEY, checkpoint.LOG))
    assert made.size == len(entries)
    assert checkpoint.cosigners(made, [checkpoint.read_key(one.key, checkpoint.WITNESS)]) == 1


def test_a_key_is_a_verifier_key(one: Witness) -> None:
    assert checkpoint.read_key(one.key, checkpoint.WITNESS).name == NAME
    assert one.key in ok(run(witness.main, "status", *one.secret[:2])).output


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    refused(run(witness.main, "key", "--secret", tmp_path / "w", "--name", name), "--name", code=2)


@pytest.mark.parametrize("sizes", [(40,), (1, 2, 3, 40), (7, 8, 9), (16, 33), (5, 5)])
def test_a_log_that_grows_is_cosigned(one: Witness, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        one.show(ENTRIES[:size])
        result = ok(one.cosign("--log-key", LOG_KEY))
        good(one, ENTRIES[:size])

        assert result.stdout.startswith(f"\N{EM DASH} {NAME} ")
        assert result.stdout.count("\n") == 1
        assert one.size() == size


def test_the_key_of_the_log_is_given_once(one: Witness) -> None:
    one.show(ENTRIES[:3])
    refused(one.cosign(), "--log-key", code=2)
    ok(one.cosign("--log-key", LOG_KEY))
    ok(one.cosign())
    other = str(Ledger(ORIGIN, bytes(32)).key())
    refused(one.cosign("--log-key", other), "another key")


def test_a_rollback(one: Witness) -> None:
    one.show(ENTRIES)
    ok(one.cosign("--log-key", LOG_KEY))
    one.show(ENTRIES[:39])

    refused(one.cosign(), "of 40 entries was cosigned, and this one is of 39")
    assert one.size() == 40


def test_two_roots_of_one_size(one: Witness) -> None:
    one.show(ENTRIES)
    ok(one.cosign("--log-key", LOG_KEY))
    cosigned = (one.folder / "cosigned").read_bytes()
    one.show(OTHER)
    result = one.cosign()

    assert result.exit_code == 1
    assert "two checkpoints of 40 entries with different roots" in result.stderr
    assert (one.folder / "cosigned").read_bytes() == cosigned
    assert {path.read_bytes() for path in one.folder.glob("w.evidence-*")} == {head(ENTRIES), head(OTHER)}


def test_a_log_that_does_not_extend(one: Witness) -> None:
    one.show(ENTRIES[:20])
    ok(one.cosign("--log-key", LOG_KEY))
    one.show(OTHER)
    result = one.cosign()

    assert result.exit_code == 1
    assert "does not extend the one of 20 entries" in result.stderr
    assert one.size() == 20


def test_entries_that_are_not_those_of_the_checkpoint(one: Witness) -> None:
    one.show(ENTRIES[:20], head(OTHER[:20]))
    assert "does not extend" in one.cosign("--log-key", LOG_KEY).stderr
    one.show(ENTRIES[:19], head(ENTRIES[:20]))
    assert "of 20 entries, and there are 19" in one.cosign("--log-key", LOG_KEY).stderr
    assert one.logs() == {}


@pytest.mark.parametrize(
    "signed",
    [
        head(ENTRIES, seed=bytes(32)),
        head(ENTRIES).replace(b"\n40\n", b"\n39\n"),
        head(ENTRIES).partition("\N{EM DASH}".encode())[0] + "\N{EM DASH} somebody AAAAAAAA\n".encode(),
    ],
)
def test_what_the_log_did_not_sign(one: Witness, signed: bytes) -> None:
    one.show(ENTRIES, signed)

    refused(one.cosign("--log-key", LOG_KEY), "sign")
    assert list(one.folder.glob("*evidence*")) == []


@pytest.mark.parametrize("signed", [b"nothing", b"\xff", b"x" * 70_000])
def test_what_is_no_checkpoint(one: Witness, signed: bytes) -> None:
    one.show(ENTRIES, signed)

    refused(one.cosign("--log-key", LOG_KEY), code=2)


def test_two_logs_do_not_mix(one: Witness) -> None:
    one.show(ENTRIES)
    ok(one.cosign("--log-key", LOG_KEY))
    one.show(ENTRIES[:2], head(ENTRIES[:2], origin="log.example/other"))
    ok(one.cosign("--log-key", str(Ledger("log.example/other", LOG_SEED).key())))

    assert {name: log.size for name, log in one.logs().items()} == {ORIGIN: 40, "log.example/other": 2}


def test_the_history_is_durable_before_the_cosignature_leaves(one: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    one.show(ENTRIES)

    def die(*_: object) -> None:
        raise OSError(5, "the machine stopped")

    monkeypatch.setattr(safe.Safe, "store", die)
    stopped = one.cosign("--log-key", LOG_KEY)
    monkeypatch.undo()
    monkeypatch.setattr(checkpoint, "cosign", die)
    late = one.cosign("--log-key", LOG_KEY)

    assert stopped.exit_code == late.exit_code == 2
    assert stopped.stdout == late.stdout == ""
    assert not (one.folder / "cosigned").exists()
    assert one.size() == 40


def test_two_witnesses_do_not_work_with_one_file(one: Witness) -> None:
    one.show(ENTRIES)

    with files.locked(one.file):
        refused(one.cosign("--log-key", LOG_KEY), "another command")


@pytest.mark.parametrize("name", ["w", "w.newest"])
def test_the_output_never_overwrites_what_is_kept(one: Witness, name: str) -> None:
    one.show(ENTRIES)

    refused(one.cosign("--log-key", LOG_KEY, "--out", one.folder / name), "take the place", code=2)


@pytest.mark.parametrize("words", [(), ("--record", ".", "--url", "http://x")])
def test_one_source(one: Witness, words: tuple[str, ...]) -> None:
    result = run(witness.main, "cosign", *one.secret, *words)

    refused(result, "--record or --url", code=2)


def test_a_record_file(one: Witness) -> None:
    path = one.folder / "record.zip"
    with path.open("wb") as file:
        record.write(file, ENTRIES, head(ENTRIES), [], {})
    ok(one.cosign("--log-key", LOG_KEY, board=("--record", path)))

    good(one, ENTRIES)


def test_a_line_too_long(one: Witness) -> None:
    one.show([b"x" * (2**20 + 5)])
    refused(one.cosign("--log-key", LOG_KEY), "1 MiB", code=2)
    one.show(ENTRIES)
    (one.board / "entries.jsonl").write_bytes(ENTRIES[0])
    refused(one.cosign("--log-key", LOG_KEY), "line feed", code=2)


def test_entries_beyond_the_checkpoint_are_not_its(one: Witness) -> None:
    one.show(ENTRIES, head(ENTRIES[:0]))
    ok(one.cosign("--log-key", LOG_KEY))
    one.show(ENTRIES, head(ENTRIES[:20]))
    ok(one.cosign())

    good(one, ENTRIES[:20])
    assert f"{ORIGIN}: 20 entries" in ok(run(witness.main, "status", *one.secret[:2])).output


def test_the_line_alone_is_printed(one: Witness) -> None:
    one.show(ENTRIES)
    words = ("--record", one.board, "--log-key", LOG_KEY)
    line = ok(run(witness.main, "cosign", *one.secret, *words)).stdout
    whole = checkpoint.parse(head(ENTRIES) + line.encode())

    assert checkpoint.cosigners(whole, [checkpoint.read_key(one.key, checkpoint.WITNESS)]) == 1


# ---- over HTTP -------------------------------------------------------------------------------------------------------


@contextmanager
def server(entries: list[bytes], *, most: int = 7, extra: int = 0, status: int = 200) -> Iterator[str]:
    """A board that gives at most so many entries at a time."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/b/checkpoint":
                body = head(entries)
            else:
                start, stop = (int(parse_qs(url.query)[name][0]) for name in ("from", "to"))
                body = b"".join(raw + b"\n" for raw in entries[start : min(stop, start + most)] + [b"x"] * extra)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/b/"
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def test_a_server_is_followed(one: Witness) -> None:
    for size in (10, 40):
        with server(ENTRIES[:size]) as url:
            ok(one.cosign("--log-key", LOG_KEY, board=("--url", url)))
        good(one, ENTRIES[:size])


def test_a_server_that_shows_another_board(one: Witness) -> None:
    with server(ENTRIES[:20]) as url:
        ok(one.cosign("--log-key", LOG_KEY, board=("--url", url)))
    with server(OTHER) as url:
        result = one.cosign(board=("--url", url))

    assert result.exit_code == 1
    assert "does not extend" in result.stderr


@pytest.mark.parametrize(("most", "extra", "status"), [(0, 0, 200), (500, 1, 200), (7, 0, 500)])
def test_a_server_that_does_not_answer_as_one(one: Witness, most: int, extra: int, status: int) -> None:
    with server(ENTRIES, most=most, extra=extra, status=status) as url:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", url)), code=2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://x", "file:///etc/passwd", "http://[", "https://"])
def test_what_is_no_server(one: Witness, url: str) -> None:
    refused(one.cosign("--log-key", LOG_KEY, board=("--url", url)), code=2)


def test_an_answer_too_long(one: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MAX_PAGE", 100)
    with server(ENTRIES) as url:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", url)), "more than", code=2)
