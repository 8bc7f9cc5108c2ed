"""Exit code of each category of error: one table, because scripts react to the category."""

from fsmobile import errors

OK = 0
USAGE = 64
INTERRUPTED = 130

_CODES: tuple[tuple[type[errors.FsmobileError], int], ...] = (
    (errors.InvalidInput, 3),
    (errors.NotFound, 4),
    (errors.NotAllowed, 5),
    (errors.ChangedMeanwhile, 6),
    (errors.TryLater, 7),
    (errors.OutOfStep, 8),
)


def exit_code_of(error: errors.FsmobileError) -> int:
    """Return the exit code of an error."""
    for category, code in _CODES:
        if isinstance(error, category):
            return code
    raise AssertionError(f"no category: {type(error).__name__}")
