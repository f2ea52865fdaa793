"""Colour for terminals, or none."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
_CONTROL |= {
    code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Puts colour on text where `on`."""

    on: bool

    def __call__(self, text: str, *styles: str) -> str:
        """The text in these styles."""
        if not self.on or not styles:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def printable(name: str) -> str:
    """A name from an artifact, safe to print: control characters and direction marks are spelled out."""
    return name.translate(_CONTROL).encode("utf-8", "backslashreplace").decode()


def clipped(text: str, width: int) -> str:
    """A sentence in at most `width` characters, its end cut."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def fitted(text: str, width: int) -> str:
    """The text in at most `width` characters, cut in the middle."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"
