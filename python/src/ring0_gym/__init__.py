"""Gymnasium environments for operating-system kernel policies.

`import ring0_gym` registers the environments: `gymnasium.make("ring0/Tiering-v1")` makes one, and
`gymnasium.make_vec("ring0/Tiering-v1", num_envs=8)` many.
"""

from __future__ import annotations

from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from .env import RingEnv
from .errors import DeadlineError, ServerError, SplitError, UsageError
from .evaluation import Evaluation, evaluate
from .registration import env_ids, register
from .vector_env import RingVectorEnv

if TYPE_CHECKING:
    from .parallel_env import RingParallelEnv
    from .rllib import env_creator
    from .vec_env import RingVecEnv

__all__ = [
    "DeadlineError",
    "Evaluation",
    "RingEnv",
    "RingParallelEnv",
    "RingVecEnv",
    "RingVectorEnv",
    "ServerError",
    "SplitError",
    "UsageError",
    "__version__",
    "env_creator",
    "env_ids",
    "evaluate",
    "register",
]

__version__ = metadata.version("ring0-gym")

# Each of these needs an extra, so it is imported at its first use.
_OPTIONAL = {
    "RingVecEnv": ("vec_env", "sb3"),
    "RingParallelEnv": ("parallel_env", "pettingzoo"),
    "env_creator": ("rllib", "rllib"),
}


def __getattr__(name: str) -> Any:
    if name not in _OPTIONAL:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, extra = _OPTIONAL[name]
    try:
        return getattr(import_module(f".{module}", __name__), name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error.msg}: {name} needs `pip install 'ring0-gym[{extra}]'`") from None


register()
