"""`python -m antiphon` is `antiphon`."""

from antiphon.cli.main import main

main()
