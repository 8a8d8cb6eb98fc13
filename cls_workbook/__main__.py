"""``python -m cls_workbook``."""

import sys


def main() -> int:
    from cls_workbook.cli import main as commande

    return commande(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
