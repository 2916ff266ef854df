"""Tests; a package so that fixtures can import `tests.servers`."""
