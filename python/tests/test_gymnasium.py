"""The environments through Gymnasium: its checkers, makers and wrappers."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import FrameStackObservation
from gymnasium.wrappers import NormalizeObservation as NormalizeSingle
from gymnasium.wrappers import RecordEpisodeStatistics as RecordSingle
from gymnasium.wrappers.vector import NormalizeObservation, NormalizeReward, RecordEpisodeStatistics

import ring0_gym
from ring0_gym import RingEnv, RingVectorEnv, SplitError, UsageError
from ring0_gym.legaliser import Legaliser

CARTPOLE = "ring0/CartPole-v1"
TIERING = "ring0/Tiering-v1"
READAHEAD = "ring0/Readahead-v1"
GPU = "ring0/GpuPreemption-v1"
CONGESTION = "ring0/CongestionControl-v1"

# Options that keep episodes and their preparation short.
SHORT = {
    TIERING: {"workload": "gups", "pages": 256},
    READAHEAD: {"workload": "mixed", "accesses": 4000, "frames": 0.5},
    "ring0/ReadaheadSync-v1": {"workload": "mixed", "accesses": 4000, "frames": 0.5},
    CONGESTION: {"workload": "incast", "senders": 4, "bytes": 200_000},
}


@pytest.mark.parametrize("env_id", ring0_gym.env_ids())
def test_check_env(env_id):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = gymnasium.make(env_id, render_mode="ansi", options=SHORT.get(env_id))
        check_env(env.unwrapped)
        env.close()
        given = {str(warning.message) for warning in caught}
    # The bounds of Gymnasium's own CartPole are infinite, and its checker warns about them.
    assert given == (warnings_about_gymnasiums_cartpole() if env_id == CARTPOLE else set())


def warnings_about_gymnasiums_cartpole() -> set[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(gymnasium.make("CartPole-v1").unwrapped, skip_render_check=True)
    return {str(warning.message) for warning in caught}


@pytest.mark.parametrize("env_id", ring0_gym.env_ids())
def test_make_vec(env_id):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec(env_id, num_envs=2, options=SHORT.get(env_id))
        assert isinstance(envs, RingVectorEnv)
        assert envs.num_envs == 2 * envs.rows
        assert envs.spec is not None
        assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
        observations, _ = envs.reset(seed=3)
        assert envs.observation_space.contains(observations)
        for _ in range(20):
            observations, rewards, terminations, truncations, _ = envs.step(envs.action_space.sample())
            assert envs.observation_space.contains(observations)
            assert rewards.shape == terminations.shape == truncations.shape == (envs.num_envs,)
            assert (rewards.dtype, terminations.dtype, truncations.dtype) == (np.float64, np.bool_, np.bool_)
            for row in range(envs.num_envs):
                assert envs.single_observation_space.contains(observations[row])
        envs.close()


def first_legal(envs: RingVectorEnv) -> np.ndarray:
    """The first legal alternative of each choice."""
    space = envs.single_action_space
    if isinstance(space, gymnasium.spaces.Box):
        return envs.action_space.sample()
    masks = envs.action_masks()
    if isinstance(space, gymnasium.spaces.Discrete):
        return masks.argmax(axis=1)
    ends = np.cumsum(space.nvec)[:-1]
    return np.stack([part.argmax(axis=1) for part in np.split(masks, ends, axis=1)], axis=1)


def test_make_adds_no_time_limit():
    env = gymnasium.make(TIERING)
    wrappers = str(env)
    assert "TimeLimit" not in wrappers
    env.close()
    env = gymnasium.make(CARTPOLE)
    env.reset(seed=1)
    env.close()


def test_the_server_truncates():
    env = RingEnv(TIERING, max_episode_steps=3)
    env.reset(seed=1)
    flags = [env.step(env.action_space.sample())[2:4] for _ in range(3)]
    assert flags == [(False, False), (False, False), (False, True)]
    with pytest.raises(UsageError, match="^no episode is running; call reset first$"):
        env.step(env.action_space.sample())
    env.close()


def test_limit_of_make_vec():
    envs = gymnasium.make_vec(CARTPOLE, num_envs=2, max_episode_steps=2)
    envs.reset(seed=1)
    envs.step(np.array([0, 1]))
    assert envs.step(np.array([1, 0]))[3].tolist() == [True, True]
    envs.close()


def test_seed_is_spread_as_gymnasium_spreads_it():
    envs = RingVectorEnv(CARTPOLE, 3)
    together, _ = envs.reset(seed=7)
    listed, _ = envs.reset(seed=[7, 8, 9])
    assert np.array_equal(together, listed)
    for i in range(3):
        env = RingEnv(CARTPOLE)
        assert np.array_equal(env.reset(seed=7 + i)[0], together[i])
        env.close()
    with pytest.raises(ValueError, match="^3 environments need as many seeds, got 2$"):
        envs.reset(seed=[1, 2])
    envs.close()


def test_first_reset_without_a_seed_draws_one_of_the_split():
    envs = RingVectorEnv(TIERING, 2, splits=["validation"])
    first, infos = envs.reset()
    second, _ = envs.reset()
    assert not np.array_equal(first, second)
    assert set(infos["workload"]) <= {"btree", "phase-mix", "lua", "tcc"}
    envs.close()


def test_np_random_decides_the_drawn_seed():
    observations = []
    for _ in range(2):
        env = RingEnv(CARTPOLE)
        env.np_random = np.random.default_rng(5)
        observations.append(env.reset()[0])
        env.close()
    assert np.array_equal(*observations)


def test_splits():
    env = RingEnv(TIERING)
    with pytest.raises(SplitError, match="seed 2000000 belongs to the split test; allowed here: train"):
        env.reset(seed=2_000_000)
    with pytest.raises(SplitError, match="workload redis is in the split test"):
        env.reset(seed=1, options={"workload": "redis"})
    env.reset(seed=1)
    env.close()
    env = RingEnv(TIERING, splits=None)
    assert env.reset(seed=2_000_000, options={"workload": "redis"})[1]["workload"] == "redis"
    env.close()
    env = RingEnv(TIERING, splits=["test"], options={"workload": "redis"})
    assert env.reset()[1]["workload"] == "redis"
    env.close()


def test_bad_settings():
    with pytest.raises(ValueError, match="ring0/Tierin"):
        RingEnv("ring0/Tierin-v1")
    with pytest.raises(ValueError, match="splits"):
        RingEnv(TIERING, splits=["trian"])
    with pytest.raises(TypeError, match="render_mode must be 'ansi' or None, got 'human'"):
        RingEnv(TIERING, render_mode="human")
    env = RingEnv(TIERING)
    with pytest.raises(ValueError, match="nonsense"):
        env.reset(seed=1, options={"nonsense": 1})
    with pytest.raises(ValueError, match="seed must be a whole number"):
        env.reset(seed=2**60)
    env.close()


def test_options_of_the_constructor_and_of_reset():
    env = RingEnv(TIERING, options={"workload": "gups", "pages": 1024})
    assert env.reset(seed=1)[1]["workload"] == "gups"
    assert env.reset(options={"workload": "zipf"})[1]["workload"] == "zipf"
    assert env.reset(options={"pages": np.int64(2048)})[1]["workload"] == "gups"
    env.close()


@pytest.mark.parametrize(
    ("action", "error"), [(2, UsageError), (-1, UsageError), (0.5, TypeError), ("0", TypeError), (2**40, OverflowError)]
)
def test_bad_discrete_actions(action, error):
    env = RingEnv(CARTPOLE)
    env.reset(seed=1)
    with pytest.raises(error):
        env.step(action)
    env.close()


@pytest.mark.parametrize(
    ("action", "error"),
    [([0, 0, 0], ValueError), ([0, 0, 0, 2], UsageError), ([0, 0, 0, np.nan], UsageError), (0, ValueError)],
)
def test_bad_box_actions(action, error):
    env = RingEnv(TIERING)
    env.reset(seed=1)
    with pytest.raises(error):
        env.step(np.array(action, dtype=np.float32))
    env.close()


def test_bad_vector_actions():
    envs = RingVectorEnv(CARTPOLE, 2)
    envs.reset(seed=1)
    for actions, error in [
        ([1], ValueError),
        (1, ValueError),
        (np.array([0.5, 1]), TypeError),
        (np.array([1, 2**32]), ValueError),
        ([0, 2], UsageError),
    ]:
        with pytest.raises(error):
            envs.step(actions)
    envs.reset(seed=1)
    envs.step(np.array([1, 0], dtype=np.int8))
    envs.close()


def test_illegal_actions():
    strict = RingEnv(READAHEAD, options=SHORT[READAHEAD], illegal_actions="refuse")
    lenient = RingEnv(READAHEAD, options=SHORT[READAHEAD])
    strict.reset(seed=1)
    lenient.reset(seed=1)
    legal = np.flatnonzero(strict.action_masks())
    assert len(legal) < 22
    with pytest.raises(UsageError, match="the mask forbids it"):
        strict.step(21)
    strict.reset(seed=1)
    # The next smaller legal action takes the place of an illegal one.
    assert np.array_equal(lenient.step(21)[0], strict.step(legal[-1])[0])
    with pytest.raises(UsageError):
        lenient.step(22)
    strict.close()
    lenient.close()
    with pytest.raises(ValueError, match="illegal_actions must be 'replace' or 'refuse', got 'ignore'"):
        RingEnv(READAHEAD, illegal_actions="ignore")


def test_legaliser():
    masks = np.array([[0, 1, 0, 1, 0, 1, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1]], dtype=bool)
    actions = np.array([[0, 2], [4, 0]])
    Legaliser(gymnasium.spaces.MultiDiscrete([5, 3])).replace(actions, masks)
    assert actions.tolist() == [[1, 2], [1, 2]]
    outside = np.array([[5, 0], [-1, 3]])
    Legaliser(gymnasium.spaces.MultiDiscrete([5, 3])).replace(outside, masks)
    assert outside.tolist() == [[5, 0], [-1, 3]]


def test_step_before_reset():
    env = RingEnv(CARTPOLE)
    with pytest.raises(UsageError):
        env.step(0)
    env.close()
    envs = RingVectorEnv(CARTPOLE, 2)
    with pytest.raises(UsageError):
        envs.step([0, 0])
    envs.close()


def test_copy():
    envs = RingVectorEnv(CARTPOLE, 2)
    kept, _ = envs.reset(seed=1)
    before = kept.copy()
    envs.step([0, 0])
    assert np.array_equal(kept, before)
    envs.close()
    envs = RingVectorEnv(CARTPOLE, 2, copy=False)
    shared, _ = envs.reset(seed=1)
    assert np.array_equal(shared, before)
    assert envs.step([0, 0])[0] is shared
    assert not np.array_equal(shared, before)
    envs.close()


def test_render():
    env = gymnasium.make(CARTPOLE, render_mode="ansi")
    env.reset(seed=1)
    assert "pole" in env.render()
    env.close()
    envs = gymnasium.make_vec(TIERING, num_envs=3, render_mode="ansi")
    envs.reset(seed=1)
    texts = envs.render()
    assert isinstance(texts, tuple)
    assert len(texts) == 3
    envs.step(envs.action_space.sample())
    envs.close()


def test_infos_of_steps_within_an_episode_are_left_out():
    envs = RingVectorEnv(TIERING, 2, max_episode_steps=2)
    _, infos = envs.reset(seed=1)
    assert "clock" in infos
    *_, infos = envs.step(envs.action_space.sample())
    assert infos == {}
    *_, infos = envs.step(envs.action_space.sample())
    assert infos["_clock"].tolist() == [True, True]
    envs.close()


def test_numbers_of_infos_are_floats():
    # JSON writes 0.0 as 0: an array of the first environment's 0 would cut the other's digits.
    envs = RingVectorEnv(TIERING, 2, infos="all")
    _, infos = envs.reset(seed=1)
    assert infos["cost"].dtype == np.float64
    *_, infos = envs.step(envs.action_space.sample())
    assert infos["charged"]["access"].dtype == np.float64
    envs.close()


def test_reset_mask():
    envs = RingVectorEnv(CARTPOLE, 3, autoreset_mode=AutoresetMode.DISABLED, max_episode_steps=2)
    with pytest.raises(UsageError):
        envs.reset(options={"reset_mask": np.array([True, False, True])})
    envs.reset(seed=1)
    envs.step([0, 0, 0])
    *_, truncations, _ = envs.step([0, 0, 0])
    assert truncations.all()
    with pytest.raises(UsageError, match=r"^the episodes of environments \[0, 1, 2\] have ended"):
        envs.step([0, 0, 0])
    mask = np.array([True, False, True])
    observations, _ = envs.reset(seed=[5, None, 7], options={"reset_mask": mask})
    fresh = RingVectorEnv(CARTPOLE, 1)
    assert np.array_equal(observations[0], fresh.reset(seed=5)[0][0])
    assert np.array_equal(observations[2], fresh.reset(seed=7)[0][0])
    fresh.close()
    with pytest.raises(UsageError, match=r"\[1\]"):
        envs.step([0, 0, 0])
    envs.reset(options={"reset_mask": np.array([False, True, False])})
    *_, terminations, truncations, _ = envs.step([0, 0, 0])
    assert not (terminations | truncations).any()
    for bad, error in [
        ([True, True, True], TypeError),
        (np.array([1, 0, 1]), TypeError),
        (np.array([True, False]), ValueError),
        (np.zeros(3, dtype=bool), ValueError),
    ]:
        with pytest.raises(error):
            envs.reset(options={"reset_mask": bad})
    envs.close()


def test_rows():
    envs = RingVectorEnv(GPU, 2, max_episode_steps=3, autoreset_mode="SameStep")
    assert (envs.num_simulations, envs.rows, envs.num_envs) == (2, 10, 20)
    _, infos = envs.reset(seed=1)
    assert infos["workload"].shape == (20,)
    assert len(set(infos["workload"][:10])) == 1
    assert infos["action_mask"].shape == (20, 30)
    assert envs.deciding().shape == (20,)
    for _ in range(3):
        *_, truncations, infos = envs.step(first_legal(envs))
    assert truncations.all()
    assert len(infos["final_obs"]) == 20
    assert infos["final_obs"][7].shape == (41,)
    assert infos["final_info"]["clock"].shape == (20,)
    with pytest.raises(ValueError, match="must be equal for the 10 rows"):
        envs.reset(options={"reset_mask": np.eye(20, dtype=bool)[3]})
    envs.reset(options={"reset_mask": np.arange(20) >= 10})
    envs.close()


def test_one_agent_for_all_rows():
    env = RingEnv(GPU)
    envs = RingVectorEnv(GPU, 1)
    observation, info = env.reset(seed=4)
    observations, infos = envs.reset(seed=4)
    assert np.array_equal(observation, observations.ravel())
    assert np.array_equal(info["action_mask"], infos["action_mask"].ravel())
    assert np.array_equal(env.action_masks(), envs.action_masks().ravel())
    actions = first_legal(envs)
    observation, reward, *_, info = env.step(actions.ravel())
    observations, rewards, *_ = envs.step(actions)
    assert np.array_equal(observation, observations.ravel())
    assert np.array_equal(info["row_rewards"], rewards)
    assert reward == rewards.mean()
    env.close()
    envs.close()


def test_normalize_observation():
    envs = NormalizeObservation(gymnasium.make_vec(TIERING, num_envs=3, max_episode_steps=4))
    envs.reset(seed=1)
    for _ in range(12):
        observations, *_ = envs.step(envs.action_space.sample())
    assert np.isfinite(observations).all()
    envs.close()


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_record_episode_statistics(mode):
    envs = RecordEpisodeStatistics(
        gymnasium.make_vec(CARTPOLE, num_envs=2, max_episode_steps=5, autoreset_mode=mode, options={"low": -0.01})
    )
    envs.reset(seed=1)
    for _ in range(5):
        *_, infos = envs.step([0, 1])
    episode = (
        infos["final_info"]["episode"]
        if "final_info" in infos and "episode" in infos["final_info"]
        else infos["episode"]
    )
    assert episode["r"].tolist() == [5, 5]
    assert episode["l"].tolist() == [5, 5]
    envs.close()


def test_normalize_reward():
    envs = NormalizeReward(gymnasium.make_vec(TIERING, num_envs=2, max_episode_steps=4))
    envs.reset(seed=1)
    for _ in range(6):
        _, rewards, *_ = envs.step(envs.action_space.sample())
    assert np.isfinite(rewards).all()
    envs.close()


def test_wrappers_of_single_environments():
    env = FrameStackObservation(NormalizeSingle(RecordSingle(gymnasium.make(TIERING))), 4)
    observation, _ = env.reset(seed=1)
    assert observation.shape == (4, 18)
    observation, *_ = env.step(env.action_space.sample())
    assert env.observation_space.contains(observation)
    env.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_gymnasium_vectorises_single_environments(mode):
    with warnings.catch_warnings():
        # Python warns about every fork of a process that has threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        envs = gymnasium.make_vec(CARTPOLE, num_envs=2, vectorization_mode=mode)
    ours = gymnasium.make_vec(CARTPOLE, num_envs=2, vectorization_mode="vector_entry_point")
    assert np.array_equal(envs.reset(seed=3)[0], ours.reset(seed=3)[0])
    assert np.array_equal(envs.step([0, 1])[0], ours.step([0, 1])[0])
    envs.close()
    ours.close()


def test_interpreter_exits_silently_with_open_environments():
    code = (
        "import gymnasium, ring0_gym\n"
        "envs = gymnasium.make_vec('ring0/CartPole-v1', num_envs=2); envs.reset(seed=1)\n"
        "env = gymnasium.make('ring0/CartPole-v1'); env.reset(seed=1)\n"
    )
    shown = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stderr == ""
