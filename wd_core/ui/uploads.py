"""Where an upload is while it arrives: in memory, so that "nothing is written to disk" is true."""

from __future__ import annotations

PROMISE = "nothing is written to disk, and no other visitor sees it"
TRUTH = (
    "no other visitor sees it. While a file above 1 MB arrives, the server may keep it in a temporary file without a "
    "name; nothing else is written to disk"
)


def keep_in_memory(most: int) -> bool:
    """Have the server hold uploads of up to `most` bytes in memory while they arrive; False if it cannot be told to.

    Streamlit's server parses uploads with Starlette's `MultiPartParser`, which moves a part above its class attribute
    `spool_max_size` (1 MB) to a temporary file. Streamlit refuses what is above `server.maxUploadSize` as it arrives,
    so that memory stays bounded. Other versions may lack the attribute; then the page says what is true.
    """
    try:
        from starlette.formparsers import MultiPartParser
    except ImportError:
        return False
    if not isinstance(now := getattr(MultiPartParser, "spool_max_size", None), int):
        return False
    MultiPartParser.spool_max_size = max(now, most)
    return True
