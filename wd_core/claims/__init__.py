"""Claims on trial: one file a claim, found by itself. Start at `_claim.Claim`; generalises.py is one to copy."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from wd_core.claims._claim import Claim
from wd_core.plugins import collect

CLAIMS: Mapping[str, Claim] = MappingProxyType(
    collect("wd_core.claims", [str(Path(__file__).parent)], "CLAIM", Claim)
)
