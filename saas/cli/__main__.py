import sys

from saas.cli import main

sys.exit(main())
