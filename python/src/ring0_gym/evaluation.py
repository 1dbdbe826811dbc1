"""evaluate: plays a policy of Python beside every heuristic, on the same seeds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import Any, Final

import numpy as np

from .connection import ACTIONS, QUESTION, RESULT, Connection, Reply
from .convert_space import convert_space
from .legaliser import Legaliser, alternatives
from .simulations import Split, server_id
from .vector_env import write_actions

_ARRAYS_AT: Final = 16
_HAS_MASK: Final = 1
_BEGINS: Final = 2

Choice = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found."""

    records: list[dict[str, Any]]
    """The records of `ring0-gym evaluate --format json`: one for each policy, workload and episode."""

    text: str
    """The tables that `ring0-gym evaluate` prints."""

    def __str__(self) -> str:
        """The tables."""
        return self.text


def evaluate(
    env_id: str,
    policy: object,
    *,
    name: str = "policy",
    split: Split = "test",
    episodes: int | None = None,
    first_seed: int | None = None,
    rivals: bool = True,
    policies: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    verbose: bool = True,
    timeout: float = 600.0,
) -> Evaluation:
    """Plays `policy` on every workload of a split, beside the heuristics, on the same episodes.

    Choose on `validation`, and play `test` to report. In an environment with a kernel, the policy plays every episode
    twice, the second time with the time of its decisions charged to the kernel.

    Args:
        env_id: id, e.g. `ring0/Tiering-v1`
        policy: a callable `policy(observation)` or `policy(observation, mask)` that returns an action, or an object
            with SB3's method `predict`. In an environment with one row, the observation is one observation and the
            mask one array of bool; with several rows, each is an array with a line for each row, and so is the action.
            Where the policy has a method `reset`, each episode begins with a call of it. An alternative that the mask
            forbids is replaced by the next smaller legal one, or else by the smallest legal one
        name: the policy's name in the tables
        split: `train`, `validation` or `test`
        episodes: episodes of each workload; None: as many as the environment's problem states
        first_seed: seed of the first episode, from the split; None: the first seed of the split
        rivals: whether every heuristic, the clairvoyant reference and the bound play, too
        policies: names of further heuristics, or folders of runs
        options: options of the environment
        verbose: whether to print the tables
        timeout: seconds until a call without a reply fails; the heuristics play within one call

    Raises:
        ValueError: a bad id, name, option or number, or a `first_seed` of another split
        UsageError: an action of the policy is not in the action space
    """
    choose = _chooser(policy)
    begin = getattr(policy, "reset", None)
    request: dict[str, Any] = {
        "name": name,
        "split": split,
        "first_seed": first_seed,
        "rivals": rivals,
        "policies": list(policies),
        "options": dict(options or {}),
        "columns": max(get_terminal_size((100, 24)).columns, 60),
    }
    if episodes is not None:
        request["episodes"] = episodes
    connection = Connection(timeout=timeout)
    try:
        welcome = connection.hello({"env": server_id(env_id), "evaluate": request})
        rows, mask_size = welcome["rows"], welcome["mask_size"]
        action_space = convert_space(welcome["action_space"])
        legaliser = Legaliser(action_space) if alternatives(action_space) else None
        observation_shape = convert_space(welcome["observation_space"]).shape
        action_shape = action_space.shape
        assert observation_shape is not None
        assert action_shape is not None
        batch = () if rows == 1 else (rows,)
        action = np.zeros((*batch, *action_shape), np.dtype("<i4" if welcome["action_dtype"] == "int32" else "<f4"))
        reply = Reply(_ARRAYS_AT + rows * (4 * welcome["observation_size"] + mask_size))
        kind = connection.request(ACTIONS, b"", reply, QUESTION, RESULT)
        while kind == QUESTION:
            flags = int.from_bytes(reply.view[:4], "little")
            observation = np.ndarray(
                (*batch, *observation_shape), np.dtype("<f4"), reply.array, offset=_ARRAYS_AT
            ).copy()
            mask = np.ones((*batch, mask_size), dtype=np.bool_)
            if flags & _HAS_MASK:
                masks_at = _ARRAYS_AT + observation.nbytes
                mask = np.ndarray(mask.shape, np.bool_, reply.array, offset=masks_at).copy()
            if flags & _BEGINS and callable(begin):
                begin()
            write_actions(action, choose(observation, mask))
            if flags & _HAS_MASK and legaliser is not None:
                legaliser.replace(action.reshape(rows, -1), mask.reshape(rows, -1))
            kind = connection.request(ACTIONS, action.tobytes(), reply, QUESTION, RESULT)
        result = reply.json()
    finally:
        connection.close()
    evaluation = Evaluation(result["records"], result["text"])
    if verbose:
        print(evaluation.text)
    return evaluation


def _chooser(policy: object) -> Choice:
    """A function of observation and mask that asks `policy`."""
    predict = getattr(policy, "predict", None)
    if callable(predict):
        if "action_masks" in inspect.signature(predict).parameters:
            return lambda observation, mask: predict(observation, deterministic=True, action_masks=mask)[0]
        return lambda observation, mask: predict(observation, deterministic=True)[0]
    if not callable(policy):
        raise TypeError(f"policy must be callable or have a method predict, got {policy!r}")
    if _takes_mask(policy):
        return policy
    return lambda observation, mask: policy(observation)


def _takes_mask(policy: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(policy).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    return len(required) >= 2 or (len(positional) >= 2 and positional[1].name == "mask")
