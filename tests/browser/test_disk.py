"""Nothing of a visitor's table is written to disk: the server's system calls, while a large one is uploaded."""

import os
import re
import shutil
import signal
import subprocess
import urllib.request

import pytest

from tests.browser.conftest import Server

WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|creat\(|memfd_create\(")
HARMLESS = re.compile(r'"/dev/(null|urandom|tty)"|__pycache__/| = -1 ')


@pytest.fixture
def traced_server(tmp_path, chromium):
    """A server, and a function that ends the trace and returns its lines."""
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("no strace: install Debian's strace to see what the server writes")
    server = Server(tmp_path)
    log = tmp_path / "strace.log"
    options = ["-f", "-qq", "-e", "trace=openat,open,creat,memfd_create", "-o", str(log), "-p", str(server.process.pid)]
    tracer = subprocess.Popen([strace, *options], stderr=subprocess.PIPE)

    def lines() -> list[str]:
        if tracer.poll() is not None:
            pytest.skip(f"strace may not attach here: {tracer.stderr.read().decode(errors='replace')[:200]}")
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
        return log.read_text(errors="replace").splitlines()

    yield server.url, lines
    if tracer.poll() is None:
        os.kill(tracer.pid, signal.SIGINT)
        tracer.wait(30)
    tracer.stderr.close()
    server.stop()


def test_an_upload_of_megabytes_opens_no_file_for_writing(traced_server, page, visit):
    url, lines = traced_server
    row = ",".join(["1.2345678"] * 40)
    table = "\n".join([",".join(f"x{i}" for i in range(40)), *([row] * 12_000)])
    assert 4e6 < len(table) < 8e6
    visit(page, f"{url}/your_data")
    file = {"name": "large.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Choose another target").first.wait_for(timeout=60_000)  # read: every column is constant
    urllib.request.urlopen(f"{url}/index.html", timeout=10).close()  # so that the trace has something to show
    found = lines()
    assert any("index.html" in line for line in found), "the trace saw nothing"
    writes = [line for line in found if WRITES.search(line) and not HARMLESS.search(line)]
    assert not writes
