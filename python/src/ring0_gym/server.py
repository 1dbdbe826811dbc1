"""Finds the server: the command line that starts `ring0-gym serve`."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path

from .errors import ServerError

NODE_RANGE = "^20.19.0 || ^22.12.0 || >=24.0.0"
"""Versions of Node.js that the server runs on: `engines` of package.json; a test compares them."""

_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "_node" / "ring0-gym.mjs"
_CHECKOUT = _PACKAGE.parent.parent.parent


def server_command() -> list[str]:
    """The command line of the server, without the word `serve`.

    In this order: the environment variable RING0_GYM_COMMAND, split as a shell splits it; the server that the wheel
    contains; the sources of the checkout in which this package lies.

    Raises:
        ServerError: there is no server, no Node.js, or a version of Node.js that is too old
    """
    command = os.environ.get("RING0_GYM_COMMAND")
    if command:
        return shlex.split(command)
    if _BUNDLE.is_file():
        return [find_node(), str(_BUNDLE)]
    loader = _CHECKOUT / "node_modules" / "tsx" / "dist" / "loader.mjs"
    source = _CHECKOUT / "cli" / "main.ts"
    if loader.is_file() and source.is_file():
        return [find_node(), "--import", loader.as_uri(), str(source)]
    built = _CHECKOUT / "dist" / "cli" / "main.js"
    if built.is_file():
        return [find_node(), str(built)]
    raise ServerError(
        f"ring0-gym: no server at {_BUNDLE}, and no checkout at {_CHECKOUT}; "
        "install the wheel, run `npm ci` in the checkout, or set RING0_GYM_COMMAND"
    )


def find_node() -> str:
    """The path of Node.js: the environment variable RING0_GYM_NODE, or `node` on PATH.

    Raises:
        ServerError: there is none, or its version is outside NODE_RANGE
    """
    named = os.environ.get("RING0_GYM_NODE")
    node = shutil.which(named or "node")
    if node is None:
        missing = f"RING0_GYM_NODE is {named!r}, which is no program" if named else "PATH has no node"
        raise ServerError(
            f"ring0-gym needs Node.js {NODE_RANGE}, but {missing}; "
            "install it from https://nodejs.org or set RING0_GYM_NODE"
        )
    version = _node_version(node)
    if not supports(version):
        raise ServerError(
            f"ring0-gym needs Node.js {NODE_RANGE}, but {node} is {version or 'no Node.js'}; "
            "install another from https://nodejs.org or set RING0_GYM_NODE"
        )
    return node


def supports(version: str) -> bool:
    """Whether `version`, e.g. `v22.12.0`, is in NODE_RANGE."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.\d+\S*", version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return major >= 24 or (major == 22 and minor >= 12) or (major == 20 and minor >= 19)


@cache
def _node_version(node: str) -> str:
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return shown.stdout.strip()
