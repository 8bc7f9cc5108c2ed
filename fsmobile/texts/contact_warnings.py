"""What is said to who writes a telephone or an e-mail into a text: it is kept, and why not to."""

from fsmobile.core.privacy import find_contacts
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _


def warn_of_contacts(*texts: str | None) -> str:
    """Return what is to be said of texts that were just kept; nothing of most."""
    found = [kind for text in texts if text for kind in find_contacts(text)]
    if not found:
        return ""
    kind = label(found[0])
    return _("Ce texte garde {kind} : celui d'une personne va dans une suite").format(kind=kind)
