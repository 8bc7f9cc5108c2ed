"""Enrolment codes of 12 words (128 bits), and proofs that never send the code itself.

Laptop and registry both know the code, which serves once. An id (to look it up) and a key are
derived from it. Each side proves by an HMAC with that key that it knows the code, so a captive
portal can neither learn the code nor pass for the registry.
"""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from hmac import new as new_hmac

from fsmobile.core.folding import fold
from fsmobile.errors import InvalidInput

CODE_SIZE = 16
WORDS = 12
PREFIX = 4
"""Words differ in their first four letters, so these are enough."""


def format_code(code: bytes, words: Sequence[str]) -> str:
    """Write a 16-byte code as 12 words: 128 bits and a checksum of 4."""
    checksum = sha256(b"fsmobile code" + code).digest()[0] >> 4
    number = int.from_bytes(code, "big") << 4 | checksum
    return " ".join(words[number >> (11 * place) & 2047] for place in reversed(range(WORDS)))


def parse_code(text: str, words: Sequence[str]) -> bytes:
    """Read 12 words back, by their first four letters, whatever the case and the accents.

    Raises:
        InvalidInput: not 12 words, a word that is not in the list, or a wrong checksum.
    """
    typed = fold(text).split()
    if len(typed) != WORDS:
        raise InvalidInput("enrolment_code_length", expected=WORDS, value=len(typed))
    ranks = {word[:PREFIX]: rank for rank, word in enumerate(words)}
    number = 0
    for position, word in enumerate(typed, start=1):
        rank = ranks.get(word[:PREFIX])
        if rank is None or (not words[rank].startswith(word) and word[:PREFIX] != word):
            raise InvalidInput("enrolment_word_unknown", word=word, position=position)
        number = number << 11 | rank
    code = (number >> 4).to_bytes(CODE_SIZE, "big")
    if format_code(code, words) != " ".join(words[ranks[word[:PREFIX]]] for word in typed):
        raise InvalidInput("enrolment_code_mistyped")
    return code


def code_id(code: bytes) -> bytes:
    """Return the public id of a code."""
    return sha256(b"fsmobile enrol id" + code).digest()[:16]


def code_key(code: bytes) -> bytes:
    """Return the key for the proofs; the registry keeps this, never the code."""
    return sha256(b"fsmobile enrol key" + code).digest()


def laptop_proof(key: bytes, public_key: bytes, box_key: bytes, name: str) -> bytes:
    """Prove that these public keys and this name were sent by the holder of the code."""
    message = b"laptop" + public_key + box_key + name.encode()
    return new_hmac(key, message, sha256).digest()


def registry_proof(
    key: bytes, device_id: bytes, registry_key: bytes, box_key: bytes, unit: str
) -> bytes:
    """Prove that these registry keys were sent by the registry that made the code."""
    message = b"registry" + device_id + registry_key + box_key + unit.encode()
    return new_hmac(key, message, sha256).digest()


def same_proof(one: bytes, other: bytes) -> bool:
    """Compare two proofs in constant time."""
    return compare_digest(one, other)
