"""Our logging handler beside those that people use: `python benchmarks/logging.py`.

What it does is in `handlers.py`. Exits with 1 where a goal is missed.
"""

import sys

if __name__ == "logging":
    # A benchmark beside this one wants the standard library's, and Python looks into the script's
    # own folder first. So this module steps aside.
    here = sys.path.pop(0)
    del sys.modules[__name__]
    import logging  # noqa: F401 - loads the standard library's for whoever asked

    sys.path.insert(0, here)
else:
    import handlers

    sys.exit(handlers.main())
