"""Flood control: the first message at once, then a digest of what was held back, and a brake."""

from smsgateway.flood.control import Flood, Verdict
from smsgateway.flood.digest import Digest, Held, Phase
from smsgateway.flood.ledger import NO_LIMITS, Amount, Brake, Ledger, Limits
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.store import Documents, FileStore, MemoryStore, Store, StoreError
from smsgateway.flood.telling import Rest, SendDigest

__all__ = [
    "NO_LIMITS",
    "Amount",
    "Brake",
    "Digest",
    "Documents",
    "FileStore",
    "Flood",
    "FloodRules",
    "Held",
    "Ledger",
    "Limits",
    "MemoryStore",
    "Phase",
    "Rest",
    "SendDigest",
    "Store",
    "StoreError",
    "Verdict",
]
