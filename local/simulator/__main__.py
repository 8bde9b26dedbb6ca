"""Start the WhatsApp simulator: `python -m local.simulator`."""

import argparse
import logging
import sys
from contextlib import suppress
from pathlib import Path

from local.simulator.server import HOST, PortInUseError, create_server, listen

PORT_IN_USE = 3


def main() -> int:
    """Serve until interrupted; return 3 when the port is used by another program."""
    parser = argparse.ArgumentParser(
        prog="python -m local.simulator",
        description="Meta's side of WhatsApp on this machine: the Graph API, signed webhooks, a chat page, and tools.",
        epilog=f"Exit codes: 0 stopped, 2 wrong arguments, {PORT_IN_USE} the port is in use.",
    )
    parser.add_argument("--port", type=int, default=4580, help="port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument(
        "--stack-file",
        type=Path,
        default=Path(".local/stack.json"),
        help="the deployed offices; read when needed, may come later (default: %(default)s)",
    )
    parser.add_argument(
        "--state-dir",
        type=Path,
        default=Path(".local"),
        help="folder of tokens.json (read) and of clock (written) (default: %(default)s)",
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        listening = listen(arguments.port)
    except PortInUseError as error:
        print(f"The WhatsApp simulator cannot start: {error}. Stop that one, or choose --port.", file=sys.stderr)
        return PORT_IN_USE
    arguments.state_dir.mkdir(parents=True, exist_ok=True)
    print(f"WhatsApp simulator: http://{HOST}:{listening.getsockname()[1]}", flush=True)
    # uvicorn stops in good order and then raises the interrupt again; Ctrl-C is no reason for a traceback.
    with suppress(KeyboardInterrupt):
        create_server(arguments.stack_file, arguments.state_dir).run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
