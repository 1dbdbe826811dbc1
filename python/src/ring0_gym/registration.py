"""Registers the environments with Gymnasium, without a server: their list is a file of the package."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from gymnasium.envs import registration


@cache
def listing() -> list[dict[str, Any]]:
    """The environments of the package: `id`, `alias`, `description` and `reward_threshold` of each."""
    text = resources.files(__package__).joinpath("_registry.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def env_ids() -> list[str]:
    """The ids of all environments, e.g. `ring0/Tiering-v1`."""
    return [entry["id"] for entry in listing()]


def register() -> None:
    """Registers all environments with Gymnasium. `import ring0_gym` does so, too."""
    for entry in listing():
        if entry["id"] not in registration.registry:
            # The server truncates episodes, so that Gymnasium's TimeLimit is not needed and no second one is added.
            registration.register(
                id=entry["id"],
                entry_point="ring0_gym.env:RingEnv",
                vector_entry_point="ring0_gym.vector_env:RingVectorEnv",
                reward_threshold=entry["reward_threshold"],
                kwargs={"env_id": entry["id"]},
            )
