"""`python -m nlpcell`, and `torchrun -m nlpcell`."""

from nlpcell.cli.app import main

if __name__ == "__main__":
    main()
