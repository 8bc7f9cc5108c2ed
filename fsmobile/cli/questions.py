"""What a command asks a person at the terminal, until the answer is one."""

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from getpass import getpass

from fsmobile.cli.output import complain
from fsmobile.core.folding import fold
from fsmobile.errors import InvalidInput
from fsmobile.protocol.enrolment import WORDS, parse_code
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, n_

Ask = Callable[[str], str]
"""Shows a prompt, returns what was typed."""
_NEAR_MAX, _LIKENESS_MIN = 3, 0.7


def has_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_new_secret(prompt: str, check: Callable[[str], None]) -> str:
    """Return a passphrase that is being chosen, typed twice; one that is refused, once.

    `check` raises `InvalidInput` for one that may not be chosen.
    """
    while True:
        chosen = getpass(prompt)
        try:
            check(chosen)
        except InvalidInput as error:
            complain(str(explain_error(error)))
            continue
        if getpass(_("La même encore une fois : ")) == chosen:
            return chosen
        complain(_("Les deux phrases ne sont pas les mêmes : recommencez."))


def ask_words(ask: Ask, prompt: str, known: Sequence[str], given: str = "") -> bytes:
    """Return the code of twelve words; a wrong one is asked again, the others are kept."""
    typed = _words_of(given or ask(prompt))
    while True:
        try:
            return parse_code(" ".join(typed), known)
        except InvalidInput as error:
            complain(explain_error(error).what)
            position = error.params.get("position")
        if len(typed) != WORDS:
            typed = _completed(ask, prompt, typed)
        elif isinstance(position, int):
            near = get_close_matches(typed[position - 1], known, _NEAR_MAX, _LIKENESS_MIN)
            if near:
                complain(_("Peut-être : {words}").format(words=", ".join(near)))
            typed = _replaced(ask, typed, position)
        else:
            number = ask(_("Le numéro du mot à reprendre, de 1 à {n} : ").format(n=WORDS)).strip()
            if number.isdecimal() and 1 <= int(number) <= WORDS:
                typed = _replaced(ask, typed, int(number))


def _completed(ask: Ask, prompt: str, typed: list[str]) -> list[str]:
    missing = WORDS - len(typed)
    if not typed or missing < 0:
        return _words_of(ask(prompt))
    more = n_("Le mot qui manque à la fin : ", "Les {n} mots qui manquent à la fin : ", missing)
    return [*typed, *_words_of(ask(more.format(n=missing)))]


def _replaced(ask: Ask, typed: list[str], position: int) -> list[str]:
    """Ask for one word again; twelve are taken for all of them."""
    answer = _words_of(ask(_("Le mot n° {position} : ").format(position=position)))
    if len(answer) == WORDS:
        return answer
    return [
        *typed[: position - 1],
        *(answer[:1] or typed[position - 1 : position]),
        *typed[position:],
    ]


def _words_of(text: str) -> list[str]:
    return fold(text).split()
