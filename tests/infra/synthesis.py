"""Runs the app as the CDK does: in a process of its own, with the context of cdk.json."""

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def synthesize(
    outdir: Path, offices: str, *, app: tuple[str, ...] = ("-m", "infra.app"), repository: Path = REPOSITORY
) -> subprocess.CompletedProcess[str]:
    """Synthesize the offices of a repository into a folder, without credentials for AWS."""
    context = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps({**context, "offices": offices}),
        "PYTHONPATH": os.pathsep.join([str(repository), str(REPOSITORY / "layers/common/src")]),
    }
    return subprocess.run(  # noqa: S603 (our own words only)
        [sys.executable, *app], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
