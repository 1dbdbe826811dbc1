"""200 starts and kills: no process and no socket stays behind."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import eventually, process_state

from ring0_gym import RingEnv, RingVectorEnv, ServerError
from ring0_gym.server import server_command

CARTPOLE = "ring0/CartPole-v1"


def make_env() -> RingEnv:
    env = RingEnv(CARTPOLE)
    env.reset(seed=1)
    env.step(0)
    return env


def pid_of(env: RingEnv) -> int:
    return env._simulations._connection.pid


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_close():
    before = open_files()
    for _ in range(40):
        env = make_env()
        pid = pid_of(env)
        env.close()
        env.close()
        assert process_state(pid) == ""
    assert open_files() == before


def test_garbage_collection():
    before = open_files()
    for _ in range(40):
        env = make_env()
        pid = pid_of(env)
        del env
        gc.collect()
        assert process_state(pid) == ""
    assert open_files() == before


def test_killed_servers():
    before = open_files()
    for _ in range(20):
        env = make_env()
        os.kill(pid_of(env), signal.SIGKILL)
        with pytest.raises(ServerError, match=r"^the server has ended \(exit status -9\)$"):
            env.step(0)
        assert process_state(pid_of(env)) == ""
        env.close()
    assert open_files() == before


@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM", "SIGINT", "exception", "exit"])
def test_endings_of_the_client(ending):
    """20 clients of each kind, each a process that was forked from this one."""
    clients = [start_client(ending) for _ in range(20)]
    for client, server in clients:
        assert process_state(server) not in ("", "Z")
        if ending.startswith("SIG"):
            os.kill(client, getattr(signal, ending))
        else:
            os.kill(client, signal.SIGUSR1)
    for client, _ in clients:
        os.waitpid(client, 0)
    for _, server in clients:
        # A zombie whose parent is gone is for the system's first process to collect.
        assert eventually(lambda server=server: process_state(server) in ("", "Z")), f"{server} still runs"


def start_client(ending: str) -> tuple[int, int]:
    read, write = os.pipe()
    client = os.fork()
    if client == 0:
        os.close(read)
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGUSR1, leave(ending))
            env = make_env()
            os.write(write, str(pid_of(env)).encode())
            os.close(write)
            while True:
                env.step(0)
                env.reset()
        except BaseException:
            # As the interpreter does at its end.
            del env
            gc.collect()
            os._exit(1)
    os.close(write)
    server = int(os.read(read, 100))
    os.close(read)
    return client, server


def leave(ending: str) -> Callable[..., None]:
    def handler(*_: object) -> None:
        raise SystemExit(0) if ending == "exit" else RuntimeError("the client fails")

    return handler


def test_a_sibling_that_was_forked_keeps_no_server_alive():
    # The sibling inherits the pipes. Were they open there, the server would not see its input end.
    env = make_env()
    read, write = os.pipe()
    sibling = os.fork()
    if sibling == 0:
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    pid = pid_of(env)
    os.close(read)
    env.close()
    assert process_state(pid) == ""
    os.close(write)
    os.waitpid(sibling, 0)


@pytest.fixture(params=["unix", "tcp"])
def listening(request, tmp_path):
    address = f"unix:{tmp_path / 'ring0.sock'}" if request.param == "unix" else "tcp:127.0.0.1:0"
    server = subprocess.Popen(
        [*server_command(), "serve", "--listen", address], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    line = server.stdout.readline()
    assert line.startswith("listening ")
    yield server, line.removeprefix("listening ").strip()
    if server.poll() is None:
        server.terminate()
    server.wait(10)
    server.stdout.close()
    assert not list(tmp_path.iterdir())


def test_clients_of_a_listening_server(listening):
    server, address = listening
    before = open_files()
    for i in range(20):
        env = RingEnv(CARTPOLE, server=address)
        env.reset(seed=i)
        env.step(0)
        if i % 2:
            env.close()
        else:
            del env
            gc.collect()
    assert open_files() == before
    connections = Path(f"/proc/{server.pid}/fd")
    first = RingVectorEnv(CARTPOLE, 2, server=address)
    second = RingVectorEnv(CARTPOLE, 2, server=address)
    first.reset(seed=1)
    second.reset(seed=1)
    first.close()
    second.step([0, 1])
    second.close()
    assert eventually(lambda: sum(is_socket(entry) for entry in connections.iterdir()) <= 2)


def is_socket(entry: Path) -> bool:
    try:
        return os.readlink(entry).startswith("socket:")
    except FileNotFoundError:
        return False


def test_end_of_a_listening_server(listening):
    server, address = listening
    env = RingEnv(CARTPOLE, server=address)
    env.reset(seed=1)
    server.kill()
    server.wait()
    with pytest.raises(ServerError, match="^the server has ended$"):
        env.step(0)
    if address.startswith("unix:"):
        Path(address.removeprefix("unix:")).unlink()


def test_socket_that_is_no_server(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with pytest.raises(TimeoutError, match=r"did not reply within 0\.2 s"):
            RingEnv(CARTPOLE, server=f"unix:{tmp_path / 's'}", timeout=0.2)


def test_interrupt_of_the_terminal_reaches_python_only():
    # Ctrl-C sends SIGINT to the whole process group. The server is in another group, so Python decides what to do.
    code = (
        "import signal, os, ring0_gym\n"
        "env = ring0_gym.RingEnv('ring0/CartPole-v1'); env.reset(seed=1)\n"
        "try:\n"
        "    os.killpg(os.getpgrp(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    pass\n"
        "env.step(0); env.close(); print('went on')\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, start_new_session=True)
    assert shown.stdout == "went on\n", shown.stderr
