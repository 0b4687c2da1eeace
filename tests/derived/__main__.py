"""`python -m tests.derived [--write]` says which derived files are out of date, or writes them."""

import sys

from tests.builders.environment import name_settings
from tests.derived.pages import main

name_settings()
sys.exit(main())
