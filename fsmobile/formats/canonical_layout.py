"""The canonical layout of a schedule's file: order, alignment, blank lines; comments are kept."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fsmobile.core.documents import KeyPath, Table, is_same, value_at
from fsmobile.formats.schedule_writing import order_of, rank_of
from fsmobile.formats.toml_pieces import Piece, Pieces, cut_pieces

_EQUALS = re.compile(r"\s*=\s*\Z")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+(?=\n)")
_LEADING = re.compile(r"\A(?:[ \t]*\n)+")
_COMMENT_GAP = re.compile(r"\A[ \t]+(?=#)")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(slots=True, kw_only=True)
class _Block:
    """A table's header, or nothing for the root, and its keys."""

    header: Piece | None
    keys: list[Piece]
    rank: int

    @property
    def path(self) -> KeyPath:
        return () if self.header is None else self.header.path


def format_layout(text: str) -> str | None:
    """Return a file's text in canonical layout: the same values, every comment with its key.

    None for a file with a fault of syntax: it is to be mended first.
    """
    plain = text.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n")
    try:
        table: Table = tomllib.loads(plain)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    pieces = cut_pieces(plain)
    if any(one.is_header and one.key.lstrip().startswith("[[") for one in pieces.pieces):
        # Arrays of tables say something by their order; no schedule has any.
        return plain
    laid_out = _lay_out(pieces, table)
    return laid_out if is_same(tomllib.loads(laid_out), table) else plain


def _lay_out(pieces: Pieces, table: Table) -> str:
    blocks = _cut_blocks(pieces.pieces)
    title = _cut_title(blocks)
    ordered = sorted(blocks, key=lambda block: _block_key(block, table, blocks))
    written = [_write_block(block, value_at(table, block.path)) for block in ordered]
    if pieces.tail.strip():
        written.append(_spaced(pieces.tail).strip("\n") + "\n")
    return title + "\n".join(written)


def _cut_title(blocks: list[_Block]) -> str:
    """Part the comment at the head of the file from the key that happens to come first."""
    if not blocks:
        return ""
    first = blocks[0]
    if first.header is not None:
        title, first.header = first.header.above, replace(first.header, above="")
    else:
        title, first.keys[0] = first.keys[0].above, replace(first.keys[0], above="")
    return _spaced(title).lstrip("\n")


def _cut_blocks(pieces: Sequence[Piece]) -> list[_Block]:
    blocks: list[_Block] = []
    for piece in pieces:
        if piece.is_header:
            blocks.append(_Block(header=piece, keys=[], rank=len(blocks)))
            continue
        if not blocks:
            blocks.append(_Block(header=None, keys=[], rank=0))
        blocks[-1].keys.append(piece)
    return blocks


_Key = tuple[tuple[int, str, str, int], ...]


def _block_key(block: _Block, table: Table, blocks: Sequence[_Block]) -> _Key:
    """Return what sorts the tables of a file: parents first, then as their own rank says.

    What has no rank of its own stays where it was.
    """
    keys: list[tuple[int, str, str, int]] = []
    for depth in range(len(block.path)):
        around, here = block.path[:depth], block.path[: depth + 1]
        inner = value_at(table, around) if around else table
        order = order_of(around, inner if isinstance(inner, Mapping) else {})
        rank = rank_of(around, order, here[-1], value_at(table, here))
        stands = next(one.rank for one in blocks if one.path[: depth + 1] == here)
        keys.append((*rank, stands))
    return tuple(keys)


def _write_block(block: _Block, table: object) -> str:
    own = table if isinstance(table, Mapping) else {}
    order = order_of(block.path, own)
    names = {id(piece): _EQUALS.sub("", piece.key) for piece in block.keys}
    width = max((len(name) for name in names.values()), default=0)
    keys = sorted(
        enumerate(block.keys),
        key=lambda ranked: (*_key_rank(ranked[1], block.path, order, own), ranked[0]),
    )
    header = "" if block.header is None else _spaced(block.header.above) + _line(block.header)
    lines = [
        _spaced_key(piece.above) + _line(_aligned(piece, names[id(piece)], width))
        for _rank, piece in keys
    ]
    if lines and block.header is not None:
        lines[0] = lines[0].lstrip("\n")
    return (header + "".join(lines)).lstrip("\n")


def _key_rank(
    piece: Piece, path: KeyPath, order: Sequence[str], table: Table
) -> tuple[int, str, str]:
    name = piece.path[len(path)]
    return rank_of(path, order, name, table.get(name))


def _line(piece: Piece) -> str:
    text = f"{piece.key}{piece.value}{piece.after}"
    return text if text.endswith("\n") else f"{text}\n"


def _aligned(piece: Piece, name: str, width: int) -> Piece:
    """Write `=` under the others; a comment after the value stays in its column if it can."""
    key = f"{name:<{width}} = "
    shift = len(key) - len(piece.key)
    gap = _COMMENT_GAP.search(piece.after)
    if gap is None:
        return replace(piece, key=key)
    spaces = max(1, len(gap.group()) - shift)
    return replace(piece, key=key, after=" " * spaces + piece.after[gap.end() :])


def _spaced(above: str) -> str:
    """Leave one blank line where there were several."""
    return _LEADING.sub("\n", _BLANK_LINES.sub("\n", above))


def _spaced_key(above: str) -> str:
    """Keep the keys of a table together; a comment may stand apart."""
    return _spaced(above) if "#" in above else ""
