"""What differs between two trees of schedule files, walked table by table."""

from collections.abc import Mapping

from fsmobile.core.documents import KeyPath, Table, Value, is_same


def list_changes(before: Table, after: Table) -> dict[KeyPath, tuple[Value, Value]]:
    """Return (before, after) of each entry that differs, by its path; tables are walked into."""
    changes: dict[KeyPath, tuple[Value, Value]] = {}
    pending: list[tuple[KeyPath, Value, Value]] = [((), before, after)]
    while pending:
        path, old, new = pending.pop()
        if is_same(old, new):
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            pending += [((*path, key), old.get(key), new.get(key)) for key in {**old, **new}]
        else:
            changes[path] = (old, new)
    return changes
