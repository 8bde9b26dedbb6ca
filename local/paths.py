"""Where the local system keeps its things. All of it is under `.local/` and may be deleted when nothing runs."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
STATE = REPOSITORY / ".local"
STACK_FILE = STATE / "stack.json"
TOKENS_FILE = STATE / "tokens.json"
CLOCK_FILE = STATE / "clock"
CDK_ASSEMBLY = STATE / "cdk.out"
CDK_OUTPUTS = STATE / "cdk-outputs.json"
TEMPORARY = STATE / "tmp"
