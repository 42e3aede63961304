"""Token buckets, with the clock given."""

from __future__ import annotations

from saas.web.limits import Bucket, Buckets, Rate


def test_a_burst_is_allowed_and_then_the_average() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), now=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(1) for _ in range(3)] == [True, True, False]


def test_idle_time_saves_up_no_more_than_a_burst() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), now=0)
    assert [bucket.take(1_000) for _ in range(4)] == [True, True, True, False]


def test_one_sender_does_not_spend_what_is_anothers() -> None:
    buckets = Buckets(Rate(per_second=1, burst=1))
    assert buckets.take("10.0.0.1", 0)
    assert not buckets.take("10.0.0.1", 0)
    assert buckets.take("10.0.0.2", 0)


def test_a_full_allowance_survives_the_forgetting_of_idle_senders() -> None:
    buckets = Buckets(Rate(per_second=1, burst=2))
    for number in range(10_001):
        assert buckets.take(str(number), 0)
    assert buckets.take("0", 60)
