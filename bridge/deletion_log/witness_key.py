"""The DPO's own signing key, in a file that only he or she can read."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bridge.deletion_log.witness import WitnessError


def load_or_make(path: Path, *, make: bool = False) -> Ed25519PrivateKey:
    """Load an Ed25519 key (PEM); with `make`, make it when the file isn't there. Raises WitnessError."""
    if make and not path.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        return key
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise WitnessError("the signing key can't be read", code="witness.key") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise WitnessError("the signing key is no Ed25519 key", code="witness.key")
    return found
