"""Spellings that lie close together: the same but for spaces, or a slip or two of the hand apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from saas.kernel.i18n import fold

_NOT_LETTERS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_WIDE_SEARCH_UP_TO = 3_000


def compact(text: str) -> str:
    """Folded, with nothing but letters and digits: ``GTX Pro`` and ``gtx-pro`` are both ``gtxpro``."""
    return _NOT_LETTERS.sub("", fold(text))


def distance(a: str, b: str, limit: int) -> int:
    """Damerau's distance (optimal string alignment): insertions, deletions, substitutions, swaps of
    neighbours; ``limit + 1`` as soon as it must exceed ``limit``."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1] if last[-1] <= limit else limit + 1


def slips_allowed(word: str) -> int:
    """How many slips still look like the same word: none in three letters, two in eight."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


class Neighbours:
    """An index of spellings that finds the nearest to another one without comparing it with each.

    Two words at distance d share a word that each can be cut down to by at most d deletions
    (W. Garbe, "1000x faster spelling correction", 2012): those cut words are the index.
    """

    def __init__(self, spellings: Iterable[str]) -> None:
        self._by_word: dict[str, str] = {}
        for spelling in spellings:
            if word := compact(spelling):
                self._by_word.setdefault(word, spelling)
        self._reach = 2 if len(self._by_word) <= _WIDE_SEARCH_UP_TO else 1
        self._cut: dict[str, list[str]] = {}
        for word in self._by_word:
            for stump in _deletions(word, min(self._reach, slips_allowed(word))):
                self._cut.setdefault(stump, []).append(word)

    def exact(self, text: str) -> str | None:
        """The spelling that is the same but for case, marks and spaces."""
        return self._by_word.get(compact(text))

    def nearest(self, text: str) -> tuple[str, int] | None:
        """``(spelling, distance)`` of the nearest one within the slips that its length allows, or None.

        Numbers in a name are part of it: *Store 12* is never a slip of *Store 13*. Two spellings equally
        near are no answer.
        """
        word = compact(text)
        if word in self._by_word:
            return self._by_word[word], 0
        limit = min(self._reach, slips_allowed(word))
        digits = _DIGITS.findall(word)
        best: list[tuple[int, str]] = []
        for candidate in {c for stump in _deletions(word, limit) for c in self._cut.get(stump, ())}:
            if candidate[:1] == word[:1] and _DIGITS.findall(candidate) == digits:
                apart = distance(word, candidate, limit)
                if apart <= limit:
                    best.append((apart, candidate))
        best.sort()
        if not best or (len(best) > 1 and best[0][0] == best[1][0]):
            return None
        return self._by_word[best[0][1]], best[0][0]


def _deletions(word: str, depth: int) -> Iterator[str]:
    seen = {word}
    edge = {word}
    yield word
    for _ in range(depth):
        edge = {w[:i] + w[i + 1 :] for w in edge for i in range(len(w))} - seen
        seen |= edge
        yield from edge
