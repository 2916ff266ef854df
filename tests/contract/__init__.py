"""Contract tests: the same tests against the sandbox and against the real servers."""
