"""``python -m cls_workbook``."""

import os
import sys


def main() -> int:
    _forget_current_folder()
    from cls_workbook import garbage

    with garbage.of_one_command():
        from cls_workbook.cli.commands import main as command

        return command(sys.argv[1:])


def _forget_current_folder() -> None:
    """« python -m » imports from the current folder first: what partners sent lies there, and is not to be run."""
    own, here = (os.path.realpath(p) for p in (os.path.dirname(os.path.dirname(__file__)), "."))
    if own != here:
        sys.path[:] = [p for p in sys.path if os.path.realpath(p or ".") != here]


if __name__ == "__main__":
    sys.exit(main())
