"""OTRS bridge: request intake, redaction and verified erasure for OTRS help desks."""
