"""Dataclasses and named tuples write their methods as texts, and have each compiled: near half of what this package
takes to start.

The page holds what the very same texts gave, by the same Python, when it was made (see compile.py); any other text is
compiled as ever.
"""

import builtins
import collections
import dataclasses
import marshal
from pathlib import Path

# text → its code, until it has served
HELD = marshal.loads(Path(__file__).with_name("kept_code.marshal").read_bytes())


def _code(text, mode):
    return HELD.pop(text, None) or compile(text, "<string>", mode, dont_inherit=True)


# The names by which they call what executes a text.
dataclasses.exec = lambda text, *where: builtins.exec(_code(text, "exec"), *where)
collections.eval = lambda text, *where: builtins.eval(_code(text, "eval"), *where)
