"""10,000 messages through a vendor that fails in every way: `python benchmarks/faults.py [COUNT]`.

The table of the README: each guarantee behind `failover(A B)`, where only A fails, and beside them
the usual recipe of `requests` with `Retry`, under the same faults from the same seed. Exits with 1
where something was lost without a word, sent twice unasked, or said to be sent and was not.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

from smsgateway.options import Guarantee
from tests.smsgateway.routing.faults import (
    birds,
    dead_port,
    endings,
    running_vendor,
    send_as_usual,
    tallied,
)
from tests.smsgateway.routing.test_fault_matrix import NEVER, send_sync

if TYPE_CHECKING:
    from tests.smsgateway.routing.faults import Tally

SEED = 2026
COLUMNS = ("delivered", "lost", "twice", "twice_unmarked", "wrongly_sent", "unknown")


def tally(guarantee: Guarantee | None, count: int) -> Tally:
    with running_vendor(SEED) as vendor, dead_port() as dead:
        if guarantee is None:
            return tallied(send_as_usual(vendor, dead, count))
        results = send_sync(birds(vendor, dead, rest_after=NEVER), guarantee, count)
        return tallied(endings(vendor, results))


def is_kept(guarantee: Guarantee | None, found: Tally) -> bool:
    if guarantee is None:
        return True
    is_allowed = guarantee is Guarantee.AT_LEAST_ONCE or not found.twice
    return is_allowed and not (found.lost or found.twice_unmarked or found.wrongly_sent)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    logging.disable(logging.WARNING)  # one for each message that may have been sent
    print(f"{'':22}" + "".join(f"{name.replace('_', ' '):>16}" for name in COLUMNS) + "   seconds")
    broken = 0
    for guarantee in (*Guarantee, None):
        began = time.perf_counter()
        found = tally(guarantee, count)
        seconds = time.perf_counter() - began
        figures = "".join(f"{getattr(found, name):16,}" for name in COLUMNS)
        print(f"{guarantee or 'requests with Retry':22}{figures}{seconds:10.1f}")
        broken += not is_kept(guarantee, found)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
