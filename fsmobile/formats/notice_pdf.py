"""A village's notice as a tagged PDF, by the optional extra `pdf` (Typst)."""

from importlib.resources import files

import msgspec

from fsmobile.core.public_feeds import Notice
from fsmobile.errors import InvalidInput

TEMPLATE = "notice.typ"


def write_notice_pdf(notice: Notice, language: str, qr_svg: str = "") -> bytes:
    """Write the sheet; what it says comes to the template as data, never as markup.

    Raises:
        InvalidInput: the extra is not installed.
    """
    try:
        # Deferred: an optional library of 34 MB.
        import typst
    except ImportError as error:
        raise InvalidInput("pdf_extra_missing") from error
    template = (files("fsmobile.formats") / TEMPLATE).read_bytes()
    given = {
        "notice": msgspec.json.encode(notice).decode(),
        "language": language,
        "code": qr_svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
    }
    written: bytes = typst.compile(template, sys_inputs=given, pdf_standards=["ua-1"])
    return written
