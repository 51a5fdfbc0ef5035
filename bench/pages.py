"""Pages for many at once: how long members wait, in a body of 5,000, with 20 browsers on one small server.

The server is gunicorn, as one would install it (in the benchmark's own folder); two processes of ten threads. The
browsers run on the same processors. “At once” is each asking again as soon as it has its answer; people read in between.
"""

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from flask import Flask

from bench.measure import table
from bench.nominating import nominated
from governance.web.app import create_app
from tests.services.stage import KEY, Stage, a_stage
from tests.web.browser import Someone, application

SERVER = Path("build/bench/server")
COOKIE = "session"


def served() -> Flask:
    """What gunicorn runs."""
    database, moment = os.environ["BENCH_DATABASE"], datetime.fromisoformat(os.environ["BENCH_NOW"])
    folder = str(Path(database).parent)
    url = f"sqlite:///{database}"
    # As `make run` does, cookies go over plain HTTP.
    return create_app(
        {"SECRET": KEY, "DATABASE_URL": url, "RECORDS": folder, "CLOCK": lambda: moment, "DEVELOPMENT": True}
    )


@contextmanager
def serving(stage: Stage, workers: int) -> Iterator[int]:
    """The port on which gunicorn serves the stage's database."""
    if not (SERVER / "gunicorn").is_dir():
        words = ["install", "--quiet", "--disable-pip-version-check", "--target", str(SERVER), "gunicorn"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"BENCH_DATABASE": str(stage.engine.url.database), "BENCH_NOW": stage.now.isoformat()}
    paths = os.pathsep.join([str(Path.cwd()), str(SERVER.resolve())])
    words = ["--workers", str(workers), "--threads", "10", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    command = [sys.executable, "-m", "gunicorn", *words, "bench.pages:served()"]
    with subprocess.Popen(command, env=os.environ | told | {"PYTHONPATH": paths}) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            ask(port, "/", "")
        except OSError:
            time.sleep(0.1)
        else:
            return
    msg = "the server does not answer"
    raise RuntimeError(msg)


def ask(port: int, address: str, cookie: str) -> float:
    """Fetch a page; milliseconds until its last byte.

    Raises:
        RuntimeError: It is another answer than a page.
    """
    start = time.perf_counter()
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request("GET", address, headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    answer = wire.getresponse()
    answer.read()
    wire.close()
    if answer.status != http.HTTPStatus.OK:
        msg = f"{address}: {answer.status}"
        raise RuntimeError(msg)
    return (time.perf_counter() - start) * 1000


def cookies(stage: Stage, members: Sequence[str]) -> list[str]:
    """A signed-in browser's cookie for each member."""
    app, found = application(stage), []
    for one in members:
        cookie = Someone(app, stage).let_in(one).client.get_cookie(COOKIE)
        if cookie is None:
            msg = "nobody was signed in"
            raise RuntimeError(msg)
        found.append(cookie.value)
    return found


def measure(
    port: int, who: Sequence[str], addresses: Sequence[str], rounds: int, pause: float
) -> dict[str, list[float]]:
    """Milliseconds by address; `pause` is the mean time in seconds that somebody reads."""
    waited: dict[str, list[float]] = defaultdict(list)

    def browser(number: int) -> None:
        chance = random.Random(number)  # noqa: S311  the order of clicks
        for _ in range(rounds):
            for address in chance.sample(addresses, len(addresses)):
                time.sleep(chance.uniform(0, 2 * pause))
                waited[address].append(ask(port, address, who[number]))

    running = [Thread(target=browser, args=(number,)) for number in range(len(who))]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return waited


def _row(name: str, waited: Sequence[float]) -> list[str]:
    ordered = sorted(waited)
    return [name, str(len(ordered)), *(f"{ordered[int(part * (len(ordered) - 1))]:.0f}" for part in (0.5, 0.95, 1.0))]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    sys.stdout.write(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {datetime.now(UTC):%d %B %Y}\n")
    with TemporaryDirectory() as folder, a_stage(Path(folder)) as stage:
        addresses = nominated(stage, arguments.members)
        who = cookies(stage, [f"m{1000 + number}" for number in range(arguments.clients)])
        with serving(stage, arguments.workers) as port:
            for cookie in who:
                ask(port, addresses[0], cookie)
            for name, pause in (("reading a second between", 1.0), ("all at once", 0.0)):
                waited = measure(port, who, addresses, arguments.rounds, pause)
                rows = [_row(address, waited[address]) for address in addresses]
                rows.append(_row("all", [one for some in waited.values() for one in some]))
                title = f"{arguments.members} members, {arguments.clients} browsers, {name} (goal: 95% below 200 ms)"
                table(title, ["page", "asked", "median ms", "95% ms", "slowest ms"], rows)


if __name__ == "__main__":
    main()
