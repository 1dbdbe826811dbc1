"""A connection to a server: frames over two file descriptors. docs/protocol.md describes the protocol."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
import weakref
from collections.abc import Mapping
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from .errors import DeadlineError, ServerError, SplitError, UsageError
from .server import server_command

PROTOCOL: Final = 1
"""Version of the protocol."""

HELLO: Final = 1
RESET: Final = 2
STEP: Final = 3
RENDER: Final = 4
ACTIONS: Final = 5
WELCOME: Final = 16
STATE: Final = 17
TEXT: Final = 18
QUESTION: Final = 19
RESULT: Final = 20
ERROR: Final = 31

_HEADER = struct.Struct("<IB3xI4x")
_LONGEST_REPLY = 1 << 31
_SHOWN_BYTES = 4096
_SHOWN_LINES = 12
_GRACE_SECONDS = 2.0
_ERRORS: dict[str, type[Exception]] = {
    "split": SplitError,
    "usage": UsageError,
    "value": ValueError,
    "protocol": ServerError,
    "internal": ServerError,
}


class Reply:
    """A buffer for the payloads of replies. It grows when a payload is longer."""

    __slots__ = ("array", "length", "view")

    def __init__(self, size: int) -> None:
        """Makes a buffer of `size` bytes."""
        self.length = 0
        """Bytes of the last payload."""
        self.array: npt.NDArray[np.uint8] = np.zeros(size, dtype=np.uint8)
        self.view = self.array.data

    def grow(self, size: int, kept: int) -> None:
        """Replaces the buffer by a longer one, and copies the first `kept` bytes."""
        # The spare room lets replies that grow slowly, such as infos, not grow the buffer each time.
        array = np.zeros(size + size // 4, dtype=np.uint8)
        array[:kept] = self.array[:kept]
        self.array = array
        self.view = array.data

    def json(self, start: int = 0) -> Any:
        """The JSON between `start` and the end of the payload."""
        return json.loads(bytes(self.view[start : self.length]))

    def text(self) -> str:
        """The payload as text."""
        return str(self.view[: self.length], "utf-8")


class Connection:
    """A connection to a server, which this process has started or which listens at an address.

    Every failure other than a refused request closes the connection, and so does every exception that interrupts a
    call, such as KeyboardInterrupt: a reply that was not read would answer the next request. A process that was forked
    cannot use the connections of its parent.
    """

    def __init__(self, address: str | None = None, *, timeout: float = 60.0) -> None:
        """Starts a server, or connects to one.

        Args:
            address: `unix:PATH` or `tcp:HOST:PORT` of a server that listens; None starts a server for this connection
            timeout: seconds until a read or a write fails

        Raises:
            ServerError: the server cannot start, or does not listen at the address
            ValueError: the address or the timeout is malformed
        """
        if not hasattr(os, "readv"):
            raise ServerError("ring0-gym needs Linux or macOS; on Windows, use the Windows Subsystem for Linux")
        if not timeout > 0:
            raise ValueError(f"timeout must be a positive number of seconds, got {timeout}")
        self._timeout = timeout
        self._sequence = 0
        self._header = bytearray(_HEADER.size)
        self._failure: str | None = None
        self._channel = _Channel(address, timeout)
        self._in, self._out = self._channel.descriptors
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLIN)
        self._finalizer = weakref.finalize(self, self._channel.close)
        _open_connections.add(self)

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""
        return self._failure is not None

    @property
    def pid(self) -> int | None:
        """The process id of the server that this connection has started; None when it has started none."""
        process = self._channel.process
        return None if process is None else process.pid

    def close(self) -> None:
        """Ends the connection, and the server that it has started. Returns after the server's process is gone."""
        self._end("the environment is closed")

    def hello(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Sends the first request. Returns the fields of `welcome`."""
        reply = Reply(1 << 16)
        self.request(HELLO, encode_json({"protocol": PROTOCOL, **fields}), reply, WELCOME)
        welcome = reply.json()
        if welcome["protocol"] != PROTOCOL:
            self._end(f"the server speaks version {welcome['protocol']} of the protocol, this package {PROTOCOL}")
            raise ServerError(self._failure)
        return dict(welcome)

    def request(self, kind: int, payload: bytes | memoryview, reply: Reply, *expected: int) -> int:
        """Sends a request and reads its reply.

        Args:
            kind: type of the request
            payload: payload of the request
            reply: receives the payload of the reply
            expected: types that the reply may have; there may be none when the caller looks at the type itself

        Returns:
            the type of the reply

        Raises:
            SplitError, UsageError, ValueError: the server refused the request
            ServerError: the server ended or broke the protocol; also when the connection is closed
            DeadlineError: no reply came before the deadline
        """
        if self._failure is not None:
            raise ServerError(self._failure)
        self._sequence = sequence = (self._sequence + 1) & 0xFFFF_FFFF
        header = self._header
        size = len(payload)
        deadline = time.monotonic() + self._timeout
        try:
            _HEADER.pack_into(header, 0, size, kind, sequence)
            try:
                written = os.writev(self._out, (header, payload))
            except BlockingIOError:
                written = 0
            if written != size + _HEADER.size:
                self._write_rest(payload, written, deadline)
            # Most replies come whole with one read.
            received = os.readv(self._in, (header, reply.view)) if self._poll.poll(self._timeout * 1000) else -1
            length, kind, answered = _HEADER.unpack_from(header)
            if received != length + _HEADER.size:
                length, kind, answered = self._read_rest(reply, received, deadline)
            reply.length = length
            if answered != sequence:
                raise ServerError(f"the server answered request {answered}, not {sequence}")
            if kind == ERROR:
                self._refuse(reply.json())
            if expected and kind not in expected:
                raise ServerError(f"the server sent a frame of type {kind}, not {' or '.join(map(str, expected))}")
        except _Refused as refused:
            raise refused.error from None
        except OSError as error:
            failure = error if isinstance(error, DeadlineError) else ServerError("the server has ended")
            raise self._fail(failure) from None
        except ServerError as error:
            raise self._fail(error) from None
        except BaseException as error:
            self._end(f"a {type(error).__name__} interrupted a call; make a new environment")
            raise
        return kind

    def _refuse(self, error: dict[str, Any]) -> None:
        refusal = _ERRORS.get(error["kind"], ServerError)
        if refusal is ServerError:
            raise ServerError(error["message"])
        if error["fatal"]:
            self._end(error["message"])
        raise _Refused(refusal(error["message"]))

    def _write_rest(self, payload: bytes | memoryview, written: int, deadline: float) -> None:
        rest = memoryview(bytes(self._header) + bytes(payload))[written:]
        writable = select.poll()
        writable.register(self._out, select.POLLOUT)
        while rest:
            if not writable.poll(self._milliseconds(deadline)):
                raise self._late()
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(self._out, rest) :]

    def _read_rest(self, reply: Reply, received: int, deadline: float) -> tuple[int, int, int]:
        """Reads what one read did not give; `received` is -1 when it gave nothing in time."""
        header = memoryview(self._header)
        while True:
            if received == 0:
                raise ServerError("the server has ended")
            if received == -1:
                raise self._late()
            payload = max(received - _HEADER.size, 0)
            target: tuple[memoryview, ...] = (header[received:], reply.view)
            if received >= _HEADER.size:
                length, kind, answered = _HEADER.unpack_from(header)
                if length > _LONGEST_REPLY:
                    raise ServerError(f"the server announced a reply of {length} bytes")
                if payload >= length:
                    return length, kind, answered
                if length > len(reply.view):
                    reply.grow(length, payload)
                target = (reply.view[payload:length],)
            more = os.readv(self._in, target) if self._poll.poll(self._milliseconds(deadline)) else -1
            received = received + more if more > 0 else more

    def _milliseconds(self, deadline: float) -> float:
        return max(deadline - time.monotonic(), 0) * 1000

    def _late(self) -> DeadlineError:
        return DeadlineError(f"the server did not reply within {self._timeout:g} s")

    def _fail(self, error: Exception) -> Exception:
        """Closes the connection. Returns `error` with how the server ended and the last lines that it wrote."""
        self._end(None, at_once=isinstance(error, DeadlineError))
        self._failure = self._channel.describe(str(error))
        return type(error)(self._failure)

    def _end(self, failure: str | None, at_once: bool = False) -> None:
        if self._failure is None:
            self._failure = failure or "the connection is closed"
        self._finalizer.detach()
        self._channel.close(at_once)
        _open_connections.discard(self)

    def _abandon(self) -> None:
        """In a process that was forked: the connection stays the parent's."""
        self._failure = "the environment belongs to the process that made it; make one in each process"
        self._finalizer.detach()
        self._channel.abandon()


class _Refused(Exception):
    """Carries the error of a request that the server refused, past the handlers of a broken connection."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class _Channel:
    """The two file descriptors of a connection and, where this process has started the server, its process."""

    def __init__(self, address: str | None, timeout: float) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._log: IO[bytes] | None = None
        self._lines = ""
        if address is None:
            self.descriptors = self._start()
        else:
            self._socket = _connect(address, timeout)
            self._socket.setblocking(False)
            self.descriptors = (self._socket.fileno(), self._socket.fileno())

    def _start(self) -> tuple[int, int]:
        command = server_command()
        # A file, because a pipe needs a thread that empties it. It has no name, so that nothing stays behind.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            # A session of its own keeps the terminal's Ctrl-C from the server: Python decides when it ends.
            self.process = subprocess.Popen(
                [*command, "serve"],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,
            )
        except OSError as error:
            self._log.close()
            raise ServerError(f"the server cannot start: {command[0]}: {error.strerror}") from None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        writing = self.process.stdin.fileno()
        # A server that hangs must not block a long write forever.
        os.set_blocking(writing, False)
        return self.process.stdout.fileno(), writing

    def close(self, at_once: bool = False) -> None:
        """Ends the connection and waits for the end of the process that this channel has started."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        process = self.process
        if process is None or self._log is None:
            return
        self._close_pipes(process)
        try:
            # A server ends when its input ends. Its process group is killed in case it does not.
            process.wait(0.0 if at_once else _GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill(process)
        except BaseException:
            self._kill(process)
            raise
        finally:
            self._lines = _last_lines(self._log)
            self._log.close()
            self._log = None

    def abandon(self) -> None:
        """Closes the descriptors of this process, and leaves the server alone."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self.process is not None and self._log is not None:
            self._close_pipes(self.process)
            self._log.close()
            self._log = None
            # Otherwise Popen warns about a process that still runs.
            self.process.returncode = 0
            self.process = None

    def describe(self, failure: str) -> str:
        """Adds the exit status and the last lines of the server to `failure`."""
        if self.process is not None and self.process.returncode is not None:
            failure += f" (exit status {self.process.returncode})"
        return f"{failure}; its last lines:\n{self._lines}" if self._lines else failure

    @staticmethod
    def _close_pipes(process: subprocess.Popen[bytes]) -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_lines(log: IO[bytes]) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(end - _SHOWN_BYTES, 0))
    lines = log.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-_SHOWN_LINES:])


def _connect(address: str, timeout: float) -> socket.socket:
    kind, _, place = address.partition(":")
    host, _, port = place.rpartition(":")
    try:
        if kind == "unix" and place:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(timeout)
                connection.connect(place)
            except BaseException:
                connection.close()
                raise
            return connection
        if kind == "tcp" and host and port.isdecimal():
            connection = socket.create_connection((host.strip("[]"), int(port)), timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    except OSError as error:
        raise ServerError(f"no server listens at {address}: {error.strerror or error}") from None
    raise ValueError(f"address must be unix:PATH or tcp:HOST:PORT, got {address!r}")


def encode_json(value: object) -> bytes:
    """JSON of `value`, which may contain numbers and arrays of numpy.

    Raises:
        ValueError: JSON cannot hold the value
    """
    try:
        return json.dumps(value, default=_plain, allow_nan=False).encode()
    except TypeError as error:
        raise ValueError(str(error)) from None


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"options must be numbers, text, lists or dicts, got {value!r}")


_open_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


def _abandon_all() -> None:
    for connection in list(_open_connections):
        connection._abandon()
    _open_connections.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
