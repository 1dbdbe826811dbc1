"""Puts the server into the wheel and the source distribution: what `npm run bundle` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds the bundle as `ring0_gym/_node`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the files; an editable install uses the checkout instead."""
        root = Path(self.root)
        if version == "editable":
            return
        if (root / "src/ring0_gym/_node/ring0-gym.mjs").is_file():
            return  # In a source distribution, the bundle lies in the package.
        bundle = root.parent / "dist-bundle"
        if not (bundle / "ring0-gym.mjs").is_file():
            raise FileNotFoundError(f"no server at {bundle}: run `npm run bundle` in the checkout")
        inside = "src/ring0_gym/_node" if self.target_name == "sdist" else "ring0_gym/_node"
        build_data["force_include"][str(bundle)] = inside
