"""Undo: take back the last thing done on this desk, by a new fact that says so."""

from fsmobile.store import ops
from fsmobile.usecases.desk import Desk, UndoStep


def undo_last(desk: Desk) -> UndoStep | None:
    """Take back the last act; return it, or None when there is nothing to undo.

    Raises:
        StoreFull, StoreBusy: nothing was changed, it can be tried again.
    """
    if not desk.undo_steps:
        return None
    step = desk.undo_steps[-1]
    ops.append_all(desk.replica, list(step.reverse))
    desk.undo_steps.pop()
    return step
