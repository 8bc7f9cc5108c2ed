"""What Python's TOML reader says of a file, in the words of who wrote the file."""

import re
from collections.abc import Mapping

from fsmobile.texts.translation import _, mark

_NO_QUOTE = mark("un texte n'est pas fermé : il manque un guillemet")
_SENTENCES: Mapping[str, str] = {
    "Invalid date or datetime": mark("cette date ou cette heure n'existe pas"),
    "Invalid value": mark("cette valeur ne va pas ; un texte ou une heure veut des guillemets"),
    "Expected newline or end of document after a statement": mark(
        "il y a quelque chose de trop après la valeur ; une heure ou un code veut des guillemets"
    ),
    "Expected '=' after a key in a key/value pair": mark("il manque « = » après le nom de la clé"),
    "Expected ']' at the end of a table declaration": mark("il manque « ] » à la fin du titre"),
    "Expected ']]' at the end of an array declaration": mark("il manque « ]] » à la fin du titre"),
    "Invalid statement": mark("cette ligne n'est ni un titre, ni « clé = valeur »"),
    "Invalid initial character for a key part": mark(
        "ce nom de clé ne va pas : lettres sans accent, chiffres et tirets"
    ),
    "Unclosed array": mark("une liste n'est pas fermée : il manque « ] » ou une virgule"),
    "Unclosed inline table": mark("une accolade n'est pas fermée, ou il manque une virgule"),
    "Unterminated string": _NO_QUOTE,
    "File too long": mark("il est trop long pour un planning (un million de caractères au plus)"),
    "Line too long": mark("cette ligne est trop longue (cent mille caractères au plus)"),
    "Nested too deeply": mark("trop de tables ou de listes les unes dans les autres"),
    "Too many digits": mark("un nombre a trop de chiffres"),
    "Not UTF-8": mark("les lettres ne sont pas en UTF-8 ; enregistrez-le ainsi"),
    "Unescaped '\\' in a string": mark("« \\ » dans un texte s'écrit « \\\\ »"),
    "Invalid hex value": mark("ce caractère écrit par son code ne va pas"),
    "Escaped character is not a Unicode scalar value": mark(
        "ce caractère écrit par son code n'existe pas"
    ),
}
_QUOTE_MISSING = re.compile(r"""Expected ["']{2,}|Illegal character '\\n'""")
_ILLEGAL = re.compile(r"(?:Illegal|Found invalid) character (.+)", re.DOTALL)


def explain_toml(message: str) -> str:
    """Return what is wrong with the syntax of a file; what is no message comes back as it is."""
    sentence = _SENTENCES.get(message)
    if sentence is not None:
        return _(sentence)
    if _QUOTE_MISSING.match(message):
        return _(_NO_QUOTE)
    illegal = _ILLEGAL.fullmatch(message)
    if illegal is not None:
        return _("le caractère {character} n'a pas sa place ici").format(character=illegal[1])
    return message
