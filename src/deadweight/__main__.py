"""`python -m deadweight` is the command line."""

from __future__ import annotations

from deadweight.cli.main import main

if __name__ == "__main__":
    main()
