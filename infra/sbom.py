"""Lists the layer's packages as a CycloneDX document on standard output; part of `make sbom`."""

import re
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK = Path(__file__).parents[1] / "layers/common/requirements.lock"
PACKAGE = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)


def layer_sbom() -> str:
    """Return what the layer's lock names as CycloneDX 1.6 in JSON, each package with its version and package URL."""
    layer = Component(name="antrian-layer", type=ComponentType.APPLICATION, bom_ref="layer")
    packages = []
    for name, version in PACKAGE.findall(LOCK.read_text()):
        purl = PackageURL("pypi", name=name, version=version)
        packages.append(Component(name=name, version=version, purl=purl, bom_ref=str(purl)))
    bom = Bom(components=packages)
    bom.metadata.component = layer
    bom.register_dependency(layer, packages)
    return JsonV1Dot6(bom).output_as_string(indent=2)


if __name__ == "__main__":
    print(layer_sbom())
