"""Shared parts of the tests."""

from __future__ import annotations

import os

# More threads of PyTorch do not help networks this small, and take the cores from the servers.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = Path(os.environ.get("RING0_GYM_REPOSITORY", HERE.parent.parent))


def process_state(pid: int) -> str:
    """The letter of a process's state in /proc, e.g. `Z` for a zombie; empty when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[0]


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether `holds` becomes true within some seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(autouse=True)
def _no_child_stays() -> object:
    """No test leaves a child process behind, not even a zombie."""
    children = _children()
    yield
    assert eventually(lambda: _children() <= children, 5), f"left children: {_children() - children}"


def _children() -> set[int]:
    me = os.getpid()
    found = set()
    for task in Path(f"/proc/{me}/task").iterdir():
        try:
            found.update(map(int, (task / "children").read_text().split()))
        except FileNotFoundError:
            continue
    return found
