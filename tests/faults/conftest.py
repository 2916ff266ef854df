"""The worlds that these tests run in."""

from tests.acceptance.fixtures import pytest_generate_tests, real, sandbox, world

__all__ = ["pytest_generate_tests", "real", "sandbox", "world"]
