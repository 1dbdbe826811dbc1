"""The environments through Stable-Baselines3 and sb3-contrib."""

from __future__ import annotations

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import FlattenObservation
from test_gymnasium import CARTPOLE, CONGESTION, GPU, READAHEAD, SHORT, TIERING

pytest.importorskip("stable_baselines3")
pytest.importorskip("sb3_contrib")

from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecMonitor, VecNormalize

import ring0_gym
from ring0_gym import RingEnv, RingVecEnv, SplitError

TINY = {"n_steps": 64, "batch_size": 64, "n_epochs": 2, "seed": 0, "device": "cpu"}


@pytest.mark.parametrize("env_id", ring0_gym.env_ids())
def test_check_env(env_id):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = RingEnv(env_id, options=SHORT.get(env_id))
        # SB3 warns about arrays of two dimensions, though its MlpPolicy flattens them.
        check_env(env if len(env.observation_space.shape) == 1 else FlattenObservation(env))
        env.close()


@pytest.mark.parametrize("env_id", [CARTPOLE, TIERING, READAHEAD])
def test_steps_are_those_of_a_dummy_vec_env(env_id):
    options = SHORT.get(env_id)
    ours = RingVecEnv(env_id, 2, max_episode_steps=6, options=options, infos="all")
    theirs = DummyVecEnv([lambda: RingEnv(env_id, max_episode_steps=6, options=options)] * 2)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    assert ours.seed(5) == theirs.seed(5) == [5, 6]
    assert np.array_equal(ours.reset(), theirs.reset())
    random = np.random.default_rng(0)
    ours.action_space.seed(0)
    ends = 0
    for _ in range(20):
        actions = np.stack([ours.action_space.sample() for _ in range(2)])
        if env_id == READAHEAD:
            masks = get_action_masks(ours)
            assert np.array_equal(masks, get_action_masks(theirs))
            actions = np.array([random.choice(np.flatnonzero(mask)) for mask in masks])
        observations, rewards, dones, infos = ours.step(actions)
        expected, their_rewards, their_dones, their_infos = theirs.step(actions)
        assert np.array_equal(observations, expected)
        assert np.array_equal(rewards, their_rewards)
        assert rewards.dtype == their_rewards.dtype == np.float32
        assert np.array_equal(dones, their_dones)
        ends += int(dones.sum())
        for info, their_info in zip(infos, their_infos, strict=True):
            their_info.pop("action_mask", None)
            assert set(info) == set(their_info)
            assert info["TimeLimit.truncated"] is their_info["TimeLimit.truncated"]
            if "terminal_observation" in info:
                assert np.array_equal(info.pop("terminal_observation"), their_info.pop("terminal_observation"))
            assert info == their_info
    assert ends > 0
    for info, their_info in zip(ours.reset_infos, theirs.reset_infos, strict=True):
        their_info.pop("action_mask", None)
        assert info == their_info
    ours.close()
    theirs.close()


def test_methods_and_attributes():
    envs = RingVecEnv(READAHEAD, 3, options=SHORT[READAHEAD], render_mode="ansi")
    envs.seed(1)
    envs.reset()
    assert is_masking_supported(envs)
    assert get_action_masks(envs).shape == (3, 22)
    assert envs.get_attr("render_mode") == ["ansi"] * 3
    assert envs.get_attr("rows", indices=1) == [1]
    envs.set_attr("colour", "red", indices=[0, 2])
    assert envs.get_attr("colour", indices=[0, 2]) == ["red", "red"]
    assert not envs.has_attr("colour")
    assert envs.env_is_wrapped(gymnasium.Wrapper) == [False] * 3
    assert len(envs.env_method("render", indices=[1])) == 1
    with pytest.raises(AttributeError, match="not fly$"):
        envs.env_method("fly")
    envs.close()
    box = RingVecEnv(TIERING, options=SHORT[TIERING])
    assert not is_masking_supported(box)
    box.close()


def test_seed_and_options():
    envs = RingVecEnv(TIERING, 2)
    envs.seed(1)
    envs.set_options([{"workload": "gups"}, {"workload": "zipf"}])
    envs.reset()
    assert [info["workload"] for info in envs.reset_infos] == ["gups", "zipf"]
    # None draws a seed of the allowed split, where SB3 draws any number of 32 bits.
    assert 0 <= envs.seed()[0] < 1_000_000
    envs.set_options({"workload": "gups"})
    envs.reset()
    assert [info["workload"] for info in envs.reset_infos] == ["gups", "gups"]
    envs.seed(2_500_000)
    with pytest.raises(SplitError):
        envs.reset()
    envs.close()


