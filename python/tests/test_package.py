"""The package against the repository in which it lies."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import gymnasium
import pytest
from conftest import REPOSITORY

import ring0_gym
from ring0_gym import ServerError
from ring0_gym.registration import listing
from ring0_gym.server import NODE_RANGE, find_node, server_command, supports

sys.path.insert(0, str(REPOSITORY / "python"))
import write_registry

PACKAGE = json.loads((REPOSITORY / "package.json").read_text())


def test_version_is_that_of_the_npm_package():
    assert ring0_gym.__version__ == PACKAGE["version"]


def test_range_of_node_is_that_of_the_npm_package():
    assert PACKAGE["engines"]["node"] == NODE_RANGE


def test_list_of_environments_is_that_of_the_server():
    assert listing() == write_registry.read_registry()


def test_license_is_that_of_the_repository():
    assert (REPOSITORY / "python/LICENSE").read_text() == (REPOSITORY / "LICENSE").read_text()


def test_every_id_is_registered():
    for env_id in ring0_gym.env_ids():
        spec = gymnasium.spec(env_id)
        # The server truncates episodes. A limit here would add a second one.
        assert spec.max_episode_steps is None
    assert gymnasium.spec("ring0/CartPole-v1").reward_threshold == 475
    assert gymnasium.spec("CartPole-v1").entry_point == "gymnasium.envs.classic_control.cartpole:CartPoleEnv"


def test_registering_twice_does_not_warn(recwarn):
    ring0_gym.register()
    assert not recwarn.list


def test_plug_in_entry_point():
    (entry,) = [e for e in metadata.entry_points(group="gymnasium.envs") if e.name == "ring0"]
    assert entry.load() is ring0_gym.register


def test_id_that_names_its_module_works_after_import_of_gymnasium_alone():
    code = 'import gymnasium; print(gymnasium.make_vec("ring0_gym:ring0/CartPole-v1", num_envs=2))'
    shown = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "RingVectorEnv(ring0/CartPole-v1, num_envs=2)\n"
    assert shown.stderr == ""


def test_import_needs_no_extra_and_no_server():
    code = (
        "import sys, ring0_gym\n"
        "loaded = {'stable_baselines3', 'torch', 'pettingzoo', 'ray'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    environment = {**os.environ, "RING0_GYM_COMMAND": "/nowhere"}
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env=environment)


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'ring0_gym' has no attribute 'RingEnvv'"):
        _ = ring0_gym.RingEnvv


def test_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "ring0_gym.parallel_env", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"RingParallelEnv needs `pip install 'ring0-gym\[pettingzoo\]'`"):
        _ = ring0_gym.RingParallelEnv


@pytest.mark.parametrize(
    ("version", "supported"),
    [
        ("v20.19.0", True),
        ("v20.18.9", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v23.1.0", False),
        ("v24.0.0", True),
        ("v26.1.2-nightly", True),
        ("v18.20.4", False),
        ("", False),
        ("Python 3.11", False),
    ],
)
def test_supported_versions_of_node(version, supported):
    assert supports(version) == supported


def test_no_node(monkeypatch):
    monkeypatch.delenv("RING0_GYM_NODE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        ServerError, match="^ring0-gym needs Node.js .*, but PATH has no node; install it from"
    ) as raised:
        find_node()
    assert "\n" not in str(raised.value)


def test_old_node(monkeypatch, tmp_path: Path):
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.20.4\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("RING0_GYM_NODE", str(node))
    with pytest.raises(ServerError, match=f"but {node} is v18.20.4; install another") as raised:
        find_node()
    assert "\n" not in str(raised.value)


def test_node_that_is_no_program(monkeypatch):
    monkeypatch.setenv("RING0_GYM_NODE", "/nowhere/node")
    with pytest.raises(ServerError, match="RING0_GYM_NODE is '/nowhere/node', which is no program"):
        find_node()


def test_command_of_the_environment_is_split_as_a_shell_splits(monkeypatch):
    monkeypatch.setenv("RING0_GYM_COMMAND", "node '/a b/main.js' --flag")
    assert server_command() == ["node", "/a b/main.js", "--flag"]
