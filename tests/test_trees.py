"""The text of a LightGBM model gives the scores that LightGBM gives."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.errors import SettingsError
from assistant.trees import Trees

lightgbm = pytest.importorskip("lightgbm", reason="needed for training only")


def _train(folder, rounds=30, leaves=15):
    random = np.random.default_rng(7)
    rows = random.normal(size=(400, 5)).round(1)
    wanted = rows[:, 0] * rows[:, 1] + (rows[:, 2] > 0)
    booster = lightgbm.train(
        {"num_leaves": leaves, "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5},
        lightgbm.Dataset(rows, wanted, feature_name=[f"f{i}" for i in range(5)]),
        rounds,
    )
    booster.save_model(str(folder / "model.txt"))
    return booster, rows


def test_scores_are_those_of_lightgbm(tmp_path):
    booster, rows = _train(tmp_path)
    trees = Trees.load(tmp_path / "model.txt")
    assert np.allclose(trees.scores(rows), booster.predict(rows), atol=1e-9)
    assert trees.scores(rows).std() > 0.5


def test_a_tree_of_one_leaf_is_its_value(tmp_path):
    booster, rows = _train(tmp_path, rounds=1, leaves=2)
    trees = Trees.load(tmp_path / "model.txt")
    assert trees.feature.shape == (1, 1)
    assert np.allclose(trees.scores(rows), booster.predict(rows))


def test_named_figures_are_put_in_order_and_unknown_ones_left_out(tmp_path):
    _train(tmp_path)
    trees = Trees.load(tmp_path / "model.txt")
    table = trees.table([{"f3": 2.0, "f0": 1.0, "strange": 9.0}, {}])
    assert table.tolist() == [[1.0, 0, 0, 2.0, 0], [0.0] * 5]


@pytest.mark.parametrize("damage", ["", "feature_names=a b\nTree=0\nnum_leaves=2\n"])
def test_a_damaged_model_is_named(tmp_path, damage):
    path = tmp_path / "model.txt"
    path.write_text(damage, "utf-8")
    with pytest.raises(SettingsError, match=r"model\.txt"):
        Trees.load(path)
    with pytest.raises(SettingsError):
        Trees.load(tmp_path / "none.txt")
