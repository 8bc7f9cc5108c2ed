"""Questions at the terminal: what was typed right is never asked for twice."""

from collections.abc import Iterator

import pytest

from fsmobile.cli import questions, unlocking
from fsmobile.errors import InvalidInput
from fsmobile.protocol.enrolment import format_code
from fsmobile.reference.enrolment_words import words
from fsmobile.store.key_slots import check_passphrase

CODE = bytes(range(16))
TWELVE = format_code(CODE, words()).split()
GOOD = "quatre mots sans lien"


class Person:
    """Types answers in turn, and remembers what was asked."""

    def __init__(self, *answers: str) -> None:
        self._answers = iter(answers)
        self.asked: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.asked.append(prompt)
        return next(self._answers)

    @property
    def is_done(self) -> bool:
        """Tell whether each answer was asked for."""
        return next(self._answers, None) is None


def with_word(position: int, word: str) -> str:
    return " ".join([*TWELVE[: position - 1], word, *TWELVE[position:]])


OTHER = next(one for one in words() if one not in TWELVE)


@pytest.mark.parametrize(
    "answers",
    [
        (" ".join(TWELVE),),
        (with_word(10, "zzzz"), TWELVE[9]),
        (with_word(10, "zzzz"), "", TWELVE[9].upper()),
        (with_word(10, "zzzz"), " ".join(TWELVE)),
        (with_word(10, "zzzz").replace(TWELVE[2], "yyyy"), TWELVE[2], TWELVE[9]),
        ("", " ".join(TWELVE)),
        (" ".join(TWELVE[:9]), " ".join(TWELVE[9:])),
        (" ".join([*TWELVE, "encore"]), " ".join(TWELVE)),
        (with_word(4, OTHER), "rien", "13", "4", TWELVE[3]),
    ],
)
def test_only_the_wrong_word_of_twelve_is_asked_again(answers: tuple[str, ...]) -> None:
    person = Person(*answers)
    assert questions.ask_words(person, "Les 12 mots : ", words()) == CODE
    assert person.is_done


def test_the_words_of_the_command_line_are_mended_too() -> None:
    person = Person(TWELVE[0])
    assert questions.ask_words(person, "Les 12 mots : ", words(), with_word(1, "zzzz")) == CODE
    assert person.asked == ["Le mot n° 1 : "]


def test_a_word_like_the_mistyped_one_is_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    mistyped = TWELVE[0][:2] + TWELVE[0][3:]
    questions.ask_words(Person(TWELVE[0]), "Les 12 mots : ", words(), with_word(1, mistyped))
    told = capsys.readouterr().err
    assert f"« {mistyped} »" in told
    assert TWELVE[0] in told.partition("Peut-être : ")[2]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the person types as passphrases; all of it is asked for."""
    answers: list[str] = []
    monkeypatch.setattr(unlocking, "has_terminal", lambda: True)
    monkeypatch.setattr(questions, "getpass", lambda _prompt: answers.pop(0))
    monkeypatch.delenv(unlocking.SECRET_FILE, raising=False)
    monkeypatch.delenv(unlocking.NEW_SECRET_FILE, raising=False)
    yield answers
    assert not answers


def test_two_passphrases_that_differ_are_asked_again(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["quatre mots par hasard", "quatre maux par hasard", GOOD, GOOD]
    assert unlocking.read_new_secret("Phrase : ", check_passphrase) == GOOD
    assert "recommencez" in capsys.readouterr().err


def test_a_passphrase_too_short_is_refused_before_it_is_typed_twice(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["court", GOOD, GOOD]
    assert unlocking.read_new_secret("Phrase : ", check_passphrase) == GOOD
    assert "12 caractères au moins" in capsys.readouterr().err


def test_a_passphrase_too_short_in_a_file_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("phrase") / "phrase"
    path.write_text("court\n", encoding="utf-8")
    monkeypatch.setenv(unlocking.NEW_SECRET_FILE, str(path))
    with pytest.raises(InvalidInput, match="passphrase_too_short"):
        unlocking.read_new_secret("Phrase : ", check_passphrase)
