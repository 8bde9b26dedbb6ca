"""Three offices, synthesized once for all tests."""

from pathlib import Path

import pytest

from tests.infra.synthesis import synthesize
from tests.infra.template import Template


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an assembly with Batam, Bogor and Jakarta Pusat."""
    folder = tmp_path_factory.mktemp("assembly")
    finished = synthesize(folder, "batam, bogor, jakarta-pusat")
    assert finished.returncode == 0, finished.stderr + finished.stdout
    return folder


@pytest.fixture(scope="session")
def batam(assembly: Path) -> Template:
    """Return the template of Batam's stack."""
    return Template.read(assembly, "Antrian-batam")


@pytest.fixture(scope="session")
def bogor(assembly: Path) -> Template:
    """Return the template of Bogor's stack."""
    return Template.read(assembly, "Antrian-bogor")


@pytest.fixture(scope="session")
def jakarta_pusat(assembly: Path) -> Template:
    """Return the template of Jakarta Pusat's stack."""
    return Template.read(assembly, "Antrian-jakarta-pusat")
