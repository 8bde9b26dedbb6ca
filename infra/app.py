"""The app of the CDK: one stack an office, checked before anything is deployed."""

import re
import sys
from pathlib import Path

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from antrian.adapters.office_file import OfficeFileError, load_offices
from antrian.adapters.text_overrides import check_all_text_overrides
from antrian.domain.office import Office
from infra.function import UnsupportedPythonError, runtime_of
from infra.layer import build_layer
from infra.office_stack import OfficeStack
from infra.scanner_page import build_scanner_page

REPOSITORY = Path(__file__).resolve().parent.parent
REGION = "ap-southeast-3"  # Jakarta: the applicants' data stays in the country


class UnknownOfficeError(ValueError):
    """An office without a file; the message names it and those that have one."""


def add_offices(app: App) -> list[OfficeStack]:
    """Add the stack of each office that the context `offices` names, separated by commas or spaces; default is all.

    Raises OfficeFileError when any office's file is wrong, because the layer holds all of them; UnknownOfficeError;
    UnsupportedPythonError.
    """
    runtime_of(sys.version_info[:2])
    known = load_offices(REPOSITORY / "offices")
    check_all_text_overrides(known)
    wanted = re.findall(r"[^\s,]+", app.node.try_get_context("offices") or "") or list(known)
    for office in wanted:
        if office not in known:
            raise UnknownOfficeError(f"offices/{office}.toml does not exist; the offices are {', '.join(known)}")
    layer, scanner_page = build_layer(REPOSITORY), build_scanner_page(REPOSITORY)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return [
        OfficeStack(
            app,
            f"Antrian-{office}",
            office=office,
            code=REPOSITORY / "functions",
            layer=layer,
            scanner_page=scanner_page,
            photo_retention_days=_photo_retention_days(known[office]),
            env=Environment(region=REGION),
        )
        for office in wanted
    ]


def _photo_retention_days(office: Office) -> int | None:
    # So that a photo is never gone before its booking.
    return office.registration.last_day + office.retention_days if office.registration.photo else None


def main() -> None:
    """Synthesize, or say in one line what is wrong and exit with 1."""
    app = App()
    try:
        add_offices(app)
    except (OfficeFileError, UnknownOfficeError, UnsupportedPythonError) as error:
        sys.exit(f"antrian: {error}")
    app.synth()


if __name__ == "__main__":
    main()
