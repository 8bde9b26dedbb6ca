"""`make audit` with the real pip-audit and npm, before a registry on loopback that knows what a test tells it."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from infra import audit

LAYER_ADVISORY = {
    "vulns": [
        {
            "id": "PYSEC-0000-1",
            "aliases": ["CVE-0000-1"],
            "details": "made up",
            "affected": [
                {
                    "package": {"name": "segno", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}],
                }
            ],
        }
    ]
}
PAGE_ADVISORY = {
    "id": 1,
    "url": "https://github.com/advisories/GHSA-0000-0000-0000",
    "title": "made up",
    "severity": "low",
    "vulnerable_versions": "<999",
}


class Registry(ThreadingHTTPServer):
    """Answer npm's and pip-audit's questions: `vulnerable` packages have an advisory each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vulnerable: set[str] = set()
        self.status = 200

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return OSV's answer about one package, or npm's about all."""
        if "version" in question:
            return LAYER_ADVISORY if question["package"]["name"] in self.vulnerable else {}
        return {name: [PAGE_ADVISORY] for name in question if name in self.vulnerable}


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        # npm would ask three times, over a minute, if this were our fault.
        self.send_error(404, "this registry has advisories only")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        question = json.loads(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        answer = json.dumps(self.server.answer(question)).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Stay silent: the test reports."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    with Registry() as registry:
        address = f"http://127.0.0.1:{registry.server_port}"
        monkeypatch.setenv("npm_config_registry", address)
        # PyPI's address stands in pip-audit; that of OSV may be chosen.
        monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"{address}/v1/query")
        Thread(target=registry.serve_forever, args=(0.01,), daemon=True).start()
        yield registry
        registry.shutdown()


def test_an_audit_without_a_finding_succeeds(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main() == 0
    assert capsys.readouterr() == (
        "the layer: no known vulnerability\nthe scanner page: no known vulnerability\n",
        "",
    )


def test_an_audit_fails_for_each_vulnerable_package_that_is_shipped(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    not_shipped = {"esbuild", "pytest"}
    registry.vulnerable = {"segno", "idb", "@preact/signals-core"} | not_shipped
    assert audit.main() == 1
    said = capsys.readouterr().err
    assert "VULNERABLE: the layer: segno" in said
    assert "VULNERABLE: the scanner page: idb" in said
    assert "VULNERABLE: the scanner page: @preact/signals-core" in said
    assert said.count("VULNERABLE") == 3


def test_an_audit_does_not_fail_for_what_is_accepted(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.vulnerable = {"segno", "idb"}
    # Of an advisory's several ids, any.
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-0000-1": "no shade of it", "GHSA-0000-0000-0000": "no shade of it"})
    assert audit.main() == 0


def test_a_registry_that_does_not_answer_is_told_and_fails_nothing(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.status = 405
    assert audit.main() == 0
    said = capsys.readouterr()
    assert "NOT AUDITED: the layer: " in said.err
    assert "NOT AUDITED: the scanner page: 405 Method Not Allowed" in said.err
    assert "no known vulnerability" not in said.out


def test_an_audit_that_fails_of_itself_is_no_missing_answer(
    monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    monkeypatch.setattr(audit, "PIP_AUDIT", (*audit.PIP_AUDIT, "--requirement=missing.lock"))
    with pytest.raises(RuntimeError, match=r"missing\.lock"):
        audit.audit_layer()
    monkeypatch.setattr(audit, "NPM_AUDIT", (*audit.NPM_AUDIT, "--prefix=tests"))
    with pytest.raises(RuntimeError, match="ENOLOCK"):
        audit.audit_scanner_page()
