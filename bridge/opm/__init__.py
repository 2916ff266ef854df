"""What OTRS is given: arguments of the set-up, and packages for its package manager."""

from bridge.opm.arguments import arguments, as_json, webservice_name
from bridge.opm.package import Package, PackagedFile, write
from bridge.opm.packages import bridge_package, proof_package

__all__ = [
    "Package",
    "PackagedFile",
    "arguments",
    "as_json",
    "bridge_package",
    "proof_package",
    "webservice_name",
    "write",
]
