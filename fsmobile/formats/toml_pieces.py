"""A TOML text cut into pieces that keep every byte: what is said, and the comments above it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fsmobile.core.documents import KeyPath
from fsmobile.formats.toml_positions import locate_statements

_ATTACHED = re.compile(r"(?:[ \t]*#[^\n]*\n)*[ \t]*\Z")
"""The comment lines right above a statement, without a blank line between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A header or a key with its value, on the lines that are its own."""

    path: KeyPath
    """From the root of the file."""
    is_header: bool
    above: str
    """Blank lines and comments before it."""
    key: str
    """`dates  = `, or the header itself."""
    value: str
    """As it is written; empty for a header."""
    after: str
    """To the end of the line: a trailing comment, the line end."""

    @property
    def text(self) -> str:
        """Return the piece as it stands in its file."""
        return f"{self.above}{self.key}{self.value}{self.after}"

    @property
    def attached(self) -> str:
        """Return the comment that belongs to it."""
        found = _ATTACHED.search(self.above)
        return "" if found is None else found.group()


@dataclass(slots=True, kw_only=True)
class Pieces:
    """A whole text."""

    pieces: list[Piece]
    tail: str
    """Comments and blank lines at the end."""

    @property
    def text(self) -> str:
        """Return the text; the very one that was cut, as long as nothing was changed."""
        return "".join(piece.text for piece in self.pieces) + self.tail

    def find(self, path: KeyPath, *, is_header: bool) -> int | None:
        """Return the rank of a header or of a key, or None."""
        for rank, piece in enumerate(self.pieces):
            if piece.path == path and piece.is_header is is_header:
                return rank
        return None

    def end_of_table(self, path: KeyPath) -> int | None:
        """Return the rank after the last key of a table; None when its header is not here."""
        rank = self.find(path, is_header=True)
        if rank is None and path:
            return None
        rank = 0 if rank is None else rank + 1
        while rank < len(self.pieces) and not self.pieces[rank].is_header:
            rank += 1
        return rank

    def insert(self, rank: int, pieces: Iterable[Piece]) -> None:
        """Put pieces in, on lines of their own."""
        new = [replace(piece, after=_with_line_end(piece.after)) for piece in pieces]
        if new and rank == 0 and self.pieces and not self.pieces[0].is_header:
            # What heads the file stays at its head.
            new[0] = replace(new[0], above=self.pieces[0].above + new[0].attached)
            self.pieces[0] = replace(self.pieces[0], above="")
        elif new and rank > 0:
            before = self.pieces[rank - 1]
            self.pieces[rank - 1] = replace(before, after=_with_line_end(before.after))
        self.pieces[rank:rank] = new

    def remove(self, rank: int, known: str) -> None:
        """Take a piece out with the comment that belongs to it.

        A comment is kept when it stands in `known`, the text that the removal comes from.
        """
        piece = self.pieces.pop(rank)
        attached = piece.attached
        kept = piece.above.removesuffix(attached)
        if attached.strip() and attached in known:
            kept = piece.above
        if rank == 0:
            kept = piece.above
        if not kept:
            return
        if rank == len(self.pieces):
            self.tail = kept + self.tail if kept.strip() else self.tail
            return
        following = self.pieces[rank]
        if kept.strip() or not following.above.startswith("\n"):
            self.pieces[rank] = replace(following, above=kept + following.above)


def cut_pieces(text: str) -> Pieces:
    """Cut a text that tomllib has accepted."""
    pieces: list[Piece] = []
    at = 0
    for one in locate_statements(text):
        line_end = text.find("\n", one.ends)
        end = len(text) if line_end < 0 else line_end + 1
        pieces.append(
            Piece(
                path=one.path,
                is_header=one.is_header,
                above=text[at : one.starts],
                key=text[one.starts : one.value_starts],
                value="" if one.is_header else text[one.value_starts : one.ends],
                after=text[one.value_starts if one.is_header else one.ends : end],
            )
        )
        at = end
    return Pieces(pieces=pieces, tail=text[at:])


def _with_line_end(after: str) -> str:
    return after if after.endswith("\n") else f"{after}\n"
