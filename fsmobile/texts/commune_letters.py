"""The letter to a town hall: what changes, the notices to put up, the next passages.

It is French whatever the language of the screens, as the notices are.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import quote

from msgspec import Struct

from fsmobile.core.agencies import Agency
from fsmobile.core.plan_comparison import Openings, PassageChange, Village
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.dates import format_day_without_year
from fsmobile.texts.paper import letter_page
from fsmobile.texts.translation import _, speaking


class Letter(Struct, frozen=True, kw_only=True):
    """A letter that only has to be sent."""

    to: str
    """Address of the town hall; empty when nobody knows it."""
    subject: str
    paragraphs: tuple[str, ...]
    """Lines that begin with a dash are a list."""

    @property
    def body(self) -> str:
        """Return the text of the letter."""
        return "\n\n".join(self.paragraphs) + "\n"


def write_letter(
    agency: Agency,
    village: Village,
    words: ChangeWords,
    changes: Sequence[PassageChange],
    coming: Sequence[Openings],
    *,
    to: str = "",
) -> Letter:
    """Write to a town hall about its own passages, and no other village's."""
    with speaking("fr"):
        name = village.name
        told = _list(words.tell(changes))
        notices = dict.fromkeys(x.after[0].notice for x in changes if x.after)
        paragraphs = [
            _("Madame, Monsieur,"),
            _("Les passages du bus France services changent à {village} :").format(village=name),
            told,
        ]
        if any(notices):
            paragraphs += [
                _("Texte à afficher, ou à mettre sur votre site :"),
                "\n".join(f"« {one} »" for one in notices if one),
            ]
        paragraphs += [
            _("Prochains passages à {village} :").format(village=name),
            _list([_passage(words, one) for one in coming]) or _("Aucun passage prévu."),
            _("Merci d'en informer les habitants, et de répondre à ce message dès qu'il est lu."),
            "\n".join(filter(None, (agency.name, agency.phone))),
        ]
        subject = _("Bus France services à {village} : passages changés").format(village=name)
    return Letter(to=to, subject=subject, paragraphs=tuple(paragraphs))


def mail_draft(letter: Letter) -> bytes:
    """Return the letter as a file that a mail program opens as a draft."""
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["To"] = letter.to
    message["X-Unsent"] = "1"
    message.set_content(letter.body)
    return message.as_bytes()


def mail_link(letter: Letter) -> str:
    """Return the letter as a `mailto:` address."""
    subject, body = quote(letter.subject), quote(letter.body)
    return f"mailto:{quote(letter.to, safe='@')}?subject={subject}&body={body}"


def printed_letter(letter: Letter) -> str:
    """Return the letter as a page to print."""
    return letter_page(title=letter.subject, paragraphs=letter.paragraphs)


def _passage(words: ChangeWords, openings: Openings) -> str:
    day = format_day_without_year(openings[0].service_date)
    return f"{day}, {words.hours(openings)}, {words.place(openings)}"


def _list(rows: Sequence[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)
