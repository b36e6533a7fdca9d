"""The λ translator: the app's λ as other tools want it, and whole experiments as code to take home."""

from wd_core.translate.conventions import (
    TOOLS,
    Translation,
    lambda_from,
    translate,
    translations,
)
from wd_core.translate.scripts import data_csv, data_npz, take_home
from wd_core.translate.setting import Setting, setting_of

__all__ = [
    "TOOLS",
    "Setting",
    "Translation",
    "data_csv",
    "data_npz",
    "lambda_from",
    "setting_of",
    "take_home",
    "translate",
    "translations",
]
