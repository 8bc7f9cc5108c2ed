"""Position: where an element of a schedule stands in the files it was read from."""

from collections.abc import Mapping

from msgspec import Struct, field


class Position(Struct, frozen=True, kw_only=True, eq=False):
    """A place in a file; carried by each element that can be at fault.

    All positions are equal: where an element was written is no part of what it says.
    """

    file: str = ""
    """Path inside the schedule tree, with `/`; empty for what was made in memory."""
    line: int | None = None
    """From 1."""
    column: int | None = None
    """From 1."""
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Line and column of the value of each key the element's table really holds."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position)

    def __hash__(self) -> int:
        return 0

    def of(self, key: str) -> "Position":
        """Return the place of one key's value, or of the whole element when it has no such key."""
        if key not in self.keys:
            return Position(file=self.file, line=self.line, column=self.column)
        line, column = self.keys[key]
        return Position(file=self.file, line=line, column=column)

    def has(self, key: str) -> bool:
        """Tell whether the file states this key, or leaves it at its default."""
        return key in self.keys


NOWHERE = Position()
"""The position of an element that was not read from a file."""
