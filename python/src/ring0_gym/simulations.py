"""Environments that a server steps, and the arrays of their last state."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from .connection import RENDER, RESET, STATE, STEP, TEXT, Connection, Reply, encode_json
from .convert_space import ArraySpace, convert_space
from .legaliser import Legaliser, alternatives

Split = Literal["train", "validation", "test"]
"""What a seed or a workload is for: train to learn, validation to choose, test to report."""

Infos = Literal["all", "final"]
"""`all`: infos of every step. `final`: infos of the last steps of episodes and of resets only."""

IllegalActions = Literal["replace", "refuse"]
"""What happens to an action that the mask forbids. `replace`: the next smaller legal alternative takes its place, or,
where there is none, the smallest legal one. `refuse`: the step raises UsageError."""

AutoresetName = Literal["next-step", "same-step", "disabled"]

_STATE = struct.Struct("<II8x")
_HAS_MASKS: Final = 1
_HAS_FINAL: Final = 2
_NO_SEED: Final = 0xFFFF_FFFF_FFFF_FFFF
_LARGEST_SEED: Final = 2**53 - 1
_SPARE_BYTES: Final = 1 << 14
_ALIASES: Final = {"ring0/CartPole-v1": "CartPole-v1"}
"""Ids that the server knows by another name. Gymnasium has a CartPole-v1 of its own."""


@dataclass(frozen=True)
class Settings:
    """How to make environments. The arguments of RingVectorEnv describe the fields."""

    splits: Sequence[Split] | None = ("train",)
    options: Mapping[str, Any] | None = None
    max_episode_steps: int | None = None
    infos: Infos = "all"
    illegal_actions: IllegalActions = "replace"
    server: str | None = None
    timeout: float = 60.0

    def hello(self, env_id: str) -> dict[str, Any]:
        """The fields of a `hello` that these settings state."""
        fields: dict[str, Any] = {"env": server_id(env_id), "infos": self.infos, "options": dict(self.options or {})}
        if self.splits is not None:
            fields["splits"] = [self.splits] if isinstance(self.splits, str) else list(self.splits)
        if self.max_episode_steps is not None:
            fields["max_episode_steps"] = self.max_episode_steps
        return fields


def server_id(env_id: str) -> str:
    """The server's id for `env_id`."""
    return _ALIASES.get(env_id, env_id)


