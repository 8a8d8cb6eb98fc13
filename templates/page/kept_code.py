"""Dataclasses write their methods as texts, and have each compiled: two fifths of what this package takes to start.

The page holds what the very same texts gave, by the same Python, when it was made (see compile.py); any other text is
compiled as ever.
"""

import builtins
import dataclasses
import marshal
from pathlib import Path

# text → its code, until it has served
HELD = marshal.loads(Path(__file__).with_name("kept_code.marshal").read_bytes())


def _execute(text, *where):
    builtins.exec(HELD.pop(text, None) or compile(text, "<string>", "exec", dont_inherit=True), *where)


dataclasses.exec = _execute  # the name by which they call it
