"""Where the second copy of what has no receipt is, and whether it holds all of it."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from fsmobile.store.second_copy import count_uncopied, load_copy
from fsmobile.usecases.desk import Desk


class CopyState(Struct, frozen=True, kw_only=True):
    """The second copy, in the structure's wall time."""

    made_at: datetime
    folder: Path
    is_whole: bool
    """It holds everything that has no receipt."""
    is_elsewhere: bool
    """It is not beside the store: what takes the laptop away leaves it."""


def lacks_copy(desk: Desk) -> bool:
    """Tell whether something without a receipt is in no copy."""
    return count_uncopied(desk.replica) > 0


def load_copy_state(desk: Desk) -> CopyState | None:
    """Return what is known of the second copy; None when there is none."""
    copy = load_copy(desk.replica)
    if copy is None or not Path(copy.file).is_file():
        return None
    folder, home = Path(copy.file).parent, desk.replica.folder()
    return CopyState(
        made_at=desk.at(copy.made_at),
        folder=folder,
        is_whole=count_uncopied(desk.replica) == 0,
        is_elsewhere=not folder.resolve().is_relative_to(home.resolve()),
    )
