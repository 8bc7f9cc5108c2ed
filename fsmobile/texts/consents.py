"""What is read to a person before their name is kept; a text has a code, and never changes."""

from collections.abc import Mapping

from fsmobile.texts.translation import _, mark

CONSENT = "suite-1"
"""The text that is read now; another wording takes another code."""
_TEXTS: Mapping[str, str] = {
    "suite-1": mark(
        "« Nous gardons votre nom et de quoi vous joindre, pour cette seule suite, jusqu'au jour"
        " que vous choisissez. Vous pouvez vous y opposer à tout moment : nous effaçons. »"
    ),
}


def consent_text(code: str) -> str:
    """Return the text that was read to a person; one of a newer version shows its code."""
    return _(_TEXTS[code]) if code in _TEXTS else code
