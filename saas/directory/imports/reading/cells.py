"""What may stand in a cell, and what is taken out of it on the way in and guarded on the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Marks that reorder what is shown without being seen: with them "invoice_exe.pdf" can read as another name.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Controls that no name, number or note needs; tab and line ends stay inside notes.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|[\ud800-\udfff]")
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# The wide forms run where one types in Chinese, Japanese or Korean.
_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"[{re.escape(_STARTS)}\t\r\n]")
_NUMBER = re.compile(r"[+\-]?[\d.,٠-٩٫٬ ]+%?")
MAX_SHOWN = 5


@dataclass(slots=True)
class Cleaning:
    """What was taken out of a file's cells: counts of cells, and where the first few were.

    ``bidi_rows`` holds ``[row number, the cell with its marks made visible]``.
    """

    bidi: int = 0
    control: int = 0
    formula: int = 0
    bidi_rows: list[list[int | str]] = field(default_factory=list)

    def clean(self, text: str, row: int) -> str:
        """The cell without hidden controls and outer spaces; counts what it met."""
        if _SUSPECT.search(text):
            if _BIDI.search(text):
                self.bidi += 1
                if len(self.bidi_rows) < MAX_SHOWN:
                    self.bidi_rows.append([row, visible(text)[:120]])
                text = _BIDI.sub("", text)
            if _CONTROL.search(text):
                self.control += 1
                text = _CONTROL.sub("", text)
        text = text.strip()
        if text[:1] == "'" and text[1:2] in tuple(_STARTS):
            # As a file says that it is text: those that we write, and those of spreadsheets.
            text = text[1:]
        if text and text[0] in _STARTS and looks_like_formula(text):
            self.formula += 1
        return text


def visible(text: str) -> str:
    """Hidden direction marks written out: ``⟨U+202E⟩``."""
    return _BIDI.sub(lambda mark: f"⟨U+{ord(mark.group()):04X}⟩", _CONTROL.sub("", text))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text (``=1+1``, ``@SUM(...)``, ``-2+cmd``) and not show it."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """The text as it may be written to a CSV file: a spreadsheet shows it and does not run it (OWASP)."""
    return f"'{text}" if looks_like_formula(text) else text
