"""Asks the registries whether anything that is shipped has a known vulnerability: `make audit`.

Shipped are the packages of the layer (`layers/common/requirements.lock`) and those that the scanner page bundles
(`dependencies` of `package.json`). The command fails where a vulnerability is known. Where a registry does not answer,
it says so and does not fail: a missing network is no vulnerability, and no reason to stop a merge.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PIP_AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"),
    # Read the lock as it is; resolve and install nothing.
    *("--disable-pip", "--require-hashes", "--requirement=layers/common/requirements.lock"),
)
NPM_AUDIT = ("npm", "audit", "--omit=dev", "--package-lock-only", "--json", "--loglevel=error")

# By an advisory's id, why it does not concern what is shipped.
ACCEPTED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Audit:
    """What a registry answered: a line for each vulnerability, and one for what it did not answer."""

    vulnerabilities: tuple[str, ...] = ()
    unanswered: str = ""


def main() -> int:
    """Print what the registries say; return 1 where a vulnerability is known, otherwise 0."""
    audits = {"the layer": audit_layer(), "the scanner page": audit_scanner_page()}
    for shipped, audit in audits.items():
        for vulnerability in audit.vulnerabilities:
            print(f"antrian: VULNERABLE: {shipped}: {vulnerability}", file=sys.stderr)
        if audit.unanswered:
            print(f"antrian: NOT AUDITED: {shipped}: {audit.unanswered}", file=sys.stderr)
        if audit == Audit():
            print(f"{shipped}: no known vulnerability")
    return int(any(audit.vulnerabilities for audit in audits.values()))


def audit_layer() -> Audit:
    """Return what pip-audit says. Raises RuntimeError where it failed for want of anything but an answer."""
    output, errors = _run(PIP_AUDIT)
    if not output:
        reason = errors.strip().rpartition("\n")[2]
        # Without an answer it ends with a traceback or with these words, otherwise with a message of its own.
        if reason.startswith(("requests.exceptions.", "pip_audit._service.")) or "Could not connect" in reason:
            return Audit(unanswered=reason)
        raise RuntimeError(errors)
    packages = json.loads(output)["dependencies"]
    unknown = ", ".join(package["name"] for package in packages if "skip_reason" in package)
    return Audit(
        tuple(
            f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions'])}"
            for package in packages
            for found in package.get("vulns", ())
            if ACCEPTED.keys().isdisjoint([found["id"], *found["aliases"]])
        ),
        unknown and f"no answer about {unknown}",
    )


def audit_scanner_page() -> Audit:
    """Return what npm says. Raises RuntimeError where it failed for want of anything but an answer."""
    output, errors = _run(NPM_AUDIT)
    answer = json.loads(output or "{}")
    if "message" in answer:
        return Audit(unanswered=answer["message"])
    if "vulnerabilities" not in answer:
        raise RuntimeError(errors)
    advisories = [
        advisory
        for package in answer["vulnerabilities"].values()
        for advisory in package["via"]
        if isinstance(advisory, dict)  # otherwise the name of another vulnerable package
    ]
    return Audit(
        tuple(
            f"{advisory['name']} {advisory['range']}: {advisory['url']}"
            for advisory in advisories
            if advisory["url"].rpartition("/")[2] not in ACCEPTED
        )
    )


def _run(command: tuple[str, ...]) -> tuple[str, str]:
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603 - one of the two above
    return done.stdout, done.stderr


if __name__ == "__main__":
    sys.exit(main())
