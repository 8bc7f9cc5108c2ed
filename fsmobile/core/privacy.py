"""Refuses numbers that identify a person in free text, and finds contacts.

No field of the program asks for one (décret 2019-341 keeps the NIR to a few bodies), so one that
turns up in a note is refused before it reaches the disk. What is refused is never repeated in the
error. A telephone number or an e-mail may be the town hall's: it is reported, and kept.
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


class Contact(StrEnum):
    """What reaches a person, found in a text that was not made for it."""

    PHONE = "telephone"
    EMAIL = "courriel"


_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    # As it is dialled in France and its overseas départements, or from abroad.
    r"(?<![\d+])(?:(?:\+|00)(?:33|262|5(?:08|9[04-6])|68[179])[\s.-]?(?:\(0\))?[\s.-]?[1-9]|0[1-9])"
    r"(?:[\s.\-/]?\d{2}){4}(?!\d)"
)

_GAP = r"[\s.\-_/:,;·'’]"
_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,3}}\d){{12,}}")
_GROUP = re.compile(r"\d+")
_CORSICAN_NIR = re.compile(
    rf"[1-478](?:{_GAP}{{0,3}}\d){{4}}{_GAP}{{0,3}}2{_GAP}{{0,3}}[AB](?:{_GAP}{{0,3}}\d){{6,8}}",
    re.IGNORECASE,
)
# Looked ahead, so that « le 12 FR76… » does not hide the IBAN behind « le 12 ».
_IBAN = re.compile(
    rf"(?<![A-Z0-9])(?=([A-Z]{{2}}{_GAP}{{0,3}}\d{_GAP}{{0,3}}\d(?:{_GAP}{{0,3}}[A-Z0-9]){{11,30}}))",
    re.IGNORECASE,
)
_IBAN_LENGTHS = {
    **dict.fromkeys(["FR", "MC", "IT", "SM", "GR"], 27),
    **dict.fromkeys(["DE", "GB", "IE", "BG", "RS", "ME", "GE", "BH", "CR"], 22),
    **dict.fromkeys(["ES", "CZ", "SE", "RO", "SK", "TN", "AD", "SA", "DZ"], 24),
    **dict.fromkeys(["PT", "IS"], 25),
    **dict.fromkeys(["BE", "BA"], 16),
    **dict.fromkeys(["DK", "FI", "NL", "FO", "GL"], 18),
    **dict.fromkeys(["AT", "EE", "LT", "LU", "XK"], 20),
    **dict.fromkeys(["CH", "HR", "LV", "LI"], 21),
    **dict.fromkeys(["PL", "HU", "CY", "LB", "AL", "SN", "CI", "BF", "BJ", "ML"], 28),
    **dict.fromkeys(["SI", "MK"], 19),
    **dict.fromkeys(["CM", "MG"], 27),
    "MA": 28,
    "MT": 31,
    "MU": 30,
    "NO": 15,
    "TR": 26,
    "UA": 29,
}
"""Length by country, those met in France: « le 12 » and « du 14 » begin no IBAN."""
_TAX_GROUPS = {(13,), (2, 2, 3, 3, 3), (2, 11), (1, 3, 3, 3, 3)}
_NIR_GROUPS = {(13,), (1, 2, 2, 2, 3, 3)}
"""How 13 digits without a key are written; in other groups they are dates, hours, amounts."""
_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 6, 4), (15,), (16,), (19,)}
_CARD = re.compile(r"4|5[0-8]|6|3[47]|30[0-5]|3[68]|2(?:2[2-9]|[3-6]|7[01]|720)")


def find_forbidden_numbers(text: str) -> list[ForbiddenNumber]:
    """Return the kinds of forbidden numbers in a text, each once, in order of finding."""
    plain = _plain(text)
    found: list[ForbiddenNumber] = []
    if any(_holds_iban(re.sub(_GAP, "", match.group(1))) for match in _IBAN.finditer(plain)):
        found.append(ForbiddenNumber.IBAN)
    if _CORSICAN_NIR.search(plain):
        found.append(ForbiddenNumber.NIR)
    for match in _DIGITS.finditer(plain):
        found += _kinds_of(_GROUP.findall(match.group()))
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


def find_contacts(text: str) -> list[Contact]:
    """Return the contacts in a text: the writer is warned, they are not refused."""
    plain = _plain(text)
    found = []
    if _PHONE.search(plain):
        found.append(Contact.PHONE)
    if _EMAIL.search(plain):
        found.append(Contact.EMAIL)
    return found


def _plain(text: str) -> str:
    """Normalise digits: full-width and other digits, invisible characters."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in normal
        if unicodedata.category(char) != "Cf"
    )


def _kinds_of(groups: list[str]) -> list[ForbiddenNumber]:
    """Judge every run of whole groups: a number may stand beside others that are harmless."""
    found: list[ForbiddenNumber] = []
    for start in range(len(groups)):
        digits = ""
        for end in range(start, len(groups)):
            digits += groups[end]
            if len(digits) > 19:
                break
            sizes = tuple(len(group) for group in groups[start : end + 1])
            is_all = end - start + 1 == len(groups)
            kind = _kind_of(digits, sizes, is_all=is_all)
            if kind is not None:
                found.append(kind)
    for group in groups:
        # Typed without a space before or after something else.
        if len(group) > 15 and (_is_nir(group[:15]) or _is_nir(group[-15:])):
            found.append(ForbiddenNumber.NIR)
    return found


def _kind_of(digits: str, sizes: tuple[int, ...], *, is_all: bool) -> ForbiddenNumber | None:
    # Digits spread evenly and alone in the text: spelt out to hide them, or by habit.
    is_spread = is_all and len(set(sizes)) == 1
    if len(digits) == 15 and _is_nir(digits):
        return ForbiddenNumber.NIR
    if len(digits) == 13:
        if (sizes in _NIR_GROUPS or is_spread) and _is_nir(digits):
            return ForbiddenNumber.NIR
        # 0033… is a telephone.
        if (sizes in _TAX_GROUPS or is_spread) and re.match("(?!0033)[0-3]", digits):
            return ForbiddenNumber.TAX
    is_card_like = sizes in _CARD_GROUPS or (is_spread and len(digits) in (15, 16, 19))
    if is_card_like and _CARD.match(digits) and _is_luhn(digits):
        return ForbiddenNumber.CARD
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
    """Tell whether the text begins with an IBAN of its country's length."""
    length = _IBAN_LENGTHS.get(text[:2].upper())
    if length is None or len(text) < length:
        return False
    iban = text[:length].upper()
    # « de 12 personnes… » is no account: half of one is digits.
    return sum(map(str.isdigit, iban)) * 2 >= length and _is_iban(iban)


def _is_iban(text: str) -> bool:
    rearranged = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in rearranged)) % 97 == 1


def _is_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
