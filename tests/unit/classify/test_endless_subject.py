"""A subject without end costs no more than a long one."""

from __future__ import annotations

import time

from bridge.classify import classify
from bridge.message.parse import parse


def test_an_endless_subject_keeps_no_worker_busy() -> None:
    classify(parse(b"Subject: warm\r\n\r\nwarm\r\n"))
    message = parse(b"From: a@b.example\r\nSubject: " + b"x1" * 200_000 + b"\r\n\r\nHallo\r\n")
    begun = time.process_time()
    classify(message)
    assert time.process_time() - begun < 3.0  # unbounded it was minutes
