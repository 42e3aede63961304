"""How much one sender may send: token buckets, kept in memory and forgotten when full again."""

from __future__ import annotations

from dataclasses import dataclass

_SWEEP_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_second`` on average, ``burst`` at once."""

    per_second: float
    burst: int


class Bucket:
    """One sender's allowance. Times are seconds of a monotonic clock."""

    __slots__ = ("_left", "_rate", "_seen")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._seen = now

    def take(self, now: float) -> bool:
        """Spend one; False when nothing is left."""
        self._refill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def is_full(self, now: float) -> bool:
        self._refill(now)
        return self._left >= self._rate.burst

    def _refill(self, now: float) -> None:
        self._left = min(self._rate.burst, self._left + (now - self._seen) * self._rate.per_second)
        self._seen = now


class Buckets:
    """A bucket for each key (an IP address, a session)."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: float) -> bool:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= _SWEEP_ABOVE:
                self._forget_full(now)
            bucket = self._buckets[key] = Bucket(self._rate, now)
        return bucket.take(now)

    def _forget_full(self, now: float) -> None:
        self._buckets = {key: b for key, b in self._buckets.items() if not b.is_full(now)}
