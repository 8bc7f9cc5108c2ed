"""Values of a document as its file holds them: tables, lists and scalars, compared strictly."""

from collections.abc import Mapping

Value = object
"""A table (mapping), a list, or a scalar: text, number, boolean, date, time. None: absent."""
Table = Mapping[str, Value]
KeyPath = tuple[str, ...]
"""Keys from the root to a value."""


def is_same(one: Value, other: Value) -> bool:
    """Tell whether two values would be written alike: `1`, `1.0` and `true` are all different."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if type(one) is not type(other):
        return False
    return one == other or (one != one and other != other)


def is_among(value: Value, values: list[Value]) -> bool:
    """Tell whether a list holds a value, compared strictly."""
    return any(is_same(value, one) for one in values)


def value_at(table: Table, path: KeyPath) -> Value:
    """Return the value at a path, or None."""
    value: Value = table
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def with_value(table: Table, path: KeyPath, value: Value) -> dict[str, Value]:
    """Return a table with one value replaced, or removed when it is None."""
    key, rest = path[0], path[1:]
    if rest:
        inner = table.get(key)
        if value is None and not isinstance(inner, Mapping):
            return dict(table)
        value = with_value(inner if isinstance(inner, Mapping) else {}, rest, value)
    changed = {name: one for name, one in table.items() if name != key or value is not None}
    return changed if value is None else {**changed, key: value}
