"""``python -m cls_workbook``."""

import sys


def main() -> int:
    from cls_workbook.cli.commands import main as command

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
