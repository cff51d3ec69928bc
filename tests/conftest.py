"""What every suite loads before its first test.

Hypothesis' plugin imports it when a session ends. In a process that has run
for minutes, compiling it then failed once in CPython 3.11 with "AST
constructor recursion depth mismatch", after all tests had passed.
"""

import hypothesis.internal.observability

__all__ = ["hypothesis"]
