"""QR codes as inline SVG, black on white, that a page sizes itself."""

import segno


def draw_qr(text: str) -> str:
    """Draw a text; a quarter of the code may be torn or stained."""
    code = segno.make(text, error="q", micro=False)
    return code.svg_inline(border=2, omitsize=True, light="#fff")
