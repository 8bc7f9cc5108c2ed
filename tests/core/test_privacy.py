"""Numbers that name a person are refused; everyday numbers of a note are not."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.privacy import (
    ForbiddenNumber,
    find_forbidden_numbers,
    refuse_forbidden_numbers,
)
from fsmobile.errors import PersonalDataRefused

NIR, TAX = ForbiddenNumber.NIR, ForbiddenNumber.TAX
IBAN, CARD = ForbiddenNumber.IBAN, ForbiddenNumber.CARD


def _nir(body: str) -> str:
    return f"{body}{97 - int(body) % 97:02d}"


def _luhn(start: str) -> str:
    for last in "0123456789":
        digits = [int(one) for one in start + last]
        doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return start + last
    raise AssertionError


def _iban(country: str, account: str) -> str:
    number = int("".join(str(int(char, 36)) for char in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02d}{account}"


REFUSED = [
    ("2 69 05 49 588 157 80", NIR),
    ("269054958815780", NIR),
    ("2.69.05.49.588.157.80", NIR),
    ("2-69-05-49-588-157-80", NIR),
    ("2\u00a069\u202f05 49 588 157 80", NIR),
    ("２６９０５４９５８８１５７８０", NIR),
    ("2690\u200b54958815780", NIR),
    ("2 69 05 49 588 157", NIR),
    ("2690549588157 80", NIR),
    ("1 85 12 2A 004 123 45", NIR),
    ("185122b00412345", NIR),
    ("tel 06 12 34 56 78 2 69 05 49 588 157 80", NIR),
    ("26905495881578012/03", NIR),
    ("30 23 217 600 053", TAX),
    ("3023217600053", TAX),
    ("0701987654321", TAX),
    ("FR76 3000 6000 0112 3456 7890 189", IBAN),
    ("fr7630006000011234567890189 merci", IBAN),
    ("RIB : FR76-3000-6000-0112-3456-7890-189.", IBAN),
    ("le 12 FR7630006000011234567890189", IBAN),
    (_iban("DE", "370400440532013000"), IBAN),
    (_iban("BE", "539007547034"), IBAN),
    (_luhn("497010123456789"), CARD),
    ("4970 1012 3456 7890"[:15] + _luhn("497010123456789")[-4:], CARD),
    (_luhn("37144963539843"), CARD),
    (" ".join(_luhn("513210987654321")), CARD),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_a_number_that_names_a_person_is_refused(text: str, kind: ForbiddenNumber) -> None:
    assert kind in find_forbidden_numbers(text)
    assert kind in find_forbidden_numbers(f"Madame a donné {text} au guichet")


ALLOWED = [
    "06 12 34 56 78",
    "0612345678",
    "06.12.34.56.78 / 05.45.12.34.56",
    "06 12 34 56 78, 05 45 12 34 56, 07 98 76 54 32",
    "+33 6 12 34 56 78 ou 0033612345678",
    "rappeler le 12/11/2026 à 14:30, sinon le 26/11/2026",
    "25/12/2026 26/12/2026 27/12/2026",
    "le 12 novembre 2026 rendez-vous à la mairie de Luxé, salle 3",
    "du 14 au 28 février 2026, dossier complet à déposer",
    "de 12 à 14 h, 3 personnes, 45 minutes",
    "16230 Luxé, 16700 Ruffec, 16000 Angoulême",
    "dossier CAF 1234567, dossier MDPH 16-2026-00123",
    "dossier ANTS F1A2B3C4D5, numéro étranger 9903012345",
    "SIRET 362 521 879 00034",
    "SIRET 36252187900034",
    "compteur Linky 16123456789012",
    "reste 1 234,56 € sur 12 345,00 €, soit 111,11 € par mois",
    "PV 123456789012, montant 135,00 €",
    "allocataire 0123456 depuis 2019, 2 enfants nés en 2015 et 2018",
    "colis 6A12345678901",
    "coordonnées 45.9012, 0.1203",
    "",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_everyday_numbers_are_kept(text: str) -> None:
    assert find_forbidden_numbers(text) == []


@given(
    st.lists(st.integers(100_000_000, 799_999_999), min_size=1, max_size=4),
    st.sampled_from([" ", ".", "-", ""]),
    st.sampled_from([" ", ", ", " / ", "\n", " ou "]),
)
def test_telephone_numbers_in_a_row_are_kept(numbers, inside, between) -> None:
    written = [f"0{number:09d}" for number in numbers]
    pairs = [inside.join(one[at : at + 2] for at in range(0, 10, 2)) for one in written]
    assert find_forbidden_numbers(between.join(pairs)) == []


@given(
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 95),
    st.integers(0, 999_999),
    st.sampled_from(["", " ", ".", "-", " . "]),
    st.sampled_from(["", "appeler le ", "06 12 34 56 78 "]),
)
def test_any_true_nir_is_refused(sex, year, month, department, rest, gap, before) -> None:
    digits = _nir(f"{sex}{year:02d}{month:02d}{department:02d}{rest:06d}")
    cuts = [0, 1, 3, 5, 7, 10, 13, 15]
    written = gap.join(digits[a:b] for a, b in pairwise(cuts))
    assert NIR in find_forbidden_numbers(before + written)


def test_plain_sentences_with_a_day_are_almost_never_taken_for_accounts() -> None:
    chance = random.Random(3)
    words = ["le", "de", "du", "au", "es", "dossier", "complet", "mairie", "rendez", "vous", "12"]
    texts = [" ".join(chance.choices(words, k=14)) for _ in range(3000)]
    assert not [text for text in texts if find_forbidden_numbers(text)]


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(PersonalDataRefused) as caught:
        refuse_forbidden_numbers("2 69 05 49 588 157 80", "note")
    assert "588" not in str(caught.value)
    assert caught.value.params == {"kind": "nir", "field": "note"}
    assert refuse_forbidden_numbers("imprimer", "note") == "imprimer"


def test_a_long_text_is_scanned_in_a_blink() -> None:
    assert find_forbidden_numbers("1 " * 250) == []
    assert find_forbidden_numbers("FR" * 250) == []
