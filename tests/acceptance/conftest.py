"""The worlds that these tests run in."""

from tests.acceptance.fixtures import real, sandbox, world

__all__ = ["real", "sandbox", "world"]
