"""The words of enrolment codes can be told apart by eye, by ear, and by four letters."""

from fsmobile.reference.enrolment_words import words
from tools.enrolment_words import choose_words


def test_there_are_2048_words_in_alphabetical_order() -> None:
    assert len(words()) == 2048
    assert list(words()) == sorted(set(words()))


def test_words_are_plain_lower_case_letters_four_to_eight_long() -> None:
    for word in words():
        assert word.isascii()
        assert word.isalpha()
        assert word.islower()
        assert 4 <= len(word) <= 8


def test_four_letters_tell_a_word_from_all_others() -> None:
    assert len({word[:4] for word in words()}) == 2048


def test_one_letter_changed_added_or_lost_never_gives_another_word() -> None:
    known = set(words())
    for word in words():
        lost = {word[:place] + word[place + 1 :] for place in range(len(word))}
        assert not lost & known, word
    masked = [
        word[:place] + "." + word[place + 1 :] for word in words() for place in range(len(word))
    ]
    assert len(masked) == len(set(masked))


def test_the_list_is_what_its_tool_makes() -> None:
    assert choose_words() == words()
