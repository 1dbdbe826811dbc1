"""Policies of Python beside the heuristics."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
from conftest import REPOSITORY
from test_gymnasium import GPU, TIERING

import ring0_gym
from ring0_gym import UsageError
from ring0_gym.server import find_node

SMALL = {"pages": 512}
SIZES = [5, 4, 3, 2, 5, 3, 4, 2, 2]


def still(observation):
    return np.zeros(4, dtype=np.float32)


def test_table_and_records(capsys):
    evaluation = ring0_gym.evaluate(TIERING, still, name="still", split="test", episodes=1, options=SMALL)
    records = [record for record in evaluation.records if record["policy"] == "still"]
    assert len(records) == 6
    assert all(record["split"] == "test" for record in records)
    assert len({record["policy"] for record in evaluation.records}) > 3
    printed = capsys.readouterr().out
    assert printed == evaluation.text + "\n" == f"{evaluation}\n"
    assert "still" in printed
    assert "bound" in printed


def test_records_of_heuristics_are_those_of_the_command():
    shared = ["--env", TIERING, "--split", "validation", "--episodes", "1", "--option", "pages=512"]
    evaluation = ring0_gym.evaluate(
        TIERING,
        still,
        split="validation",
        episodes=1,
        options=SMALL,
        rivals=False,
        policies=["autonuma"],
        verbose=False,
    )
    # The wheel's server has no such command; the checkout has.
    loader = REPOSITORY / "node_modules/tsx/dist/loader.mjs"
    command = [find_node(), "--import", loader.as_uri(), str(REPOSITORY / "cli/main.ts"), "evaluate", *shared]
    shown = subprocess.run(
        [*command, "--policy", "autonuma", "--format", "json"], capture_output=True, text=True, check=True
    )
    expected = [without_times(record) for record in json.loads(shown.stdout)]
    assert [without_times(record) for record in evaluation.records if record["policy"] == "autonuma"] == expected


def without_times(record):
    return {name: value for name, value in record.items() if "us_" not in name and "_us" not in name}


def test_policy_sees_what_an_environment_shows():
    seen = []

    class Policy:
        episodes = 0

        def reset(self):
            self.episodes += 1

        def __call__(self, observation, mask):
            if self.episodes == 1:
                seen.append((observation, mask))
            return first_of(mask)

    def first_of(mask):
        parts = np.split(mask, np.cumsum(SIZES)[:-1], axis=1)
        return np.stack([part.argmax(axis=1) for part in parts], axis=1)

    policy = Policy()
    options = {"duration_ms": 20}
    evaluation = ring0_gym.evaluate(
        GPU, policy, split="validation", episodes=1, rivals=False, options=options, verbose=False
    )
    first = evaluation.records[0]
    assert policy.episodes >= len(evaluation.records)
    env = ring0_gym.RingVectorEnv(GPU, splits=["validation"], options={**options, "workload": first["workload"]})
    observation, infos = env.reset(seed=int(first["seed"]))
    for shown, mask in seen:
        assert np.array_equal(shown, observation)
        assert np.array_equal(mask, infos["action_mask"])
        observation, *_, infos = env.step(first_of(mask))
    env.close()


def test_rows():
    shapes = set()

    def policy(observation, mask):
        shapes.add((observation.shape, mask.shape))
        return np.zeros((10, 9), dtype=np.int64)

    ring0_gym.evaluate(
        GPU, policy, split="validation", episodes=1, rivals=False, options={"duration_ms": 20}, verbose=False
    )
    assert shapes == {((10, 41), (10, 30))}


def test_predict_of_sb3():
    class Model:
        def predict(self, observation, deterministic=False):
            assert deterministic
            return np.zeros(4), None

    evaluation = ring0_gym.evaluate(
        TIERING, Model(), split="validation", episodes=1, rivals=False, options=SMALL, verbose=False
    )
    assert evaluation.records


def test_refusals():
    with pytest.raises(ValueError, match="ring0/Tierin"):
        ring0_gym.evaluate("ring0/Tierin-v1", still)
    with pytest.raises(ValueError, match="split"):
        ring0_gym.evaluate(TIERING, still, split="exam")
    with pytest.raises(ValueError, match="seeds of the split validation are 1000000 to 1999999"):
        ring0_gym.evaluate(TIERING, still, split="validation", first_seed=5)
    with pytest.raises(TypeError, match="policy must be callable or have a method predict, got 3"):
        ring0_gym.evaluate(TIERING, 3)
    with pytest.raises(UsageError, match="is not in"):
        ring0_gym.evaluate(TIERING, lambda observation: np.full(4, 7.0), rivals=False)


def test_error_of_the_policy_ends_the_server():
    with pytest.raises(ZeroDivisionError):
        ring0_gym.evaluate(TIERING, lambda observation: 1 / 0, rivals=False)