class Simulations:
    """Environments of one kind behind a connection of their own.

    Each environment has `rows` decision makers. The arrays of the last state have one line for each row, environment by
    environment. They are views into a buffer that the next request overwrites: copy what you keep.
    """

    def __init__(self, env_id: str, num_envs: int, autoreset: AutoresetName, settings: Settings) -> None:
        """Makes `num_envs` environments. The errors are those of Connection and its `hello`."""
        if settings.illegal_actions not in ("replace", "refuse"):
            raise ValueError(f"illegal_actions must be 'replace' or 'refuse', got {settings.illegal_actions!r}")
        hello = {**settings.hello(env_id), "num_envs": operator.index(num_envs), "autoreset_mode": autoreset}
        connection = Connection(settings.server, timeout=settings.timeout)
        try:
            self.welcome = connection.hello(hello)
            self._connection = connection
            self._set_up()
            replaces = settings.illegal_actions == "replace" and self.maskable
            self._legaliser = Legaliser(self.action_space) if replaces else None
        except BaseException:
            connection.close()
            raise

    def _set_up(self) -> None:
        welcome = self.welcome
        self.num_envs: int = welcome["num_envs"]
        self.rows: int = welcome["rows"]
        self.total_rows = self.num_envs * self.rows
        self.observation_space: ArraySpace = convert_space(welcome["observation_space"])
        self.action_space: ArraySpace = convert_space(welcome["action_space"])
        self._mask_size: int = welcome["mask_size"]
        self._observation_size: int = welcome["observation_size"]
        self._masked = False
        self._started = False
        self._flags = 0
        self._json_bytes = 0
        dtype = np.dtype("<i4") if welcome["action_dtype"] == "int32" else np.dtype("<f4")
        shape = self.action_space.shape
        assert shape is not None
        self.actions: npt.NDArray[Any] = np.zeros((self.total_rows, *shape), dtype)
        """The actions that `step` sends; fill them in before."""
        self._sent = self.actions.data.cast("B")
        rows, size = self.total_rows, self._observation_size
        self._rewards_at = _STATE.size + 4 * rows * size
        self._terminations_at = self._rewards_at + 8 * rows
        self._masks_at = self._terminations_at + 2 * self.num_envs
        self._reply = Reply(self._masks_at + rows * self._mask_size + 4 * rows * size + _SPARE_BYTES)
        self._text = Reply(1 << 12)
        self._bind()

    def _bind(self) -> None:
        """Makes the arrays views of the buffer."""
        shape = self.observation_space.shape
        assert shape is not None
        rows, buffer = self.total_rows, self._reply.array
        self._bound = buffer
        self.observations: npt.NDArray[np.float32] = np.ndarray(
            (rows, *shape), np.dtype("<f4"), buffer, offset=_STATE.size
        )
        self.rewards: npt.NDArray[np.float64] = np.ndarray((rows,), np.dtype("<f8"), buffer, offset=self._rewards_at)
        """A reward for each row."""
        self.terminations: npt.NDArray[np.bool_] = np.ndarray(
            (self.num_envs,), np.bool_, buffer, offset=self._terminations_at
        )
        """One for each environment."""
        self.truncations: npt.NDArray[np.bool_] = np.ndarray(
            (self.num_envs,), np.bool_, buffer, offset=self._terminations_at + self.num_envs
        )
        """One for each environment."""
        self._masks: npt.NDArray[np.bool_] = np.ndarray(
            (rows, self._mask_size), np.bool_, buffer, offset=self._masks_at
        )
        self._all_legal = np.ones((rows, self._mask_size), dtype=np.bool_)

    @property
    def masks(self) -> npt.NDArray[np.bool_]:
        """Legal actions at `observations`: rows x size of the mask."""
        return self._masks if self._flags & _HAS_MASKS else self._all_legal

    @property
    def masked(self) -> bool:
        """Whether a mask has come so far: environments whose actions are always legal send none."""
        return self._masked

    @property
    def maskable(self) -> bool:
        """Whether the action space has masks of choices: Discrete and MultiDiscrete have, Box has not."""
        return len(alternatives(self.action_space)) > 0

    @property
    def closed(self) -> bool:
        """Whether the connection is closed."""
        return self._connection.closed

    def step(self) -> None:
        """Takes the step that `actions` holds, in every environment."""
        if self._legaliser is not None and self._flags & _HAS_MASKS:
            self._legaliser.replace(self.actions, self._masks)
        self._exchange(STEP, self._sent)

    def reset(
        self,
        seeds: Sequence[int | None],
        random: np.random.Generator | None,
        options: Mapping[str, Any] | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Starts an episode in the environments of `mask`, or in all.

        Args:
            seeds: a seed for each environment; None continues the environment's random stream, or, at its first reset,
                draws a seed of the first allowed split
            random: draws these seeds; may be None when every environment has a seed or has begun
            options: options of the environments that are reset
            mask: which environments to reset
        """
        numbers = [_NO_SEED if seed is None else _check_seed(seed) for seed in seeds]
        if not self._started and None in seeds:
            drawn = self.draw_seed(random)
            numbers = [drawn + i if seed is None else numbers[i] for i, seed in enumerate(seeds)]
        chosen = np.ones(self.num_envs, dtype=np.bool_) if mask is None else mask
        written = encode_json(dict(options)) if options else b""
        payload = np.array(numbers, dtype="<u8").tobytes() + chosen.tobytes() + written
        self._exchange(RESET, payload)
        self._started = True

    def draw_seed(self, random: np.random.Generator | None) -> int:
        """A seed of the first allowed split that leaves room for one seed for each environment."""
        splits: list[str] = self.welcome["splits"]
        first, end = self.welcome["seed_ranges"][splits[0]]
        random = np.random.default_rng() if random is None else random
        return int(random.integers(first, max(end - self.num_envs, first) + 1))

    def render(self, index: int) -> str:
        """Environment `index` as text."""
        self._connection.request(RENDER, index.to_bytes(4, "little"), self._text, TEXT)
        return self._text.text()

    def infos(self) -> tuple[list[dict[str, Any] | None], list[dict[str, Any] | None]]:
        """The infos and the final infos of the last state. A list is empty when there are none."""
        if self._json_bytes == 0:
            return [], []
        fields = self._reply.json(self._reply.length - self._json_bytes)
        infos, final_infos = fields.get("infos") or [], fields.get("final_infos") or []
        for info in (*infos, *final_infos):
            if info:
                _make_floats(info)
        return infos, final_infos

    def final_observations(self) -> npt.NDArray[np.float32] | None:
        """The last observations of the episodes that ended in this step, with autoreset mode `same-step`."""
        if not self._flags & _HAS_FINAL:
            return None
        masks = self.total_rows * self._mask_size if self._flags & _HAS_MASKS else 0
        start = (self._masks_at + masks + 3) // 4 * 4
        return np.ndarray(self.observations.shape, np.dtype("<f4"), self._reply.array, offset=start)

    def close(self) -> None:
        """Closes the connection and ends its server."""
        self._connection.close()

    def _exchange(self, kind: int, payload: bytes | memoryview) -> None:
        reply = self._reply
        self._connection.request(kind, payload, reply, STATE)
        if reply.array is not self._bound:
            self._bind()
        self._flags, self._json_bytes = _STATE.unpack_from(reply.view)
        if self._flags & _HAS_MASKS:
            self._masked = True


def _make_floats(info: dict[str, Any]) -> None:
    """Makes all numbers of `info` floats.

    JSON writes 0.0 as 0. Gymnasium would make an array of int of the first environment's 0, and cut the others' digits.
    JSON has no NaN and no infinity: they are null.
    """
    for name, value in info.items():
        if type(value) is int:
            info[name] = float(value)
        elif value is None:
            info[name] = math.nan
        elif type(value) is dict:
            _make_floats(value)


def _check_seed(seed: int) -> int:
    number = operator.index(seed)
    if not 0 <= number <= _LARGEST_SEED:
        raise ValueError(f"seed must be a whole number from 0 to {_LARGEST_SEED}, got {seed}")
    return number


def spread_seed(seed: int | Sequence[int | None] | None, count: int) -> list[int | None]:
    """A seed for each of `count` environments, as Gymnasium spreads one: `seed`, `seed + 1`, ...

    Raises:
        ValueError: there is a list of another length
    """
    if seed is None:
        return [None] * count
    if isinstance(seed, int | np.integer):
        return [int(seed) + i for i in range(count)]
    if len(seed) != count:
        raise ValueError(f"{count} environments need as many seeds, got {len(seed)}")
    return list(seed)
