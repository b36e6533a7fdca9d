"""The page on one update: settings come from the address, and the board is theirs."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.view.picture import unpack_header


@pytest.mark.parametrize(
    ("address", "stages"),
    [
        ({}, ["start", "gradient", "decay", "optimiser"]),
        (
            {"update_penalty": "L1", "update_decay": "decoupled", "update_optimiser": "Adam",
             "update_lambda": "0.3"},
            ["start", "gradient", "optimiser", "prox"],
        ),
    ],
)  # fmt: skip
def test_the_address_says_what_is_shown(address, stages):
    app = AppTest.from_file("../pages/update.py", default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert header["axes"][0]["values"] == stages
    if address:
        assert header["sentences"][0].startswith("Adam, L1 decoupled, λ = 0.3:")
