"""The store of claims' results: as old as its code, written after each claim; the command line; the digest."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from wd_core.__main__ import main
from wd_core.claims import CLAIMS, _digest, _run, _store
from wd_core.claims._claim import Claim, Part, Setting, Trial
from wd_core.claims._digest import depends_on, digest
from wd_core.claims._run import run, settings_of, try_claim
from wd_core.claims._store import fill, out_of_date, read, stored

ROOT = Path(__file__).parents[1]
TRIED = [name for name, claim in CLAIMS.items() if claim.trial]


def trial(effect: float, s: Setting, on_progress) -> Trial:
    """A made-up effect, spread over seeds."""
    on_progress(0.5)
    values = effect + np.random.default_rng(len(s.dataset)).normal(size=len(s.seeds)) / 10
    return Trial({"x": values}, {"a": values})


def made_up(name: str, number: int, effect: float = 1.0) -> Claim:
    return Claim(
        number=number, name=name, sources=("S0",), says="Made up.", literature="None.", arms="None.", rule="None.",
        parts=(Part("x", "a less b", "units"),), datasets=("a", "bb", "ccc"), trial=partial(trial, effect),
    )  # fmt: skip


@pytest.fixture
def two(monkeypatch):
    """Two claims instead of the real ones, tried in this process."""
    found = {"first": made_up("first", 1), "second": made_up("second", 2, -1.0)}
    monkeypatch.setattr(_store, "CLAIMS", found)
    monkeypatch.setattr(_store, "digest", lambda name: f"code of {name}")
    monkeypatch.setattr(_run.workers, "available", lambda cost, on_progress: False)
    return found


# -------------------------------------------------------------------- the real store


@pytest.mark.parametrize("name", TRIED)
def test_the_stored_result_is_as_new_as_its_code(name):
    content = read()
    assert name in stored(content), f"no stored result of {name}: python -m wd_core claims --due"
    assert name not in out_of_date(content), (
        f"the stored result of {name} is older than its code: python -m wd_core claims --due"
    )


def test_the_store_says_how_it_was_made_and_is_whole():
    content = read()
    assert content["command"].startswith("python -m wd_core claims --all")
    assert content["seeds"] >= 15
    assert {"python", "numpy", "scipy", "scikit-learn"} <= set(content["versions"])
    assert content["date"] >= max(entry["date"] for entry in content["claims"].values())
    assert content["to do"] == [], "a run was stopped: python -m wd_core claims --all goes on"
    for name, found in stored(content).items():
        assert content["claims"][name]["verdict"] == found.result.verdict


@pytest.mark.parametrize("name", ["shrinks", "test_accuracy"])
def test_a_cheap_claim_comes_out_as_it_is_stored(name):
    old = stored(read())[name].result
    new = try_claim(CLAIMS[name], len(old.seeds), ("moons", "iris"))
    for dataset, again in new.trials.items():
        for part, values in again.differences.items():
            # the same on the same machine; another's BLAS may turn an example over
            low, high = old.paired(part)[dataset].interval
            assert low - 1e-6 <= values.mean() <= high + 1e-6
            np.testing.assert_allclose(values, old.trials[dataset].differences[part], rtol=0.05, atol=4)


# -------------------------------------------------------------------- writing it


def test_the_digest_is_of_the_code_at_the_start(two, tmp_path, monkeypatch):
    """Whoever edits a claim while it runs has a result of the code before."""
    code = {"first": "old", "second": "old"}
    monkeypatch.setattr(_store, "digest", code.get)

    def tried(claim, *args, **kwargs):
        code.update(first="new", second="new")
        return try_claim(claim, *args, **kwargs)

    monkeypatch.setattr(_store, "try_claim", tried)
    fill(say=lambda text: None, file=tmp_path / "store.json")
    entries = read(tmp_path / "store.json")["claims"]
    assert {name: entry["digest"] for name, entry in entries.items()} == {"first": "old", "second": "old"}
    assert out_of_date(read(tmp_path / "store.json")) == ["first", "second"]


def test_a_run_that_is_stopped_keeps_what_is_done_and_goes_on(two, tmp_path, monkeypatch):
    file, said = tmp_path / "store.json", []

    def stopped(s, on_progress):
        raise KeyboardInterrupt

    monkeypatch.setitem(two, "second", replace(two["second"], trial=stopped))
    with pytest.raises(KeyboardInterrupt):
        fill(4, say=said.append, file=file)
    assert list(read(file)["claims"]) == ["first"]
    assert read(file)["to do"] == ["second"]
    first = read(file)["claims"]["first"]

    monkeypatch.setitem(two, "second", made_up("second", 2, -1.0))
    assert fill(4, say=said.append, file=file) == []
    assert read(file)["to do"] == []
    assert read(file)["claims"]["first"] == first  # not tried again
    assert {name: s.result.verdict for name, s in stored(read(file)).items()} == {"first": "holds", "second": "fails"}
    assert not [p for p in tmp_path.iterdir() if p != file]


def test_all_tries_all_again_and_due_only_what_is_old(two, tmp_path, monkeypatch):
    file, said = tmp_path / "store.json", []
    fill(4, say=said.append, file=file)
    assert len(said) == 2
    fill(4, say=said.append, file=file)
    assert len(said) == 4
    fill(4, everything=False, say=said.append, file=file)
    assert len(said) == 4
    monkeypatch.setattr(_store, "digest", lambda name: "newer" if name == "second" else f"code of {name}")
    assert out_of_date(read(file), 4) == ["second"]
    fill(4, everything=False, say=said.append, file=file)
    assert said[4:] == [said[3]] or said[4].startswith("  2 second: fails")
    assert out_of_date(read(file), 5) == ["first", "second"]  # another number of seeds


def test_a_claim_that_raises_an_error_holds_up_no_other(two, tmp_path, monkeypatch):
    def broken(s, on_progress):
        raise ZeroDivisionError("made up")

    monkeypatch.setitem(two, "first", replace(two["first"], trial=broken))
    said = []
    assert fill(4, say=said.append, file=tmp_path / "store.json") == ["first"]
    assert said[0] == "first: ZeroDivisionError: made up"
    assert list(stored(read(tmp_path / "store.json"))) == ["second"]


def test_a_store_of_another_shape_is_left_out_not_shown(two, tmp_path):
    file = tmp_path / "store.json"
    fill(4, say=lambda text: None, file=file)
    content = json.loads(file.read_text())
    content["claims"]["first"]["trials"]["a"]["differences"] = {"an old part": [1, 2, 3, 4]}
    assert list(stored(content)) == ["second"]


# -------------------------------------------------------------------- the digest


def test_a_digest_covers_the_engine_and_the_claims_data_but_no_page():
    found = depends_on("wd_core.claims.generalises")
    assert {"wd_core.engine.update", "wd_core.training", "wd_core.studies.evidence", "wd_core.datasets.wine",
            "wd_core.models.mlp", "wd_core.claims._shared"} <= found  # fmt: skip
    assert not {m for m in found if m.startswith(("wd_core.ui", "wd_core.view", "wd_core.figures"))}
    assert not found & {f"wd_core.claims.{name}" for name in CLAIMS if name != "generalises"}
    assert "wd_core.datasets.surnames" not in found


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("x = 1", "x = 2", False),
        ("x = 1", "x = 1  # why", True),
        ("x = 1", "\n\nx = 1\n", True),
        ("def f():\n    return 1", 'def f():\n    """What."""\n    return 1', True),
        ("x = '# 1'", "x = '# 2'", False),
    ],
)
def test_a_digest_changes_with_the_code_alone(before, after, same, tmp_path, monkeypatch):
    monkeypatch.setattr(_digest, "ROOT", tmp_path)
    folder = tmp_path / "wd_core" / "claims"
    folder.mkdir(parents=True)
    found = []
    for source in (before, after):
        (folder / "made_up.py").write_text("import wd_core.other\n")
        (tmp_path / "wd_core" / "other.py").write_text(source)
        _digest._code.cache_clear()
        _digest._imports.cache_clear()
        found.append(digest("made_up"))
    assert (found[0] == found[1]) is same


# -------------------------------------------------------------------- the command line


def test_the_command_prints_the_table_whatever_the_verdict(capsys):
    assert main(["claims", "shrinks", "--seeds", "3", "--dataset", "moons"]) == 0
    said = capsys.readouterr().out
    assert "4 shrinks: " in said
    assert "3 seeds" in said
    assert said.rstrip().rpartition("\n")[2].startswith("verdict: ")


def test_without_a_name_it_lists_all(capsys):
    assert main(["claims"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CLAIMS)
    assert main(["claims", "governance"]) == 0
    assert "Cannot be tested here." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "claim=nothing: allowed: generalises"),
        (["shrinks", "--seeds", "1"], "seeds=1: allowed: a whole number from 2 to 64"),
        (["shrinks", "--seeds", "many"], "seeds=many: allowed: a whole number"),
        (["shrinks", "--dataset", "sea"], "dataset=sea: allowed for shrinks: moons"),
        (["shrinks", "--lambdas", "1"], "lambdas=1: allowed for shrinks: 3 that rise"),
        (["generalises", "--lambdas", "a"], "lambdas=a: allowed: numbers"),
        (["--all", "--dataset", "moons"], "allowed beside either"),
        (["--seeds", "20"], "allowed beside"),
        (["shrinks", "--cluster", "nowhere"], "cluster=nowhere"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_is_allowed(arguments, said, capsys):
    try:
        status = main(["claims", *arguments])
    except SystemExit as error:  # argparse's own
        status = error.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_lambdas_of_a_visitor_reach_the_trial():
    setting = settings_of(CLAIMS["shrinks"], 3, ("moons",), (0.01, 0.1, 1.0))[0]
    assert (setting.dataset, setting.seeds, setting.lambdas) == ("moons", (0, 1, 2), (0.01, 0.1, 1.0))
    with pytest.raises(ValueError, match="10 that rise, the first 0"):
        settings_of(CLAIMS["generalises"], 3, (), (0.1, 0.2))


# -------------------------------------------------------------------- who does the work


def test_progress_rises_to_the_end_and_what_it_raises_stops_the_run(two):
    shares = []
    try_claim(two["first"], 4, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(2.5 / 3)

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        try_claim(two["first"], 4, on_progress=stop)


def test_workers_find_the_same_bits():
    if not _run.workers.wait_until_ready(30):
        pytest.skip("no worker processes on this machine")
    claim = CLAIMS["shrinks"]
    tasks = [partial(claim.trial, s) for s in settings_of(claim, 3, ("moons", "iris"))]
    away, here = run(tasks), [task(lambda share: None) for task in tasks]
    for one, other in zip(away, here, strict=True):
        for name in claim.parts:
            np.testing.assert_array_equal(one.differences[name.name], other.differences[name.name])


CLUSTER = """
import json, sys
from distributed import LocalCluster
from wd_core.claims import CLAIMS
from wd_core.claims._run import try_claim

if __name__ == "__main__":
    shares = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        claim, wanted = CLAIMS["shrinks"], ("moons", "iris")
        there = try_claim(claim, 3, wanted, on_progress=shares.append, cluster=cluster.scheduler_address)
    assert shares and shares == sorted(shares), shares
    assert json.dumps(there.to_json()) == json.dumps(try_claim(claim, 3, wanted).to_json())
    print("the same bits")
"""


def test_a_dask_cluster_finds_the_same_bits(tmp_path):
    if os.environ.get("WDL_PEERS") != "1" and find_spec("distributed") is None:
        pytest.skip("Dask is not installed: pip install -r tests/requirements-peers.txt")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path)  # fmt: skip
    assert done.stdout.strip() == "the same bits", done.stderr
