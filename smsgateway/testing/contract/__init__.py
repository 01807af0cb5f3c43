"""The tests that every provider passes, a stranger's too.

Each room tests one side of a provider: `local` what it is, `asking` the requests that it makes,
`answering` what it takes the answers for, `abilities` what it can be asked besides, `webhooks` what
its vendor tells on its own.
"""

from smsgateway.testing.contract.local import LocalProviderContract
from smsgateway.testing.contract.whole import Exchange, ProviderContract

__all__ = ["Exchange", "LocalProviderContract", "ProviderContract"]
