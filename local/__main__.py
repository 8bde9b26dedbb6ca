"""`python -m local up` and `python -m local down`; the Makefile calls them."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from antrian.adapters.office_file import OfficeFileError, load_offices
from antrian.domain.office import Office
from local import cloud, conversation, deployment, programs, whatsapp
from local.errors import LocalSystemError
from local.paths import CLOCK_FILE, REPOSITORY, STACK_FILE, TEMPORARY

T = TypeVar("T")

FAILED = 1


def main() -> int:
    """Run the command; return 0 when it did what it was asked for, 1 when it says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole system on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up_parser = commands.add_parser("up", help="start everything, deploy, and play one conversation")
    up_parser.add_argument("offices", nargs="*", help="the ids of the offices (default: bogor)")
    up_parser.add_argument("--quiet", action="store_true", help="play no conversation")
    up_parser.add_argument("--aws-port", type=_port, default=os.environ.get("AWS_PORT") or "4566")
    up_parser.add_argument("--simulator-port", type=_port, default=os.environ.get("SIMULATOR_PORT") or "4580")
    commands.add_parser("down", help="stop everything")
    arguments = parser.parse_args()
    try:
        if arguments.command == "down":
            down()
        else:
            up(arguments.offices or ["bogor"], arguments.aws_port, arguments.simulator_port, quiet=arguments.quiet)
    except (LocalSystemError, OfficeFileError) as error:
        print(f"\nantrian: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone, as in `make up | head`; there is nothing left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return 0


def up(office_ids: Sequence[str], aws_port: int, simulator_port: int, *, quiet: bool) -> None:
    """Start what is not running, deploy what has changed, and show that it works. May be repeated."""
    offices = _chosen(office_ids)
    endpoint_url, simulator_url = cloud.endpoint(aws_port), whatsapp.url(simulator_port)
    if not programs.runs("aws"):
        CLOCK_FILE.unlink(missing_ok=True)  # a fresh start begins with the real time
        shutil.rmtree(TEMPORARY, ignore_errors=True)  # the functions unpacked their layers here
    aws = cloud.program(aws_port, simulator_url)
    _step(f"local AWS at {endpoint_url}", lambda: _started(aws))
    simulator_program = whatsapp.program(simulator_port)
    _step(f"WhatsApp simulator at {simulator_url}", lambda: _started(simulator_program))
    accounts = deployment.provide_whatsapp_accounts(endpoint_url, offices)
    deployment.submit_templates(simulator_url, offices, accounts)
    outputs = _step(
        f"CDK: {', '.join(f'Antrian-{office.id}' for office in offices)}",
        lambda: deployment.deploy(endpoint_url, offices),
    )
    stack = deployment.write_stack_file(endpoint_url, simulator_url, offices, accounts, outputs)
    if quiet:
        return
    print(f"\nOne conversation with {offices[0].name}:\n", flush=True)
    conversation.play(whatsapp.Simulator(simulator_url), offices[0], lambda text: print(text, flush=True))
    _print_where_to_go_on(stack)


def down() -> None:
    """Stop everything that `up` started."""
    for name in ("whatsapp", "aws"):
        print(f"{name}: {'stopped' if programs.stop(name) else 'did not run'}")
    for file in (STACK_FILE, CLOCK_FILE):
        file.unlink(missing_ok=True)
    shutil.rmtree(TEMPORARY, ignore_errors=True)


def _chosen(office_ids: Sequence[str]) -> list[Office]:
    known = load_offices(REPOSITORY / "offices")
    for office_id in office_ids:
        if office_id not in known:
            raise LocalSystemError(f"offices/{office_id}.toml does not exist; the offices are {', '.join(known)}")
    return [known[office_id] for office_id in dict.fromkeys(office_ids)]


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1024 to 65535, not {text!r}")
    return int(text)


def _started(program: programs.Program) -> str:
    return "started" if program.start() else "runs already"


def _step(what: str, do: Callable[[], T]) -> T:
    print(f"{what} … ", end="", flush=True)
    started = time.monotonic()
    result = do()
    said = f"{result}, " if isinstance(result, str) else ""
    print(f"{said}{time.monotonic() - started:.1f} s", flush=True)
    return result


def _print_where_to_go_on(stack: Mapping[str, Any]) -> None:
    print("Where to go on:\n")
    print(f"  chat page     {stack['simulator_url']}")
    for office_id, office in stack["offices"].items():
        print(f"\n  {office_id}")
        print(f"    webhook     {office['webhook_url']}")
        print(f"    scanner     {office['scanner_url']}")
        for person in office["staff"]:
            print(f"    {person['role']:<11} {person['username']}, password {person['password']}")
    print(f"\n  everything else is in {STACK_FILE.relative_to(REPOSITORY)}; make down stops it all")


if __name__ == "__main__":
    sys.exit(main())
