"""An address of the web given on the command line: whole, and fit for a link and a QR code."""

from argparse import ArgumentTypeError
from urllib.parse import urlsplit

from fsmobile.texts.translation import _

LENGTH_MAX = 200
"""A longer one would make a code that a telephone cannot read."""


def web_address(text: str) -> str:
    """Read `https://registre.example.fr`, without a slash at its end."""
    parts = urlsplit(text)
    is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(" \"'<>\\^`{|}")
    if not is_whole or not is_plain or parts.query or parts.fragment or len(text) > LENGTH_MAX:
        message = _("une adresse s'écrit https://registre.example.fr : {text}").format(text=text)
        raise ArgumentTypeError(message)
    return text.rstrip("/")
