"""`python -m tests.derived [--write]` says which derived files are out of date, or writes them."""

import sys

from tests.derived.pages import main

sys.exit(main())
