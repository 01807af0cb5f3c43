"""Which account sends a message: routes that are made of accounts and of other routes."""

from smsgateway.routing.composite import Cheapest, Composite, Failover, RoundRobin, Route
from smsgateway.routing.cost import costs, estimate
from smsgateway.routing.country import Country
from smsgateway.routing.errand import Errand
from smsgateway.routing.health import Health, HealthState
from smsgateway.routing.leaf import Leaf
from smsgateway.routing.reference import new_reference
from smsgateway.routing.terms import CLOCK, Clock, Terms
from smsgateway.routing.work import Exchange, Pause, Work, afinish, finish

__all__ = [
    "CLOCK",
    "Cheapest",
    "Clock",
    "Composite",
    "Country",
    "Errand",
    "Exchange",
    "Failover",
    "Health",
    "HealthState",
    "Leaf",
    "Pause",
    "RoundRobin",
    "Route",
    "Terms",
    "Work",
    "afinish",
    "costs",
    "estimate",
    "finish",
    "new_reference",
]
