"""Refuses numbers that name a person in free text: NIR, tax number, IBAN, bank card.

No field of the program asks for one (décret 2019-341 keeps the NIR to a few bodies), so
one that turns up in a note is refused before it reaches the disk. What is refused is
never repeated in the error.
"""

import re
import unicodedata
from enum import StrEnum

from fsmobile.errors import PersonalDataRefused


class ForbiddenNumber(StrEnum):
    """What was found."""

    NIR = "nir"
    TAX = "numero_fiscal"
    IBAN = "iban"
    CARD = "carte_bancaire"


_GAP = r"[\s.\-_/:,;·'’]"
_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,3}}\d){{12,18}}")
_CORSICAN_NIR = re.compile(
    rf"[1-478](?:{_GAP}{{0,3}}\d){{4}}{_GAP}{{0,3}}2{_GAP}{{0,3}}[AB](?:{_GAP}{{0,3}}\d){{6,8}}",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"\b[A-Z]{{2}}{_GAP}?\d{_GAP}?\d(?:{_GAP}?[A-Z0-9]){{11,30}}", re.IGNORECASE)


def find_forbidden_numbers(text: str) -> list[ForbiddenNumber]:
    """Return the kinds of forbidden numbers in a text, each once, in order of finding."""
    plain = _plain(text)
    found: list[ForbiddenNumber] = []
    for match in _IBAN.finditer(plain):
        if _holds_iban(re.sub(_GAP, "", match.group())):
            found.append(ForbiddenNumber.IBAN)
    if _CORSICAN_NIR.search(plain):
        found.append(ForbiddenNumber.NIR)
    for match in _DIGITS.finditer(plain):
        kind = _kind_of(re.sub(r"\D", "", match.group()))
        if kind is not None:
            found.append(kind)
    return list(dict.fromkeys(found))


def refuse_forbidden_numbers(text: str, field: str) -> str:
    """Return the text if it may be kept.

    Raises:
        PersonalDataRefused: it holds a number that names a person.
    """
    found = find_forbidden_numbers(text)
    if found:
        raise PersonalDataRefused("personal_data_refused", kind=found[0].value, field=field)
    return text


def _plain(text: str) -> str:
    """Undo what hides digits: full-width and other digits, invisible characters."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in normal
        if unicodedata.category(char) != "Cf"
    )


def _kind_of(digits: str) -> ForbiddenNumber | None:
    # Windows, because a number may touch another one that is harmless.
    for size in (15, 13):
        for start in range(len(digits) - size + 1):
            if _is_nir(digits[start : start + size]):
                return ForbiddenNumber.NIR
    if any(
        _is_luhn(digits[start : start + size])
        for size in (16, 15, 19, 14)
        for start in range(len(digits) - size + 1)
        if digits[start] in "23456"
    ):
        return ForbiddenNumber.CARD
    if len(digits) == 13 and digits[0] in "0123":
        return ForbiddenNumber.TAX
    return None


def _is_nir(digits: str) -> bool:
    """Sex, month, département have the values INSEE gives; with 15 digits, the key too."""
    month = int(digits[3:5])
    if digits[0] not in "123478" or not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return False
    if len(digits) == 13:
        return digits[0] in "12" and 1 <= int(digits[5:7]) <= 99
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _holds_iban(text: str) -> bool:
    return any(_is_iban(text[:size].upper()) for size in range(15, min(len(text), 34) + 1))


def _is_iban(text: str) -> bool:
    rearranged = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in rearranged)) % 97 == 1


def _is_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
