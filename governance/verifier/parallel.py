"""Work on both processors: the same function over slices of a range, each slice in a forked child.

A forked child inherits everything the parent has already computed (decoded points, generators), so nothing but the
answers travels. Where forking does not exist, or fails, the slices run one after another with the same results.
"""

import contextlib
import multiprocessing
import os
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final, TypeVar

Answer = TypeVar("Answer")

_MAX_PROCESSES: Final = 8
WORTH_FORKING: Final = 64
"""Fewer items than this are done faster by one process."""


def processors() -> int:
    """How many processors this process may use, at most eight."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    return min(usable, _MAX_PROCESSES)


def slices(count: int, parts: int) -> list[tuple[int, int]]:
    """Cut range(count) into at most `parts` runs of nearly equal length, none empty."""
    edges = [count * part // parts for part in range(parts + 1)]
    return [(low, high) for low, high in pairwise(edges) if low < high]


def over_range(function: Callable[[int, int], Answer], count: int, most: int = 0) -> list[Answer]:
    """Return [function(low, high), …] over slices of range(count), in order.

    `most` bounds the length of one slice, hence the memory of one child at a time (0: no bound).
    """
    workers = processors() if count >= WORTH_FORKING else 1
    parts = workers
    if most:
        parts = max(parts, -(-count // most))
        parts = -(-parts // workers) * workers
    pieces = slices(count, parts)
    if workers == 1 or "fork" not in multiprocessing.get_all_start_methods():
        return [function(low, high) for low, high in pieces]
    answers: list[Answer] = []
    for first in range(0, len(pieces), workers):
        answers += _in_children(function, pieces[first : first + workers])
    return answers


def _work(function: Callable[[int, int], Answer], low: int, high: int, sender: Connection) -> None:
    # Whatever fails here is done again by the parent, which then shows the error: a child is silent.
    with contextlib.suppress(Exception):
        sender.send(function(low, high))
    sender.close()


def _in_children(function: Callable[[int, int], Answer], pieces: list[tuple[int, int]]) -> list[Answer]:
    """Run all but the last slice in children, the last one here."""
    context = multiprocessing.get_context("fork")
    with contextlib.ExitStack() as stack:
        receivers: list[Connection] = []
        for low, high in pieces[:-1]:
            receiver, sender = context.Pipe(duplex=False)
            receivers.append(stack.enter_context(receiver))
            child = context.Process(target=_work, args=(function, low, high, sender), daemon=True)
            # A child that could not be started is like one that died: its pipe ends without an answer.
            with sender, contextlib.suppress(OSError):
                child.start()
                stack.callback(_end, child)
        last = function(*pieces[-1])
        answers = []
        for receiver, piece in zip(receivers, pieces, strict=False):
            try:
                answers.append(receiver.recv())
            except EOFError:
                # The child died (of want of memory, say): the slice is done here, and shows its own error if it has one.
                answers.append(function(*piece))
        return [*answers, last]


def _end(child: BaseProcess) -> None:
    """End a child that has answered, or whose answer nobody waits for any more."""
    child.terminate()
    child.join()
    child.close()
