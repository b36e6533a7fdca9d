"""Uploads stay in memory: what the server's multipart parser does with a large file."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.formparsers import MultiPartParser
from starlette.requests import Request

from wd_core.own_data.table import MAX_BYTES
from wd_core.ui import uploads


def is_on_disk(size: int) -> bool:
    """Whether the server's parser moved an upload of `size` bytes, which arrives in pieces, to a file."""
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head + b"1,2\n" * (size // 4) + b"\r\n--x--\r\n"
    pieces = [body[i : i + 65536] for i in range(0, len(body), 65536)]

    async def receive() -> dict:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    scope = {"type": "http", "method": "PUT", "headers": [(b"content-type", b"multipart/form-data; boundary=x")]}

    async def read() -> bool:
        async with Request(scope, receive).form() as form:
            return form["f"].file._rolled

    with ThreadPoolExecutor(1) as thread:  # a browser test before this one leaves an event loop in the main thread
        return thread.submit(asyncio.run, read()).result()


def test_the_largest_table_stays_in_memory(monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 1_000_000)
    assert is_on_disk(MAX_BYTES)  # what would happen without it
    assert uploads.keep_in_memory(MAX_BYTES + 1_000_000)
    assert not is_on_disk(MAX_BYTES)


def test_a_server_that_cannot_be_told_is_not_promised_for(monkeypatch):
    monkeypatch.delattr(MultiPartParser, "spool_max_size")
    assert not uploads.keep_in_memory(MAX_BYTES)


def test_no_upload_becomes_smaller(monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 50_000_000)
    assert uploads.keep_in_memory(9_000_000)
    assert MultiPartParser.spool_max_size == 50_000_000
