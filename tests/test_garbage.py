"""Garbage: collected when nobody waits, and in time."""

from pathlib import Path

import pytest

from wd_core.ui.garbage import LATEST_SECONDS, QUIET_SECONDS, Tidier

tomllib = pytest.importorskip("tomllib")


def moments(seconds: float, is_busy) -> list[float]:
    """When a tidier that looks every 0.1 s would collect; `is_busy(now)` says whether a script runs."""
    now, made = [0.0], [0]
    tidier = Tidier(lambda: now[0], lambda: made[0])
    found = []
    for i in range(int(seconds * 10)):
        now[0] = i / 10
        made[0] += is_busy(now[0])
        if tidier.due():
            found.append(now[0])
    return found


def test_nothing_is_collected_where_nothing_has_run():
    assert moments(100, lambda now: False) == []


def test_one_collection_follows_a_quiet_second():
    (when,) = moments(100, lambda now: 3 <= now < 5)
    assert 5 + QUIET_SECONDS - 0.2 <= when <= 5 + QUIET_SECONDS + 0.2


def test_under_a_class_that_never_rests_it_is_collected_all_the_same():
    found = moments(100, lambda now: round(now * 10) % 5 == 0)  # a release every half a second
    assert [round(b - a) for a, b in zip([0, *found], found, strict=False)] == [LATEST_SECONDS] * 3


def test_work_is_seen():
    tidier = Tidier(lambda: 0.0)
    assert not tidier.due()
    kept = [[] for _ in range(100_000)]
    assert not tidier.due()
    assert tidier._first == 0.0, len(kept)


def test_streamlit_does_not_collect_after_every_run():
    config = tomllib.loads(Path(__file__).parents[1].joinpath(".streamlit/config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["postScriptGC"] is False
