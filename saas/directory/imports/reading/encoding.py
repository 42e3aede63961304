"""Which encoding a text file is in, told from its bytes alone."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 256 * 1024
_CHUNK = 1024 * 1024
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_UNDEFINED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# Letters of windows-1256 that make up most of any Arabic text: alef forms, beh, teh, dal, reh, seen, ain,
# feh, kaf, lam, meem, noon, heh, waw, yeh.
_COMMON_ARABIC = frozenset(b"\xc3\xc5\xc7\xc8\xc9\xca\xcf\xd1\xd3\xda\xdd\xdf\xe1\xe3\xe4\xe5\xe6\xec\xed")
_ARABIC = frozenset(range(0xC0, 0xDF + 1)) - {0xD7} | frozenset(
    b"\xe1\xe3\xe4\xe5\xe6\xec\xed\x81\x8d\x8e\x90"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """``codec`` for Python; ``damaged`` when some bytes fit no reading and become U+FFFD."""

    codec: str
    damaged: bool = False


def detect(raw: bytes) -> Encoding:
    """The encoding of a whole file.

    A byte order mark decides. Without one: UTF-16 shows by its zero bytes, which fall on one side of each
    pair; UTF-8 by being valid (Latin or Arabic text in an 8-bit code almost never is). Between the 8-bit
    codes, Arabic (windows-1256) writes whole words in high bytes, Western (windows-1252) sets single high
    bytes among ASCII letters: the commoner of the two wins.
    """
    for mark, codec in _BOMS:
        if raw[:4].startswith(mark):
            return Encoding(codec)
    if codec := _utf16_without_mark(raw[:_SAMPLE]):
        return Encoding(codec)
    if _is_utf8(raw):
        return Encoding("utf-8")
    good, bad = _utf8_sequences(raw)
    if good > 10 * bad:
        return Encoding("utf-8", damaged=True)
    if _arabic_outweighs_latin(raw):
        return Encoding("cp1256")
    return Encoding("cp1252", damaged=any(map(_UNDEFINED_1252.search, _chunks(raw))))


def _utf16_without_mark(sample: bytes) -> str | None:
    """Delimiters, digits and line ends keep one byte of each pair zero, in Arabic text too."""
    pairs = len(sample) // 2
    if not pairs:
        return None
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if max(even, odd) < max(2, pairs // 12) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(raw: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(raw):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(raw: bytes) -> Iterator[bytes]:
    """Piece by piece: one search through a large file would keep every other thread waiting for its end."""
    return (raw[start : start + _CHUNK] for start in range(0, len(raw), _CHUNK))


def _utf8_sequences(raw: bytes) -> tuple[int, int]:
    """Characters beyond ASCII that are well-formed UTF-8 at the start of the file, and those that are not."""
    text = raw[:_SAMPLE].decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    return sum(1 for c in text if c > "\x7f") - bad, bad


def _arabic_outweighs_latin(raw: bytes) -> bool:
    arabic = latin = common = 0
    for match in _WORD.finditer(raw[: 8 * _SAMPLE]):
        word = match.group()
        high = [byte for byte in word if byte >= 0x80]
        if not high:
            continue
        if len(high) == len(word) and len(word) > 1 and _ARABIC.issuperset(high):
            arabic += len(high)
            common += sum(byte in _COMMON_ARABIC for byte in high)
        elif len(high) < len(word):
            latin += len(high)
    return arabic > latin and common * 2 > arabic
