"""The language of the screens: French in the source, English from a catalogue.

A table filled at import marks its messages with `mark()` and translates them with `_()` when
they are shown, since the language may change while the program runs (F2).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from math import ceil

LANGUAGES = ("fr", "en")
"""The languages a person can choose; the first is that of the source."""
PSEUDO = "pseudo"
"""French made 30 % longer: shows in the tests what a longer language would break."""


class _French(NullTranslations):
    """The source language: zero and one are singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2


class _Pseudo(_French):
    """French with 30 % more letters at the end of each line; `{fields}` keep their names."""

    def gettext(self, message: str) -> str:
        return "\n".join(map(_lengthen, message.split("\n")))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))


def _lengthen(line: str) -> str:
    shown = re.sub(r"\{[^}]*\}", "", line)
    return line + "ë" * ceil(len(shown.strip()) * 0.3)


class _Current:
    language = "fr"
    catalogue: NullTranslations = _French()


def set_language(language: str) -> None:
    """Speak `fr`, `en` or `pseudo` from now on; anything else is a bug of the caller."""
    if language == "fr":
        _Current.catalogue = _French()
    elif language == PSEUDO:
        _Current.catalogue = _Pseudo()
    else:
        place = files("fsmobile.texts") / "locale" / language / "LC_MESSAGES" / "fsmobile.mo"
        with place.open("rb") as catalogue:
            _Current.catalogue = GNUTranslations(catalogue)
    _Current.language = language


def current_language() -> str:
    """Return the language spoken now: `fr`, `en` or `pseudo`."""
    return _Current.language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for the length of a block (a printed page, a test)."""
    before = _Current.language
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def _(message: str) -> str:
    """Translate a French literal: `_("{count} reçues").format(count=3)`."""
    return _Current.catalogue.gettext(message) if message else ""


def n_(singular: str, plural: str, n: int) -> str:
    """Translate a counted French literal: `n_("{n} visite", "{n} visites", n).format(n=n)`."""
    return _Current.catalogue.ngettext(singular, plural, n)


def mark(message: str) -> str:
    """Mark a French literal of a table for the catalogue, unchanged; `_()` translates it later."""
    return message
