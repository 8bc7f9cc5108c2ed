"""Keys as the screens know them: one name each, AZERTY twins, Esc run into a letter."""

TWINS = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
"""What the digit keys of a French keyboard give without Shift."""

SCROLL_STEPS = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10}
"""Rows by which a key scrolls what is longer than the window."""

_NAMES = {
    "return": "enter",
    "ctrl+m": "enter",
    # Enter typed before the screens have taken the terminal over, which then gave a line feed.
    "ctrl+j": "enter",
    "ctrl+h": "backspace",
    "ampersand": "&",
    "quotation_mark": '"',
    "apostrophe": "'",
    "left_parenthesis": "(",
    "minus": "-",
    "underscore": "_",
    "comma": ",",
    "question_mark": "?",
    "space": " ",
}


def name_keys(key: str, character: str | None) -> tuple[str, ...]:
    """Name a key press: the character it types, else Textual's name for it.

    Esc and a letter pressed within 60 ms reach a terminal as one `alt+letter`: both are given.
    """
    if key.startswith("alt+"):
        rest = _NAMES.get(key[4:], key[4:])
        return ("escape", rest) if len(rest) == 1 else ()
    if character is not None and len(character) == 1 and character.isprintable():
        return (character,)
    return (_NAMES.get(key, key),)


def digit(key: str) -> int | None:
    """Read a digit, typed with or without Shift on a French keyboard."""
    found = TWINS.get(key, key)
    return int(found) if len(found) == 1 and found in "0123456789" else None


def is_text(key: str) -> bool:
    """Tell whether the key types a character."""
    return len(key) == 1 and key.isprintable()
