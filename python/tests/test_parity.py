"""Value for value: against Gymnasium's CartPole, and vectors against Gymnasium's SyncVectorEnv."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit
from test_gymnasium import CARTPOLE, GPU, READAHEAD, SHORT, TIERING, first_legal

from ring0_gym import RingEnv, RingVectorEnv

MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]


def state_option(state: np.ndarray) -> dict[str, str]:
    return {"state": ",".join(repr(float(number)) for number in state)}


def test_cartpole_is_gymnasiums():
    theirs = gymnasium.make("CartPole-v1")
    ours = gymnasium.make(CARTPOLE)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    for seed in range(20):
        random = np.random.default_rng(seed)
        expected, _ = theirs.reset(seed=seed)
        observation, _ = ours.reset(seed=seed, options=state_option(theirs.unwrapped.state))
        assert np.array_equal(observation, expected)
        ended = False
        step = 0
        while not ended:
            # Half of the episodes follow a rule that balances the pole, so that they reach the limit.
            balancing = int(observation @ [0.05, 0.1, 1, 0.5] > 0)
            action = balancing if seed % 2 else int(random.integers(2))
            expected, *their_rest = theirs.step(action)
            observation, *our_rest = ours.step(action)
            step += 1
            assert np.array_equal(observation, expected), f"seed {seed}, step {step}: {observation} is not {expected}"
            assert our_rest == their_rest, f"seed {seed}, step {step}"
            ended = their_rest[1] or their_rest[2]
        assert step == 500 if seed % 2 else step < 500
    ours.close()
    theirs.close()


class FixedCartPole(CartPoleEnv):
    """Gymnasium's CartPole that begins every episode in one state."""

    def __init__(self, state: np.ndarray) -> None:
        super().__init__()
        self.fixed = state

    def reset(self, **settings: Any) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(**settings)
        self.state = self.fixed.copy()
        return self.state.astype(np.float32), {}


@pytest.mark.parametrize("mode", MODES)
def test_vector_of_gymnasiums_cartpole(mode):
    state = np.array([0.01, -0.02, 0.03, 0.04])
    theirs = SyncVectorEnv([lambda: TimeLimit(FixedCartPole(state), 12)] * 3, autoreset_mode=mode)
    ours = RingVectorEnv(CARTPOLE, 3, autoreset_mode=mode, max_episode_steps=12, options=state_option(state))
    compare(theirs, ours, seed=1, steps=60, choose=lambda random, _: random.integers(2, size=3))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("env_id", [CARTPOLE, TIERING, READAHEAD])
def test_vector_of_single_environments(env_id, mode):
    theirs = SyncVectorEnv(
        [lambda: RingEnv(env_id, max_episode_steps=7, options=SHORT.get(env_id))] * 2, autoreset_mode=mode
    )
    ours = RingVectorEnv(env_id, 2, autoreset_mode=mode, max_episode_steps=7, options=SHORT.get(env_id), infos="all")
    space = ours.action_space
    space.seed(0)
    compare(
        theirs,
        ours,
        seed=3,
        steps=25,
        choose=lambda random, envs: space.sample() if env_id != READAHEAD else random_legal(random, envs),
    )


def test_vector_with_disabled_autoreset():
    mode = AutoresetMode.DISABLED
    theirs = SyncVectorEnv(
        [lambda: RingEnv(READAHEAD, max_episode_steps=4, options=SHORT[READAHEAD])] * 3, autoreset_mode=mode
    )
    ours = RingVectorEnv(READAHEAD, 3, autoreset_mode=mode, max_episode_steps=4, options=SHORT[READAHEAD], infos="all")
    random = np.random.default_rng(0)
    assert_equal(ours.reset(seed=3), theirs.reset(seed=3))
    for _ in range(15):
        actions = random_legal(random, ours)
        state = ours.step(actions)
        assert_equal(state, theirs.step(actions))
        ended = state[2] | state[3]
        if ended.any():
            assert_equal(ours.reset(options={"reset_mask": ended}), theirs.reset(options={"reset_mask": ended.copy()}))
    ours.close()
    theirs.close()


def random_legal(random: np.random.Generator, envs: RingVectorEnv) -> np.ndarray:
    return np.array([random.choice(np.flatnonzero(mask)) for mask in envs.action_masks()])


def compare(theirs: SyncVectorEnv, ours: RingVectorEnv, seed: int, steps: int, choose: Any) -> None:
    random = np.random.default_rng(seed)
    assert ours.single_observation_space == theirs.single_observation_space
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    assert ours.metadata["autoreset_mode"] is theirs.metadata["autoreset_mode"]
    assert_equal(ours.reset(seed=seed), theirs.reset(seed=seed))
    ends = 0
    for _ in range(steps):
        if ours.single_action_space == gymnasium.spaces.Discrete(22):
            # Masks of the vector are those of the single environments, except where NEXT_STEP ignores the action.
            assert np.array_equal(ours.action_masks(), np.stack(theirs.call("action_masks")))
        actions = choose(random, ours)
        state, expected = ours.step(actions), theirs.step(actions)
        assert_equal(state, expected)
        ends += int((state[2] | state[3]).sum())
    assert ends > 0
    ours.close()
    theirs.close()


def assert_equal(ours: Any, theirs: Any, where: str = "") -> None:
    """Equal values, types, shapes and keys, whatever is inside."""
    assert type(ours) is type(theirs), f"{where}: {type(ours)} is not {type(theirs)}"
    if isinstance(ours, dict):
        assert set(ours) == set(theirs), where
        for key in ours:
            assert_equal(ours[key], theirs[key], f"{where}/{key}")
    elif isinstance(ours, tuple):
        assert len(ours) == len(theirs), where
        for i, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            assert_equal(our, their, f"{where}/{i}")
    elif isinstance(ours, np.ndarray):
        assert ours.dtype == theirs.dtype, f"{where}: {ours.dtype} is not {theirs.dtype}"
        assert ours.shape == theirs.shape, where
        if ours.dtype == object:
            for our, their in zip(ours, theirs, strict=True):
                assert_equal(our, their, where)
        else:
            assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"), f"{where}: {ours} is not {theirs}"
    else:
        assert ours == theirs, where


def test_rows_are_those_of_the_joint_environment():
    envs = RingVectorEnv(GPU, 2, max_episode_steps=5)
    singles = [RingEnv(GPU, max_episode_steps=5) for _ in range(2)]
    observations, _ = envs.reset(seed=8)
    for i, env in enumerate(singles):
        assert np.array_equal(env.reset(seed=8 + i)[0], observations[10 * i : 10 * i + 10].ravel())
    for _ in range(5):
        actions = first_legal(envs)
        observations, rewards, terminations, truncations, _ = envs.step(actions)
        for i, env in enumerate(singles):
            rows = slice(10 * i, 10 * i + 10)
            observation, _, terminated, truncated, info = env.step(actions[rows].ravel())
            assert np.array_equal(observation, observations[rows].ravel())
            assert np.array_equal(info["row_rewards"], rewards[rows])
            assert (terminations[rows] == terminated).all()
            assert (truncations[rows] == truncated).all()
    envs.close()
    for env in singles:
        env.close()
