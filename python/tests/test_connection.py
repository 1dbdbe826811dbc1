"""The client against servers that go wrong."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time

import numpy as np
import pytest
from conftest import HERE, process_state

import ring0_gym
from ring0_gym import DeadlineError, RingEnv, ServerError, SplitError, UsageError
from ring0_gym.connection import Connection


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    def make(mode: str, **settings: object) -> RingEnv:
        monkeypatch.setenv("RING0_GYM_COMMAND", f"{sys.executable} {HERE / 'fake_server.py'} {mode}")
        return RingEnv("ring0/Fake-v1", **settings)

    return make


def begun(env: RingEnv) -> RingEnv:
    env.reset(seed=1)
    return env


def test_reads_a_state(fake):
    env = begun(fake("good"))
    observation, reward, terminated, truncated, info = env.step(1)
    assert observation.tolist() == [1.5, -2.5]
    assert observation.dtype == np.float32
    assert (reward, terminated, truncated, info) == (0.1, False, False, {})
    env.close()


def test_reads_a_reply_that_comes_in_pieces(fake):
    env = fake("pieces")
    _, info = env.reset(seed=1)
    assert info == {"text": "x" * 300}
    env.close()


def test_reads_replies_that_outgrow_the_buffer(fake):
    env = begun(fake("long-infos"))
    for step in range(1, 6):
        observation, reward, *_, info = env.step(0)
        assert len(info["text"]) == 100_000 * (step + 1)
        assert observation.tolist() == [1.5, -2.5]
        assert reward == 0.1
    env.close()


def test_deadline_ends_the_server(fake):
    env = begun(fake("hangs", timeout=0.3))
    pid = env._simulations._connection.pid
    start = time.monotonic()
    with pytest.raises(DeadlineError, match=r"^the server did not reply within 0\.3 s"):
        env.step(0)
    assert time.monotonic() - start < 2
    assert process_state(pid) == ""
    with pytest.raises(ServerError, match="did not reply"):
        env.step(0)
    env.close()


def test_deadline_of_a_slow_server_is_not_reached(fake):
    env = begun(fake("slow", timeout=5))
    env.step(0)
    env.close()


def test_close_ends_a_server_that_ignores_the_end_of_its_input(fake):
    env = begun(fake("hangs-and-ignores-end", timeout=0.2))
    pid = env._simulations._connection.pid
    with pytest.raises(DeadlineError):
        env.step(0)
    assert process_state(pid) == ""


def test_death_shows_status_and_last_lines(fake):
    env = begun(fake("dies"))
    with pytest.raises(ServerError) as raised:
        env.step(0)
    message = str(raised.value)
    assert message.startswith("the server has ended (exit status 7); its last lines:\nline 88\n")
    assert message.endswith("line 99")


def test_death_at_the_start(fake):
    with pytest.raises(ServerError, match="exit status 3.*\nfirst line\nthere is no more memory"):
        fake("dies-at-start")


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("half-a-frame", "the server has ended"),
        ("wrong-sequence", "answered request 4, not 3"),
        ("wrong-type", "type 18, not 17"),
        ("too-long", "announced a reply of 4294967295 bytes"),
        ("error-internal-fatal", "refused because of internal"),
    ],
)
def test_broken_replies(fake, mode, message):
    env = begun(fake(mode))
    with pytest.raises(ServerError, match=message):
        env.step(0)
    with pytest.raises(ServerError):
        env.reset(seed=1)


@pytest.mark.parametrize(("kind", "error"), [("split", SplitError), ("usage", UsageError), ("value", ValueError)])
def test_refused_requests_leave_the_connection_open(fake, kind, error):
    env = begun(fake(f"error-{kind}-no"))
    with pytest.raises(error, match=f"^refused because of {kind}$"):
        env.step(0)
    env.reset(seed=2)
    env.close()


def test_fatal_refusals_close(fake):
    env = begun(fake("error-usage-fatal"))
    with pytest.raises(UsageError, match="^refused because of usage$"):
        env.step(0)
    with pytest.raises(ServerError, match="^refused because of usage$"):
        env.reset(seed=1)


def test_other_version_of_the_protocol(fake):
    with pytest.raises(ServerError, match="version 2 of the protocol, this package 1"):
        fake("protocol-2")


def test_use_after_close(fake):
    env = begun(fake("good"))
    env.close()
    env.close()
    with pytest.raises(ServerError, match="^the environment is closed$"):
        env.step(0)


def test_interrupt_closes(fake):
    env = begun(fake("hangs"))
    pid = env._simulations._connection.pid
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        env.step(0)
    assert process_state(pid) == ""
    with pytest.raises(ServerError, match="KeyboardInterrupt interrupted a call; make a new environment"):
        env.step(0)


def test_forked_process_cannot_use_the_environment(fake):
    env = begun(fake("good"))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            env.step(0)
        except BaseException as error:
            os.write(write, str(error).encode())
        env.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert b"belongs to the process that made it" in os.read(read, 1000)
    env.step(0)
    env.close()
    os.close(read)
    os.close(write)


def test_errors_survive_pickle():
    # Vector environments of Gymnasium and runners of Ray send exceptions between processes.
    for error in (SplitError("a"), UsageError("b"), ServerError("c"), DeadlineError("d")):
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert str(copy) == str(error)


@pytest.mark.parametrize("address", ["unix:", "tcp:12", "tcp:localhost:x", "here", ""])
def test_malformed_addresses(address):
    with pytest.raises(ValueError, match="^address must be unix:PATH or tcp:HOST:PORT"):
        Connection(address)


@pytest.mark.parametrize("address", ["unix:/nowhere/at/all", "tcp:127.0.0.1:1"])
def test_nobody_listens(address):
    with pytest.raises(ServerError, match=f"^no server listens at {address}"):
        RingEnv("ring0/CartPole-v1", server=address)


def test_no_command(monkeypatch):
    monkeypatch.setenv("RING0_GYM_COMMAND", "/nowhere/node")
    with pytest.raises(ServerError, match="^the server cannot start: /nowhere/node: No such file"):
        RingEnv("ring0/CartPole-v1")


def test_bad_timeout():
    with pytest.raises(ValueError, match="^timeout must be a positive number of seconds, got 0"):
        RingEnv("ring0/CartPole-v1", timeout=0)


def test_public_names():
    for name in ring0_gym.__all__:
        if name not in ring0_gym._OPTIONAL:
            assert hasattr(ring0_gym, name), name