def test_rows():
    envs = RingVecEnv(GPU, 2, max_episode_steps=3)
    assert envs.num_envs == 20
    envs.seed(1)
    assert envs.reset().shape == (20, 41)
    assert np.stack(envs.env_method("action_masks")).shape == (20, 30)
    for _ in range(3):
        _, _, dones, infos = envs.step(np.zeros((20, 9), dtype=np.int64))
    assert dones.all()
    assert infos[13]["terminal_observation"].shape == (41,)
    assert infos[13]["TimeLimit.truncated"]
    envs.close()


def test_ppo_learns_cartpole():
    envs = VecMonitor(RingVecEnv(CARTPOLE, 8))
    model = PPO("MlpPolicy", envs, n_steps=64, batch_size=128, n_epochs=6, learning_rate=1e-3, seed=0, device="cpu")
    model.learn(512)
    first = np.mean([episode["r"] for episode in model.ep_info_buffer])
    model.learn(5_000)
    last = np.mean([episode["r"] for episode in list(model.ep_info_buffer)[-20:]])
    assert last > 2 * first, f"mean returns {first} and {last}"
    envs.close()


def test_ppo_on_tiering_with_vec_normalize():
    envs = VecNormalize(VecMonitor(RingVecEnv(TIERING, 4, options=SHORT[TIERING], max_episode_steps=50)))
    PPO("MlpPolicy", envs, **TINY).learn(2_000)
    envs.close()


def test_ppo_through_make_vec_env():
    settings = {"options": SHORT[TIERING], "splits": ["train"]}
    with warnings.catch_warnings():
        # SB3 asks for pictures first, and Gymnasium says that there are none.
        warnings.simplefilter("ignore", UserWarning)
        envs = make_vec_env(TIERING, n_envs=2, env_kwargs=settings, seed=3)
    PPO("MlpPolicy", envs, **TINY).learn(128)
    envs.close()


def test_ppo_without_masks_trains_where_masks_forbid_actions():
    envs = RingVecEnv(READAHEAD, 2, options=SHORT[READAHEAD], max_episode_steps=30)
    PPO("MlpPolicy", envs, **TINY).learn(512)
    envs.close()


@pytest.mark.parametrize("env_id", [READAHEAD, GPU])
def test_maskable_ppo(env_id):
    # Refused actions would raise: MaskablePPO asks for the masks and keeps them.
    envs = RingVecEnv(env_id, 2, options=SHORT.get(env_id), max_episode_steps=30, illegal_actions="refuse")
    MaskablePPO("MlpPolicy", envs, **TINY).learn(1_000)
    envs.close()


def test_maskable_ppo_on_single_environments():
    env = gymnasium.make(READAHEAD, options=SHORT[READAHEAD], illegal_actions="refuse")
    assert is_masking_supported(env)
    MaskablePPO("MlpPolicy", env, **TINY).learn(128)
    env.close()


def test_ppo_on_rows():
    envs = RingVecEnv(CONGESTION, 1, options=SHORT[CONGESTION], max_episode_steps=20)
    PPO("MlpPolicy", envs, **{**TINY, "n_steps": 16}).learn(envs.num_envs * 32)
    envs.close()


def test_a_checkpoint_is_scored(tmp_path):
    envs = RingVecEnv(TIERING, 2, options=SHORT[TIERING], max_episode_steps=30)
    path = tmp_path / "model.zip"
    PPO("MlpPolicy", envs, **TINY).learn(256).save(path)
    envs.close()
    model = PPO.load(path, device="cpu")
    evaluation = ring0_gym.evaluate(TIERING, model, name="sb3", split="test", episodes=1, options={"pages": 256})
    ours = [record for record in evaluation.records if record["policy"] == "sb3"]
    assert len(ours) == 6
    assert all(np.isfinite(record["score"]) for record in ours)
    assert "sb3" in evaluation.text
    assert "bound" in evaluation.text


def test_a_checkpoint_with_masks_is_scored():
    envs = RingVecEnv(GPU, options={"duration_ms": 10})
    model = MaskablePPO("MlpPolicy", envs, **TINY)
    envs.close()
    evaluation = ring0_gym.evaluate(GPU, model, episodes=1, rivals=False, options={"duration_ms": 10}, verbose=False)
    assert evaluation.records
