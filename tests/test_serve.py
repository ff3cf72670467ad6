"""The served process as a whole: it starts, answers, says nothing of questions, and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from assistant.api.server import listen
from assistant.errors import UsageError
from assistant.settings import PACKAGE_DIR, Settings

PROGRAM = """
import sys
from pathlib import Path
from assistant.api import serve
from assistant.settings import Settings

corpus, index, state, port = sys.argv[1:]
settings = Settings(corpus_dir=corpus, index_dir=index, state_dir=state, port=int(port))
serve(settings, on_ready=lambda address: print(address, flush=True))
"""
SECRET = "我的手机是13800138000。到2026年要培育多少家高新技术企业？"


def request(address: str, body: object = None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
@pytest.mark.network
def test_the_served_process_answers_keeps_questions_out_of_its_log_and_stops(
    assistant_on_plan, tmp_path: Path
):
    settings = assistant_on_plan.settings
    with closing(listen("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [settings.corpus_dir, settings.index_dir, tmp_path / "state", port]
    environment = dict(os.environ) | {
        "PYTHONPATH": str(PACKAGE_DIR.parent), "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], cwd=tmp_path, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            address = process.stdout.readline().strip()
            assert address == f"http://127.0.0.1:{port}"

            assert json.loads(request(f"{address}/healthz")[1])["documents"] == 1
            assert "政策知识助手" in request(f"{address}/")[1]
            status, text = request(f"{address}/api/ask", {"text": SECRET})
            assert (status, json.loads(text)["status"]) == (200, "answered")
            assert request(f"{address}/api/ask", {"text": ""})[0] == 400
            with pytest.raises(UsageError, match="已被占用"):
                listen("127.0.0.1", port)
            started = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert time.monotonic() - started < 10
    assert "13800138000" not in out + err
    assert "高新技术企业" not in out + err
    assert "Traceback" not in err


def test_a_busy_port_is_known_before_any_index_is_built(tmp_path: Path):
    from assistant.api import serve

    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(corpus_dir=tmp_path, index_dir=tmp_path / "index", port=port)
        with pytest.raises(UsageError, match="--port"):
            serve(settings)

    assert not (tmp_path / "index").exists()
