"""What visitors share: made once, capped, cancellable."""

import threading
import time

import pytest

from wd_core import Experiment, train_all
from wd_core.ui import shared
from wd_core.ui.shared import Shelf
from wd_core.view.picture import unpack
from wd_core.view.scene import Scene


def quiet(share):
    pass


def test_who_asks_at_the_same_time_gets_the_same_thing_made_once():
    shelf, made, release = Shelf(room=100, at_once=2), [], threading.Event()

    def make(report):
        made.append(object())
        release.wait(5)
        return made[-1]

    found = []
    def ask():
        found.append(shelf.get("k", make, lambda r: 1, quiet))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(5)
    assert len(made) == 1
    assert found == made * 5


def test_when_the_maker_gives_up_the_next_takes_over():
    shelf, started, tries = Shelf(room=100, at_once=2), threading.Event(), []

    class Left(Exception):
        pass

    def leave(share):
        raise Left

    def make(report):
        tries.append(1)
        started.set()
        for _ in range(3):
            time.sleep(0.02)
            report(0.5)
        return "result"

    def first():
        with pytest.raises(Left):
            shelf.get("k", make, lambda r: 1, leave)

    thread = threading.Thread(target=first)
    thread.start()
    started.wait(5)
    assert shelf.get("k", make, lambda r: 1, quiet) == "result"
    thread.join(5)
    assert len(tries) == 2


def test_who_waits_for_anothers_work_sees_how_far_it_is():
    shelf, half_done, go_on, seen = Shelf(room=100, at_once=2), threading.Event(), threading.Event(), []

    def make(report):
        report(0.5)
        half_done.set()
        go_on.wait(5)
        return "result"

    maker = threading.Thread(target=shelf.get, args=("k", make, lambda r: 1, quiet))
    maker.start()
    assert half_done.wait(5)

    def watch(share):
        seen.append(share)
        go_on.set()

    assert shelf.get("k", make, lambda r: 1, watch) == "result"
    maker.join(5)
    assert seen[0] == 0.5


def test_a_bar_says_how_long_it_takes_from_the_pace_that_this_visitor_sees(monkeypatch):
    clock, said = [0.0], []
    monkeypatch.setattr(shared.time, "monotonic", lambda: clock[0])

    class Slot:
        def empty(self): ...
        def progress(self, share, text): said.append(text)

    report = shared.progress_in(Slot(), "Fitting")
    for now, share in ((1, 0), (3, 0), (10, 0.4), (11, 0.45), (14, 0.6), (24, 0.9), (25, 1.0)):
        clock[0] = now
        report(share)
    texts = ["Fitting", "Waiting for its turn: others' work is under way.", "Fitting", "Fitting"]
    assert said == [*texts, "Fitting, about 8 s left", "Fitting, about 3 s left", "Fitting"]
    assert shared.time_left(60, 0.1, 0.9) == ", about 9 min left"


def test_without_a_bound_as_many_are_made_as_are_asked_for():
    shelf, all_here = Shelf(room=100, at_once=None), threading.Barrier(6)
    threads = [
        threading.Thread(target=shelf.get, args=(i, lambda report: all_here.wait(5), lambda r: 1, quiet))
        for i in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not all_here.broken


def test_no_more_than_so_many_are_made_at_once():
    shelf, lock, now, most = Shelf(room=100, at_once=2), threading.Lock(), [0], [0]

    def make(report):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1

    threads = [threading.Thread(target=shelf.get, args=(i, make, lambda r: 1, quiet)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [2]


def test_beyond_the_room_the_least_recently_used_goes():
    shelf, made = Shelf(room=2, at_once=1), []

    def get(key):
        return shelf.get(key, lambda report: made.append(key), lambda r: 1, quiet)

    for key in "abacab":  # c drops b, not a; then b drops c
        get(key)
    assert made == ["a", "b", "c", "b"]


def test_the_picture_of_a_comparison_holds_both_arms():
    e = Experiment(n_samples=40, hidden=(3,), steps=10, lambdas=(0.0, 0.1), seeds=(0,))
    shares = []
    header, _ = unpack(shared.picture_of(Scene(e, against="l1"), shares.append))
    assert [arm["key"] for arm in header["arms"]] == ["l2", "l1"]
    assert shares == sorted(shares)


def test_both_arms_of_a_comparison_are_trained_in_one_table_and_neither_twice(monkeypatch):
    e, trained = Experiment(n_samples=40, hidden=(3,), steps=11, lambdas=(0.0, 0.1), seeds=(0,)), []

    def counted(arms, **options):
        trained.append([arm.penalty for arm in arms])
        return train_all(arms, **options)

    monkeypatch.setattr(shared, "train_all", counted)
    for against in ("l1", "elastic", "l1"):
        shared.picture_of(Scene(e, against=against), quiet)
    assert trained == [["l2", "l1"], ["elastic"]]
