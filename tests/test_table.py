"""A visitor's table: files in the wild's shapes, wrong ones, and what was learned from which rows."""

from dataclasses import replace

import numpy as np
import pytest

from wd_core.own_data.preparation import (
    LEAST_OF_A_CLASS,
    MAX_CLASSES,
    MAX_INPUTS,
    Prepared,
    prepare,
    propose_target,
    propose_task,
)
from wd_core.own_data.sample import sample_csv
from wd_core.own_data.sentences import label, prose
from wd_core.own_data.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Column, Table, read_table


def csv(rows: int = 60, columns: int = 3, target: str = "y", seed: int = 0) -> str:
    values = np.random.default_rng(seed).normal(size=(rows, columns + 1))
    lines = [",".join([*(f"x{j}" for j in range(columns)), target])]
    return "\n".join(lines + [",".join(f"{v:.4f}" for v in row) for row in values])


def with_column(name: str, cells: list) -> Table:
    """60 rows of x0, x1, x2, y and one more column."""
    lines = csv().splitlines()
    return read_table(
        "\n".join([f"{name},{lines[0]}", *(f"{c},{line}" for c, line in zip(cells, lines[1:], strict=True))])
    )


def prepared(table: Table, target: str = "y", task: str | None = None, seed: int = 0) -> Prepared:
    features = tuple(name for name in table.names if name != target)
    return prepare(table, target, features, task or propose_task(table, target), seed)


# -------------------------------------------------------------------- shapes in the wild


def test_semicolons_and_decimal_commas_in_windows_1252():
    text = "Größe;Ort;Preis\r\n" + "".join(f"1.{i:03d},5;Köln;{i},25\r\n" for i in range(30))
    table = read_table(text.encode("cp1252"))
    assert table.names == ("Größe", "Ort", "Preis")
    np.testing.assert_array_equal(table.columns["Größe"].numbers, 1000.5 + np.arange(30))
    np.testing.assert_array_equal(table.columns["Preis"].numbers, 0.25 + np.arange(30))
    assert any("Windows-1252" in note for note in table.notes)
    assert any("decimal commas" in note for note in table.notes)


def test_missing_values_and_text_columns():
    cells = ["NA", "", "?", *(str(40 + i % 3) for i in range(57))]
    table = with_column("age", cells)
    found = prepared(table)
    assert "age" in found.inputs
    assert np.isfinite(found.X_train).all()
    assert found.fitted.medians["age"] in (40, 41, 42)
    median = f"{found.fitted.medians['age']:.0f}"
    assert f"3 of 60 values in 'age' were missing: filled with the training median {median}." in found.steps


def test_5000_by_60():
    table = read_table(csv(5000, 59).encode())
    found = prepared(table)
    assert found.X_train.shape == (3000, 59)
    assert found.X_validation.shape == found.X_test.shape == (1000, 59)
    np.testing.assert_allclose(found.X_train.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(found.X_train.std(0), 1)
    np.testing.assert_allclose([found.y_train.mean(), found.y_train.std()], [0, 1], atol=1e-12)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    assert read_table(csv(target="größe").encode(encoding)).names[-1] == "größe"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_quoted_text(delimiter):
    lines = [
        f'"a{delimiter} b"{delimiter}t',
        *(f'{i}{delimiter}"he said ""so""{delimiter} {i % 2}"' for i in range(30)),
    ]
    table = read_table("\n".join(lines))
    assert table.names == ("a b" if delimiter == "\t" else f"a{delimiter} b", "t")  # a name has single spaces
    np.testing.assert_array_equal(table.columns[table.names[0]].numbers, np.arange(30))
    assert set(table.columns["t"].texts) == {f'he said "so"{delimiter} {i}' for i in range(2)}


def test_a_table_without_names_and_one_of_excel():
    rows = "\n".join(f"{i},{i * 2.5}" for i in range(30))
    assert read_table(rows).names == ("column 1", "column 2")
    assert read_table(rows).rows == 30
    assert read_table("a,b\n" + rows, header=False).rows == 31
    assert read_table("sep=;\r\na;b\r\n" + rows.replace(",", ";")).names == ("a", "b")


def test_double_and_empty_names():
    table = read_table("a,a,,a\n" + "1,2,3,4\n" * 30)
    assert table.names == ("a", "a (2)", "column 3", "a (3)")
    assert "1 column has no name and got a number." in table.notes
    assert "2 names stand twice and got a number behind." in table.notes


def test_html_and_formulas_in_cells_are_text():
    table = with_column("<b>", ["=cmd|' /C calc'!A0", "<script>", "<script>"] * 20)
    assert set(table.columns["<b>"].texts) == {"=cmd|' /C calc'!A0", "<script>"}
    assert "<b> = =cmd|' /C calc'!A0" in prepared(table).inputs
    assert any("“<script>”, the commonest, is the reference" in step for step in prepared(table).steps)


def test_few_odd_cells_in_numbers_count_as_missing_and_are_named():
    table = with_column("dose", ["<5", *(str(i % 9) for i in range(59))])
    assert np.isnan(table.columns["dose"].numbers[0])
    assert any("1 cell is no number (“<5”)" in note for note in table.notes)


# -------------------------------------------------------------------- wrong files


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "the file is empty"),
        ("  \n \n", "the file is empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"a,b\n\x00\x01\x02\xff,1\n" * 30, "encoding=unknown"),
        (b"a,b\n" + b"\x81\x8d,1\n" * 30, "encoding=unknown"),
        (b"x" * (MAX_BYTES + 1), "MB"),
        ("a,b\n" + "1,2\n" * (MAX_ROWS + 1), "rows="),
        ("a,b\n1,2\n", "rows=1"),
        (",".join(f"c{i}" for i in range(MAX_COLUMNS + 1)) + "\n", f"columns={MAX_COLUMNS + 1}"),
        ("," * 3_000_000, "there are cells, and all are empty"),
        ("a" + "," * 3_000_000 + "\n", "columns=3000001"),
        ("a\n" + "1\n" * 30, "columns=1"),
        ("a,b\n" + "1,2\n" * 30 + "1,2,3\n1\n", "line=32: 3 cells, and 2 lines in all differ; allowed: 2"),
        ('a,b\n"' + "1,2\n" * 3000, "allowed"),
        ("a,b\n" + "1,1e300\n" * 30, "1e300"),
    ],
)  # fmt: skip
def test_a_wrong_file_gets_a_message(source, words):
    with pytest.raises(ValueError, match="allowed") as error:
        read_table(source)
    assert words in str(error.value)


