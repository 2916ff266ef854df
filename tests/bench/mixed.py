"""Mixed mails for measuring: the demo's samples, varied so that no two are the same request."""

from __future__ import annotations

import email
import email.policy

from bridge.sandbox.mails import sample_mails


def mixed_mails(number: int) -> list[bytes]:
    """Return `number` mails of all categories, each with a sender and Message-ID of its own."""
    samples = sample_mails()
    return [_varied(samples[n % len(samples)], n) for n in range(number)]


def _varied(raw: bytes, n: int) -> bytes:
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    sender = str(message["From"])
    del message["Message-ID"], message["From"]
    message["Message-ID"] = f"<mixed-{n}@mail.example>"
    name, _, address = sender.partition("<")
    message["From"] = f"{name}<n{n}.{address}"
    return message.as_bytes()
