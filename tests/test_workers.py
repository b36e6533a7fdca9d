"""Worker processes: the same bits as in this process, progress that can cancel, and a pool that survives a death."""

import contextlib
import os
import pickle
import re
import signal
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from wd_core import Experiment, History, lambda_path, process, train, training, workers
from wd_core.process import Cancelled, Worker
from wd_core.tables import tables_of

pytestmark = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: everything is done in this process")

E = Experiment(n_samples=94, hidden=(7, 5), lambdas=(0.0, 1e-3, 1e-2, 0.1, 1.0), seeds=(0, 1, 5), batch_size=13)
LONG = E.replace(steps=20_000)


class Stop(Exception):
    """What an impatient caller raises."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is trained in this process, which reports after every step."""
    monkeypatch.setattr(workers, "WORTH", float("inf"))
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Everything is trained by the workers; the list fills with the number of tasks they were given."""
    assert workers.wait_until_ready(60)
    assert all_ready()
    given: list[int] = []
    run = workers.run

    def counted(tasks, on_progress=None, cost=0.0):
        given.append(len(tasks))
        return run(tasks, on_progress, cost)

    monkeypatch.setattr(workers, "WORTH", 0.0)
    monkeypatch.setattr(workers, "POLL_SECONDS", 0.005)
    monkeypatch.setattr(workers, "run", counted)
    return given


def train_here(e: Experiment, dtype: type = np.float32) -> History:
    return training.train_here(e, dtype, lambda share: None)


def assert_same(a: History, b: History) -> None:
    for name, array in vars(a).items():
        if isinstance(array, np.ndarray):
            np.testing.assert_array_equal(array, getattr(b, name), err_msg=name)
            assert array.dtype == getattr(b, name).dtype, name
    for part in a.wrong or {}:
        np.testing.assert_array_equal(a.wrong[part], b.wrong[part])


def ready() -> list[Worker]:
    return [worker for worker in list(workers._all) if worker.is_ready]


def all_ready(seconds: float = 60) -> bool:
    """Whether every process that a test before this one ended has its successor."""
    deadline = time.monotonic() + seconds
    while len(ready()) < workers.COUNT and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(ready()) >= workers.COUNT


def pids() -> set[int]:
    return {worker.process.pid for worker in list(workers._all)}


def replaced(killed: set[int], seconds: float = 20) -> bool:
    """Whether none of these processes is kept: one that was idle is noticed when its turn comes."""
    deadline = time.monotonic() + seconds
    while pids() & killed and time.monotonic() < deadline:
        train(E)
    return not pids() & killed


# ---------------------------------------------------------------- results


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lambdas": (0.0, 0.1)},
        {"penalty": "l1", "batch_size": None},
        {"dataset": "bumps", "noise": None, "optimizer": "sgd", "lambdas": (0.0, 1e-3, 1e4)},  # the last one diverges
        {"dataset": "wine", "n_samples": 150, "model": "softmax", "decay": "decoupled"},
    ],
)
def test_workers_give_the_bits_that_this_process_gives(away: list[int], changes: dict, dtype: type) -> None:
    e = E.replace(**changes)
    h = train(e, dtype=dtype)
    assert away == [workers.COUNT]
    assert h.experiment == e
    assert_same(h, train_here(e, dtype))
    assert not h.weights.flags.writeable


def test_one_run_is_not_worth_a_worker(away: list[int]) -> None:
    e = E.replace(lambdas=(0.1,), seeds=(0,))
    assert_same(train(e), train_here(e))
    assert away == []


def test_small_work_stays_here(away: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH", E.cost * 1.01)
    train(E)
    assert away == []


def test_two_trainings_at_once_share_the_workers_and_mix_nothing_up(away: list[int]) -> None:
    experiments = [E.replace(seeds=(seed,), steps=1000) for seed in (1, 2, 3)]
    found: dict[Experiment, History] = {}
    threads = [threading.Thread(target=lambda e=e: found.update({e: train(e)})) for e in experiments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for e in experiments:
        assert_same(found[e], train_here(e))
    assert away == [workers.COUNT] * 3


def test_results_come_in_the_order_of_the_tasks_whichever_ends_first(away: list[int]) -> None:
    experiments = [E.replace(steps=steps) for steps in (900, 30, 300, 10, 100)]
    histories = workers.run([partial(training.train_here, e, np.float32) for e in experiments])
    assert [h.experiment for h in histories] == experiments


# ---------------------------------------------------------------- progress and cancelling


@pytest.mark.parametrize("where", ["here", "away"])
def test_progress_rises_and_is_told_to_the_calling_thread(where: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(where)
    told: list[tuple[float, int]] = []
    train(E.replace(steps=3000), on_progress=lambda share: told.append((share, threading.get_ident())))
    shares = [share for share, _ in told]
    assert len(set(shares)) >= 2
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert {thread for _, thread in told} == {threading.get_ident()}


def stop_at(least: float):
    def on_progress(share: float) -> None:
        if share >= least:
            raise Stop(f"at {share}")

    return on_progress


@pytest.mark.parametrize("where", ["here", "away"])
@pytest.mark.parametrize("least", [0.0, 0.02])
def test_what_progress_raises_cancels_and_comes_out(where: str, least: float, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(where)
    with pytest.raises(Stop, match="at "):
        train(LONG, on_progress=stop_at(least))


def test_after_cancelling_the_same_processes_go_on(away: list[int]) -> None:
    before = pids()
    for _ in range(3):
        with pytest.raises(Stop):
            train(LONG, on_progress=stop_at(0.0))
        assert_same(train(E), train_here(E))
    assert pids() == before


def _arrays(report: object) -> list:
    whole = np.arange(300_000, dtype=np.float32).reshape(100, 3000)
    return [whole, whole[:, ::2], whole.T, whole[:0], whole > 7, {"inside": whole[1]}]


def test_arrays_come_back_as_they_were_and_may_be_changed(away: list[int]) -> None:
    for array, expected in zip(workers.run([_arrays])[0], _arrays(None), strict=True):
        if isinstance(array, dict):
            array, expected = array["inside"], expected["inside"]
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == expected.dtype
        array[...] = 0


def test_a_cancelled_worker_drops_what_it_does(away: list[int]) -> None:
    worker = Worker()
    assert worker.read()[0] == "ready"
    worker.send(pickle.dumps(partial(training.train_here, LONG, np.float32)))
    worker.send(workers.CANCEL)
    while (answer := worker.read())[0] in ("progress", "alive"):
        pass
    worker.stop()
    assert answer[0] == "failed"
    assert isinstance(answer[1], Cancelled)


def test_a_cancellation_that_comes_too_late_is_no_task(away: list[int]) -> None:
    for worker in list(workers._all):
        worker.send(workers.CANCEL)
    assert_same(train(E), train_here(E))


def test_what_a_task_raises_cancels_the_others_and_comes_out(away: list[int]) -> None:
    before = pids()
    with pytest.raises(TypeError, match="integer"):
        workers.run([partial(int, "no number"), partial(training.train_here, LONG, np.float32)])
    assert_same(train(E), train_here(E))
    assert pids() == before


# ---------------------------------------------------------------- a process dies


class Deadly:
    """A task that ends the process that unpickles it."""

    def __reduce__(self) -> tuple:
        return os._exit, (1,)


@pytest.mark.parametrize("victims", [1, workers.COUNT])
def test_the_work_of_a_killed_process_is_done_by_another(away: list[int], victims: int) -> None:
    killed: list[int] = []

    def kill(share: float) -> None:
        if not killed:
            for worker in list(workers._all)[:victims]:
                worker.process.kill()
                killed.append(worker.process.pid)

    e = E.replace(steps=3000)
    assert_same(train(e, on_progress=kill), train_here(e))
    assert len(killed) == victims
    assert replaced(set(killed))


def test_processes_killed_while_idle_are_replaced(away: list[int]) -> None:
    before = pids()
    for worker in list(workers._all):
        worker.process.kill()
        worker.process.wait()
    assert_same(train(E), train_here(E))
    assert replaced(before)


def test_work_that_kills_every_process_is_a_clear_error_and_the_pool_recovers(away: list[int]) -> None:
    with pytest.raises(RuntimeError, match=r"a worker process ended.*Lower steps"):
        workers.run([Deadly()])
    assert_same(train(E), train_here(E))


def test_after_a_stop_the_pool_begins_anew(away: list[int]) -> None:
    before = pids()
    workers.stop()
    assert not pids()
    assert_same(train(E), train_here(E))  # in this process, or already in a new one
    assert workers.wait_until_ready(60)
    given = len(away)
    assert_same(train(E), train_here(E))
    assert len(away) == given + 1
    assert not pids() & before


# ---------------------------------------------------------------- large networks

LARGE = {
    "moons": {"hidden": (64, 64, 64), "lambdas": lambda_path(1e-4, 1, 24), "seeds": range(5), "steps": 60},
    "digits": {"dataset": "digits", "n_samples": 60, "hidden": (64, 64), "lambdas": lambda_path(1e-4, 1, 32)},
}


@pytest.mark.parametrize("name", LARGE)
def test_when_a_large_network_is_recorded_the_whole_experiment_decides(away: list[int], name: str) -> None:
    e = Experiment(**{"steps": 40, "n_samples": 40, "seeds": range(4)} | LARGE[name])
    half = e.replace(lambdas=e.lambdas[: len(e.lambdas) // 2])
    assert len(half.record_at) > len(e.record_at)  # a part alone would be recorded more often
    h = train(e)
    assert away[0] >= workers.COUNT
    assert tuple(h.steps) == e.record_at
    assert h.weights.shape == (len(e.lambdas), len(e.seeds), len(e.record_at), e.n_parameters)
    alone = train_here(e.replace(lambdas=e.lambdas[-1:], seeds=e.seeds[-1:]))
    common = [list(alone.steps).index(step) for step in h.steps if step in alone.steps]
    mine = np.isin(h.steps, alone.steps)
    assert mine.sum() > 5
    for part in ("train", "test"):
        np.testing.assert_array_equal(
            getattr(h, f"{part}_loss")[-1, -1, mine], getattr(alone, f"{part}_loss")[0, 0, common]
        )


@pytest.mark.parametrize(("lambdas", "seeds"), [((0.1,), range(5)), ((0.1, 0.2, 0.3), range(2)), ((0.1,), (3,))])
def test_few_lambdas_are_cut_along_the_seeds(away: list[int], lambdas: tuple, seeds: tuple) -> None:
    e = E.replace(lambdas=lambdas, seeds=seeds)
    assert_same(train(e), train_here(e))
    assert away == ([] if len(lambdas) * len(seeds) == 1 else [workers.COUNT])


# ---------------------------------------------------------------- fair shares

LONG_COST = 200.0
"""What the tests say of long work: minutes."""


@contextlib.contextmanager
def underway(tasks: list, cost: float = LONG_COST):
    """`tasks` are worked on meanwhile; it yields when all cores are, and cancels them at the end."""
    told, stop = threading.Semaphore(0), threading.Event()

    def on_progress(share: float) -> None:
        told.release()
        if stop.is_set():
            raise Stop

    def wait_for_them() -> None:
        with contextlib.suppress(Stop):
            workers.run(tasks, on_progress, cost)

    thread = threading.Thread(target=wait_for_them)
    thread.start()
    try:
        for _ in range(4):
            assert told.acquire(timeout=30)
        yield
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def sleeper(report, seconds: float = 600.0) -> str:
    """A task that takes long and does nothing."""
    for _ in range(int(seconds * 50)):
        time.sleep(0.02)
        report(0.5)
    return "slept"


def test_long_work_leaves_a_process_to_who_comes_meanwhile(away: list[int]) -> None:
    """Pieces that cannot be cut, more of them than there are cores, and still short work goes through."""
    with underway([sleeper] * 5 * workers.COUNT):
        assert_same(train(E), train_here(E))
        deadline = time.monotonic() + 60
        while len(workers._working) < workers.COUNT and time.monotonic() < deadline:
            time.sleep(0.02)  # the one more may still be starting
        assert len(workers._working) == workers.COUNT
        assert_same(train(E), train_here(E))


def test_long_work_leaves_a_process_also_while_the_one_more_is_starting(
    away: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.stop()
    monkeypatch.setattr(workers, "_hosts", 0)
    assert workers.wait_until_ready(60)
    monkeypatch.setattr(workers, "_add_host", lambda: None)  # it takes for ever
    with underway([sleeper] * 3 * workers.COUNT):
        assert_same(train(E), train_here(E))
        assert len(workers._working) == workers.COUNT - 1


def test_short_work_overtakes_pieces_that_wait(away: list[int]) -> None:
    """Pieces of a long call that are themselves short hold all processes; the next free one is the short call's."""
    done: list[str] = []

    def note(name: str, seconds: float, count: int, cost: float) -> None:
        workers.run([partial(sleeper, seconds=seconds)] * count, None, cost)
        done.append(name)

    cost = 1.9  # seconds a piece
    long = threading.Thread(target=note, args=("long", 0.2, 30, 30 * cost))
    long.start()
    time.sleep(0.3)
    note("short", 0.02, 1, 0.02)
    assert done == ["short"]
    long.join(60)
    assert done == ["short", "long"]