# -------------------------------------------------------------------- wrong choices


@pytest.mark.parametrize(
    ("cells", "task", "words"),
    [
        (["only"] * 60, "classification", "every row has the one value only"),
        ([""] * 60, "regression", "no row has a value"),
        (["5"] * 60, "regression", "every row has the one value 5"),
        (["a"] * 58 + ["b"] * 2, "classification", "1 of 2 classes"),
        (["a", "b"] * 30, "regression", "Choose classification"),
        ([f"c{i % (MAX_CLASSES + 1)}" for i in range(60)], "classification", "classes"),
        (["1.5", "2.5"] * 5 + [""] * 50, "regression", "rows=10 with a target"),
    ],
)
def test_a_target_that_cannot_be_learned(cells, task, words):
    with pytest.raises(ValueError, match="target") as error:
        prepared(with_column("goal", cells), "goal", task)
    assert words in str(error.value)


def test_too_many_inputs():
    with pytest.raises(ValueError, match=f"inputs=400: allowed: at most {MAX_INPUTS}"):
        prepared(read_table(csv(60, 400)))


def test_features_that_tell_nothing():
    table = read_table("a,y\n" + "\n".join(f"1,{i}.5" for i in range(30)))
    with pytest.raises(ValueError, match="none of them tells anything"):
        prepared(table)


# -------------------------------------------------------------------- what was done


def test_constant_empty_and_identifying_columns_are_left_out():
    table = read_table(sample_csv())
    table = replace(table, columns={**table.columns, "void": Column("void", numbers=np.full(table.rows, np.nan))})
    found = prepared(table, "rent")
    assert not {"id", "void"} & set(found.inputs)
    assert not any("country" in name for name in found.inputs)
    told = " ".join(found.steps)
    assert "'void' left out: no value" in told
    assert "'country' left out: always" in told
    assert "'id' left out: fewer than two rows a value" in told


def test_levels_are_coded_against_the_commonest_and_rare_ones_share_an_input():
    cells = ["a"] * 15 + ["b"] * 36 + [f"r{i}" for i in range(9)]
    for seed in range(5):
        found = prepared(with_column("kind", cells), seed=seed)
        assert [n for n in found.inputs if n.startswith("kind")] == ["kind = a", "kind = other"]
    level = found.fitted.levels["kind"]
    assert (level.reference, level.own, level.missing) == ("b", ("a",), 0)
    assert level.rare == {cells[i] for i in found.choice[: len(found.y_train)]} - {"a", "b"}
    rows = dict(zip(found.choice, found.X_choice, strict=True))
    a, other = (found.inputs.index(f"kind = {name}") for name in ("a", "other"))
    for row, x in rows.items():
        code = (x[a] > 0, x[other] > 0)  # standardised 0 is below 0, 1 above
        assert code == {"a": (True, False), "b": (False, False)}.get(cells[row], (False, True))


