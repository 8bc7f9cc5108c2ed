"""The head of a journal as commands write and read it: `12:0f3a…`."""

from argparse import ArgumentTypeError

from fsmobile.texts.translation import _

CHAIN_SIZE = 32


def journal_head(text: str) -> tuple[int, bytes]:
    """Read a head that `verify` said earlier.

    Raises:
        ArgumentTypeError: it is none.
    """
    seq, _colon, chain = text.partition(":")
    try:
        known = int(seq), bytes.fromhex(chain)
    except ValueError as error:
        raise ArgumentTypeError(_("attendu : NUMÉRO:EMPREINTE")) from error
    if known[0] < 0 or len(known[1]) != CHAIN_SIZE:
        raise ArgumentTypeError(_("attendu : NUMÉRO:EMPREINTE"))
    return known


def write_head(seq: int, chain: bytes) -> str:
    """Write a head, to be noted elsewhere."""
    return f"{seq}:{chain.hex()}"