def test_who_waits_long_enough_is_overtaken_no_more() -> None:
    """Due is when a call would have ended alone: a later one with less to do than that is ahead, none after it."""
    first, later, much_later = (
        workers.Call(arrived + seconds, False) for arrived, seconds in ((0, 60), (5, 1), (60, 1))
    )
    assert min([first, later, much_later], key=lambda call: call.due) is later
    assert min([first, much_later], key=lambda call: call.due) is first


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")
@pytest.mark.parametrize("victims", [1, workers.COUNT])
def test_a_frozen_process_is_ended_and_another_does_its_work(
    away: list[int], monkeypatch: pytest.MonkeyPatch, victims: int
) -> None:
    monkeypatch.setattr(process, "SILENT_SECONDS", 1.0)
    frozen: list[int] = []

    def freeze(share: float) -> None:
        if not frozen:
            for worker in ready()[:victims]:
                os.kill(worker.process.pid, signal.SIGSTOP)
                frozen.append(worker.process.pid)

    e = E.replace(steps=3000)
    assert_same(train(e, on_progress=freeze), train_here(e))
    train(E)
    assert len(frozen) == victims


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")
def test_a_process_frozen_at_work_that_nobody_waits_for_is_replaced(
    away: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SILENT_SECONDS", 1.0)
    before = pids()

    def freeze(share: float) -> None:
        for worker in ready():
            os.kill(worker.process.pid, signal.SIGSTOP)
        raise Stop

    with pytest.raises(Stop):
        train(LONG, on_progress=freeze)
    deadline = time.monotonic() + 30
    while workers._working and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not workers._working
    assert len(before - pids()) >= 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")
def test_a_process_frozen_while_idle_holds_nobody_up_for_long(
    away: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SILENT_SECONDS", 1.0)
    big = E.replace(n_samples=100)  # its task fits the pipe; the next does not
    for worker in ready()[:1]:
        os.kill(worker.process.pid, signal.SIGSTOP)
    assert_same(train(big), train_here(big))
    for worker in ready()[:1]:
        os.kill(worker.process.pid, signal.SIGSTOP)
    assert workers.run([partial(_length, bytes(5_000_000))] * workers.COUNT) == [5_000_000] * workers.COUNT


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")
def test_a_process_frozen_while_it_starts_is_replaced(away: list[int]) -> None:
    before, frozen = set(workers._all), set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "START_SECONDS", 3.0)
        for worker in before:
            worker.process.kill()
            worker.process.wait()
        deadline = time.monotonic() + 30
        while len(frozen) < workers.COUNT and time.monotonic() < deadline:
            with workers._change:
                workers._change.notify_all()  # so that idle hosts look at their process
                for worker in workers._all - before - frozen:
                    os.kill(worker.process.pid, signal.SIGSTOP)
                    frozen.add(worker)
            time.sleep(0.01)
    assert len(frozen) == workers.COUNT
    assert workers.run([partial(_length, b"1234")]) == [4]
    for worker in frozen:
        worker.process.kill()


def _length(data: bytes, report) -> int:
    return len(data)


def test_a_silent_but_living_process_is_left_alone(
    away: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A task that reports nothing for longer than a frozen one may be silent: its signs of life are its own."""
    monkeypatch.setattr(process, "SILENT_SECONDS", 1.0)
    log = tmp_path / "log"
    assert workers.run([partial(_silent, 2.5, log)]) == ["slept"]
    assert log.read_text() == "began "


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="nobody tells what a process would do")
def test_a_process_that_would_speak_if_it_could_is_left_alone(away: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that has too few cores: it works, and its other thread does not get to give a sign of life."""
    monkeypatch.setattr(process, "SILENT_SECONDS", 0.3)
    before = {worker.process.pid for worker in ready()}
    assert workers.run([_one_long_call]) == [None]
    assert {worker.process.pid for worker in ready()} == before


def _one_long_call(report) -> None:
    """A single call that keeps Python's lock for about a second."""
    re.match(r"(a+)+$", 25 * "a" + "b")


def _silent(seconds: float, log: Path, report) -> str:
    with log.open("a") as file:
        file.write("began ")
    time.sleep(seconds)
    return "slept"


def test_long_work_is_cut_into_pieces_of_about_a_second() -> None:
    assert workers.pieces(0) == workers.COUNT
    assert workers.pieces(1e15) in range(workers.MOST_PIECES - workers.COUNT + 1, workers.MOST_PIECES + 1)
    assert workers.pieces(20) == 20 // workers.COUNT * workers.COUNT


def test_work_of_many_small_calls_is_cut_into_few_pieces(away: list[int]) -> None:
    """Each piece makes all of Python's calls anew: together no more than a share of the work may be added."""
    small = E.replace(hidden=(4, 4, 4, 4), batch_size=4, steps=20_000, lambdas=lambda_path(1e-3, 1, 60), seeds=range(5))
    large = E.replace(n_samples=2000, batch_size=None, hidden=(64, 64), steps=400, lambdas=lambda_path(1e-3, 1, 20))
    for e in (small, large):
        assert workers.pieces(e.cost) > workers.COUNT  # by its length alone
        pieces = training._pieces(*tables_of([e], np.float32), e.cost)
        assert pieces == workers.COUNT or pieces * e.overhead <= training.MOST_REPEATED * e.cost
    assert training._pieces(*tables_of([small], np.float32), small.cost) == workers.COUNT
    assert training._pieces(*tables_of([large], np.float32), large.cost) == workers.pieces(large.cost)
