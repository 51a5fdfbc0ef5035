"""A server that will be killed: eight clients cast the ballots of a file; a line is printed for each receipt."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy.orm import Session

from governance.services import boards
from governance.services.desk import Desk
from governance.store import database
from governance.store.vault import Vault
from tests.services.stage import ELECTION, KEY, OPEN

CLIENTS = 8


def main(url: str, ballots: Sequence[tuple[str, bytes]]) -> None:
    make = database.sessions(database.engine(url), Vault(KEY))

    @contextmanager
    def transaction() -> Iterator[Session]:
        with make() as session, database.writing(session):
            yield session

    desk, lock = Desk(transaction), Lock()

    def tell(line: str) -> None:
        with lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def client(mine: Sequence[tuple[str, bytes]]) -> None:
        for member, raw in mine:
            receipt = desk.cast(member, ELECTION, raw, now=OPEN)
            tell(f"{receipt.index} {sha256(raw).hexdigest()} {sha256(receipt.checkpoint).hexdigest()}")

    with transaction() as first:
        boards.opened(
            first, ELECTION
        )  # a server that has just started folds the board once: it is to die while it casts
    threads = [Thread(target=client, args=(ballots[i::CLIENTS],)) for i in range(CLIENTS)]
    tell("ready")
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    tell("done")
    sys.stdin.read()  # wait to be killed


def read(part: Path) -> list[tuple[str, bytes]]:
    lines = [line.partition(b" ") for line in part.read_bytes().splitlines()]
    return [(member.decode(), raw) for member, _, raw in lines]


if __name__ == "__main__":
    main(sys.argv[1], read(Path(sys.argv[2])))
