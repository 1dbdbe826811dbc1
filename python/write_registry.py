"""Writes src/ring0_gym/_registry.json, the list of environments. Run it when `ring0-gym list` changes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from ring0_gym.server import server_command

HERE = Path(__file__).resolve().parent

KEPT = {"alias": "alias", "description": "description", "rewardThreshold": "reward_threshold"}


def read_registry() -> list[dict[str, Any]]:
    """The environments as the server lists them, all in the namespace ring0."""
    shown = subprocess.run([*server_command(), "list", "--format", "json"], capture_output=True, check=True)
    return [
        {
            "id": entry["id"] if "/" in entry["id"] else f"ring0/{entry['id']}",
            **{ours: entry[theirs] for theirs, ours in KEPT.items()},
        }
        for entry in json.loads(shown.stdout)["environments"]
    ]


if __name__ == "__main__":
    (HERE / "src/ring0_gym/_registry.json").write_text(json.dumps(read_registry(), indent=2) + "\n", encoding="utf-8")
