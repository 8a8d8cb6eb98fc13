"""``python -m cls_workbook``."""

import sys

from cls_workbook import garbage


def main() -> int:
    with garbage.of_one_command():
        from cls_workbook.cli.commands import main as command

        return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
