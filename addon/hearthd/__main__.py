"""Run `python -m hearthd`."""

import sys

from hearthd.cli import main

if __name__ == "__main__":
    sys.exit(main())
