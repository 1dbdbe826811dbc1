"""The exceptions of this package."""


class SplitError(ValueError):
    """A seed or a workload belongs to a split that the environment may not use."""


class UsageError(RuntimeError):
    """A call came at the wrong time, or an action is not in the action space."""


class ServerError(RuntimeError):
    """The server cannot start, has ended, or broke the protocol. The message has the last lines that it wrote."""


class DeadlineError(TimeoutError):
    """The server did not reply before the deadline. The connection is closed."""
