"""TOML files changed in place: the smallest difference, comments and layout kept.

The text is cut into pieces that are moved whole, so what is not changed keeps its bytes. What
comes from another version of the file is copied from it, with its comments.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace

import tomlkit
from tomlkit.items import Array

from fsmobile.core.documents import KeyPath, Table, Value, is_among, is_same, value_at
from fsmobile.formats.toml_pieces import Piece, Pieces, cut_pieces

_NAME = "value"


def edit_toml(text: str, wanted: Table, other: str = "") -> str:
    """Return a text that says what is wanted, changed as little as can be.

    `other` is the text that the changes come from, if they come from one: what is new is copied
    from it, where it stands in it.
    """
    current = tomllib.loads(text)
    if is_same(current, wanted):
        return text
    mine, theirs = cut_pieces(text), cut_pieces(other)
    news = {
        piece.path
        for piece in theirs.pieces
        if value_at(current, piece.path) is None and value_at(wanted, piece.path) is not None
    }
    _add_tables(mine, theirs, news, wanted)
    _add_keys(mine, theirs, news)
    _set_values(mine, theirs, wanted, other)
    _add_what_lacks(mine, wanted, ())
    edited = mine.text
    try:
        if is_same(tomllib.loads(edited), wanted):
            return edited
    except tomllib.TOMLDecodeError:
        pass
    # A layout that no schedule has (arrays of tables, say): right values, its comments lost.
    return tomlkit.dumps(wanted)


def format_toml_value(value: Value) -> str:
    """Write one value as in a file: `"09:30-12:00"`, `[1, 3]`, `{ longueur = 2 }`."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update(value)
        return table.as_string()
    return tomlkit.item(value).as_string()


def parse_toml_value(text: str) -> Value:
    """Read one value as in a file.

    Raises:
        ValueError: it is none, or more than one.
    """
    try:
        table = tomllib.loads(f"{_NAME} = {text}")
    except RecursionError as error:
        raise ValueError(text[:80]) from error
    if table.keys() != {_NAME}:
        raise ValueError(text[:80])
    value: Value = table[_NAME]
    return value


def _add_tables(mine: Pieces, theirs: Pieces, news: set[KeyPath], wanted: Table) -> None:
    """Copy the tables that only theirs has, each after the one it follows there."""
    for rank, piece in enumerate(theirs.pieces):
        if not piece.is_header or piece.path not in news or _is_written(mine, piece.path):
            continue
        if not isinstance(value_at(wanted, piece.path), Mapping):
            continue
        end = rank + 1
        while end < len(theirs.pieces) and not theirs.pieces[end].is_header:
            end += 1
        block = theirs.pieces[rank:end]
        if rank == 0 or not block[0].above.strip():
            block[0] = replace(block[0], above="\n" + block[0].attached)
        mine.insert(_place_of_table(mine, theirs, rank), block)


def _place_of_table(mine: Pieces, theirs: Pieces, rank: int) -> int:
    path = theirs.pieces[rank].path
    for before in reversed(theirs.pieces[:rank]):
        place = mine.end_of_table(before.path) if before.is_header else None
        if place is None:
            continue
        shared = _shared(path, before.path)
        # Mine may have put more of the same run after it: not between them.
        while place < len(mine.pieces) and _shared(mine.pieces[place].path, before.path) > shared:
            place += 1
        return place
    place = mine.end_of_table(())
    return 0 if place is None else place


def _shared(one: KeyPath, other: KeyPath) -> int:
    count = 0
    for key, other_key in zip(one, other, strict=False):
        if key != other_key:
            break
        count += 1
    return count


def _add_keys(mine: Pieces, theirs: Pieces, news: set[KeyPath]) -> None:
    """Copy the keys that only theirs has, each after the one it follows there."""
    table: KeyPath = ()
    for rank, piece in enumerate(theirs.pieces):
        if piece.is_header:
            table = piece.path
            continue
        if piece.path not in news or _is_written(mine, piece.path):
            continue
        place = mine.end_of_table(table)
        if place is None:
            continue
        before = theirs.pieces[rank - 1] if rank else None
        if before is not None:
            found = mine.find(before.path, is_header=before.is_header)
            place = place if found is None else found + 1
        mine.insert(place, [piece if rank else replace(piece, above=piece.attached)])


def _is_written(mine: Pieces, path: KeyPath) -> bool:
    """Tell whether a key writes this value, or a table around it."""
    return any(
        not piece.is_header and piece.path == path[: len(piece.path)] for piece in mine.pieces
    )


def _set_values(mine: Pieces, theirs: Pieces, wanted: Table, other: str) -> None:
    """Take out what is not wanted, write what is wanted otherwise."""
    copies = {piece.path: piece for piece in theirs.pieces if not piece.is_header}
    for rank in reversed(range(len(mine.pieces))):
        piece = mine.pieces[rank]
        value = value_at(wanted, piece.path)
        if value is None or (piece.is_header and not isinstance(value, Mapping)):
            mine.remove(rank, other)
        elif not piece.is_header:
            mine.pieces[rank] = _with_value(piece, value, copies.get(piece.path))


def _with_value(piece: Piece, value: Value, copy: Piece | None) -> Piece:
    current = parse_toml_value(piece.value)
    if is_same(current, value):
        return piece
    if copy is not None and is_same(parse_toml_value(copy.value), value):
        # The comment beside a value speaks of it: whoever changed one changed the other.
        return replace(piece, value=copy.value, after=copy.after)
    if isinstance(current, list) and isinstance(value, list):
        return replace(piece, value=_edit_list(piece.value, value))
    return replace(piece, value=format_toml_value(value))


def _edit_list(written: str, wanted: list[Value]) -> str:
    """Change the elements of a list that has its own layout, if the order allows it."""
    array = tomlkit.parse(f"{_NAME} = {written}")[_NAME]
    if isinstance(array, Array):
        for rank in reversed(range(len(array))):
            if not is_among(array.unwrap()[rank], wanted):
                del array[rank]
        for rank, value in enumerate(wanted):
            if not is_among(value, array.unwrap()):
                array.insert(rank, value)
        edited = array.as_string()
        if is_same(parse_toml_value(edited), wanted):
            return edited
    return format_toml_value(wanted)


def _add_what_lacks(mine: Pieces, wanted: Table, path: KeyPath) -> None:
    """Write the values that neither text has, at the end of their table."""
    for key, value in wanted.items():
        here = (*path, key)
        if _is_written(mine, here):
            continue
        if isinstance(value, Mapping) and not _is_leaf_table(mine, here, value):
            _add_what_lacks(mine, value, here)
            continue
        place = mine.end_of_table(path)
        if isinstance(value, Mapping) or place is None:
            header = here if isinstance(value, Mapping) else path
            written = ".".join(tomlkit.key(one).as_string() for one in header)
            mine.insert(len(mine.pieces), [_piece(header, f"[{written}]", is_header=True)])
            place = len(mine.pieces)
        if not isinstance(value, Mapping):
            text = f"{tomlkit.key(key).as_string()} = {format_toml_value(value)}"
            mine.insert(place, [_piece(here, text)])


def _is_leaf_table(mine: Pieces, path: KeyPath, value: Table) -> bool:
    """Tell whether an empty table has yet to be written."""
    return not value and mine.find(path, is_header=True) is None


def _piece(path: KeyPath, text: str, *, is_header: bool = False) -> Piece:
    above = "\n" if is_header else ""
    return Piece(path=path, is_header=is_header, above=above, key=text, value="", after="\n")
