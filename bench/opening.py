"""How long a voter with a slow phone waits for the booth: until the names stand there and a tap on the first one counts.

Chromium slows itself: 400 kbit/s, 400 ms until an answer begins, a processor four times slower. It adds nothing for
setting up a connection, so a first visit over the network takes some three times 400 ms more (name, TCP, TLS).
Run after `make test` has found a browser; twenty candidates, as in the tests.
"""

import argparse
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bench.measure import table
from tests.e2e.conftest import FLAGS
from tests.e2e.hall import Hall, open_hall

LATENCY = 400
"""Milliseconds until an answer begins."""
SPEED = 400_000 // 8
"""Bytes in a second."""
USABLE = """
  globalThis.waited = {};
  const note = (name) => { globalThis.waited[name] ??= performance.now(); };
  const watch = new MutationObserver(() => {
    if (document.querySelector("#booth li")) note("read");
    const pick = document.querySelector("#booth .pick");
    if (!pick) return;
    watch.disconnect();
    pick.click();
    if (pick.getAttribute("aria-pressed") === "true") requestAnimationFrame(() => setTimeout(() => note("usable")));
  });
  watch.observe(document, { childList: true, subtree: true });
"""
"""Notes when there are names, and when the first tap on one has counted and was painted."""


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser.

    Raises:
        RuntimeError: There is none.
    """
    path = subprocess.run(["/bin/sh", "tools/chromium"], check=True, capture_output=True, text=True).stdout.strip()
    if not path:
        msg = "there is no Chromium; tools/chromium says how to get it"
        raise RuntimeError(msg)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def slow(page: Page, cpu: int) -> None:
    """Make a page's network and processor a slow phone's."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    speed = {"latency": LATENCY, "downloadThroughput": SPEED, "uploadThroughput": SPEED, "offline": False}
    wire.send("Network.emulateNetworkConditions", speed)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": cpu})


def visit(hall: Hall, member: str, cpu: int) -> tuple[dict[str, float], dict[str, float]]:
    """A first visit and a second one, in milliseconds: "read" and "usable"."""
    with hall.tab(member) as page:
        page.add_init_script(USABLE)
        slow(page, cpu)
        found = []
        for _ in range(2):
            page.goto("about:blank")
            hall.go(page, member)
            while not page.evaluate("globalThis.waited.usable ?? 0"):  # the page's policy lets nothing wait within it
                page.wait_for_timeout(100)
            found.append(page.evaluate("globalThis.waited"))
            page.wait_for_timeout(1500)  # what else was to come is there before the next visit
            page.evaluate("sessionStorage.clear()")
        return found[0], found[1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=4, help="how many times slower the processor is")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} processors, load {load:.1f}, {datetime.now(UTC):%d %B %Y}"
    with TemporaryDirectory() as folder, launched() as browser, open_hall(Path(folder), browser) as hall:
        visits = [visit(hall, "m10", arguments.cpu) for _ in range(arguments.rounds)]
    rows = []
    for number, name in enumerate(("first visit", "second visit")):
        for what in ("read", "usable"):
            waited = sorted(one[number].get(what, 0) for one in visits)
            rows.append([name, what, *(f"{one:.0f}" for one in (min(waited), median(waited), max(waited)))])
    title = f"The booth at 400 kbit/s, {LATENCY} ms, processor {arguments.cpu} times slower ({machine}; goal: 2000 ms)"
    table(title, ["", "", "least ms", "median ms", "most ms"], rows)


if __name__ == "__main__":
    main()