def test_missing_text_is_a_level_of_its_own_and_what_training_never_saw_is_said():
    cells = ["yes", ""] * 28 + ["yes", "no", "no", "yes"]
    found = prepared(with_column("answer", cells))
    assert "answer = missing" in found.inputs
    j, rows = found.inputs.index("answer = missing"), found.choice
    assert [x > 0 for x in found.X_choice[:, j]] == [cells[i] == "" for i in rows]
    only_yes = with_column("answer", ["yes", ""] * 30)  # a column with one value and gaps tells something
    assert "answer = missing" in prepared(only_yes).inputs
    train = prepared(with_column("answer", ["yes", "no"] * 30)).choice[:36]
    new = ["yes" if i % 3 else "no" if i in train else "perhaps" for i in range(60)]
    told = [step for step in prepared(with_column("answer", new)).steps if "no training row has" in step]
    assert told == ["'answer' has values that no training row has (“perhaps”): each counts as the reference “yes”."]


def test_a_level_may_be_called_like_an_input_of_ours():
    found = prepared(with_column("kind", ["missing", "", "other", "other"] * 15))
    assert [n for n in found.inputs if n.startswith("kind")] == ["kind = missing", "kind = missing (2)"]


def test_every_class_is_in_every_part_in_proportion():
    cells = ["a"] * 40 + ["b"] * 14 + ["c"] * LEAST_OF_A_CLASS
    found = prepared(with_column("kind", cells), "kind")
    assert found.classes == ("a", "b", "c")
    assert found.task == "multiclass"
    for y in (found.y_train, found.y_validation, found.y_test):
        assert set(y) == {0, 1, 2}
    assert np.bincount(found.y_test).tolist() == [8, 3, 1]


def test_the_preparation_is_fitted_on_the_training_part_alone():
    rng = np.random.default_rng(0)
    x, y, text = rng.normal(size=80), rng.normal(size=80), rng.choice(["u", "v"], 80).astype(object)
    x[:4] = np.nan

    def table(x: np.ndarray, text: np.ndarray) -> Table:
        columns = [Column("x", numbers=x), Column("text", texts=text), Column("y", numbers=y)]
        return Table({c.name: c for c in columns}, 80, ())

    before = prepared(table(x, text))
    rows = np.arange(80)
    numbered = prepared(table(rows + 0.5, text))  # which row went where: the split does not look at x
    scaler = numbered.pipeline["scale"]
    test = np.rint(numbered.X_test[:, 0] * scaler.scale_[0] + scaler.mean_[0] - 0.5).astype(int)
    assert len(test) == 16
    x, text = x.copy(), text.copy()
    x[test], text[test] = 1e6, "new"
    after = prepared(table(x, text))
    assert after.inputs == before.inputs
    np.testing.assert_array_equal(after.X_train, before.X_train)
    np.testing.assert_array_equal(after.X_validation, before.X_validation)
    assert (after.X_test[:, 0] > 1e5).all()
    np.testing.assert_array_equal(after.pipeline["scale"].mean_, before.pipeline["scale"].mean_)


def test_proposals():
    table = read_table(sample_csv())
    assert propose_target(table) == "rent"
    assert propose_task(table, "rent") == "regression"
    assert propose_task(table, "district") == "classification"
    assert propose_task(table, "rooms") == "classification"
    assert propose_target(read_table(csv(target="price"))) == "price"


def test_rows_without_a_target_are_left_out_and_counted():
    table = with_column("goal", ["", "NA", *(f"{i / 7:.3f}" for i in range(58))])
    found = prepared(table, "goal", "regression")
    assert "2 rows without a value of 'goal' left out: without the target nothing is learned." in found.steps
    assert len(found.y_train) + len(found.y_validation) + len(found.y_test) == 58


@pytest.mark.parametrize(
    ("value", "text"),
    [(1962.0, "1962"), (12345.0, "12,345"), (1234567.8, "1,234,568"), (70.3333, "70.33"), (-0.25, "−0.25"), (0.0, "0"),
     (1.2e-5, "1.20 × 10⁻⁵"), (3e20, "3.00 × 10²⁰"), (41.0, "41")],
)  # fmt: skip
def test_numbers_in_prose_are_as_people_write_them(value, text):
    assert prose(value) == text
    assert prose(value, "days") == f"{text} days"


def test_classes_that_are_numbers_are_written_as_they_stood():
    assert [label(v) for v in (1.0, 1e6, 2.5, "a")] == ["1", "1000000", "2.5", "a"]
