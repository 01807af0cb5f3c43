"""The tools whose alerts can be read. Here and below, nothing has an effect."""

from smsgateway_alerts.source import AlertSource
from smsgateway_alerts.sources import (
    alertmanager,
    healthchecks,
    monit,
    nagios,
    plain,
    sentry,
    uptime_kuma,
    zabbix,
)

__all__ = ["SOURCES"]

SOURCES = (
    AlertSource(name="alertmanager", parse=alertmanager.parse),
    AlertSource(name="grafana", parse=alertmanager.parse_grafana, sign=alertmanager.sign),
    AlertSource(name="healthchecks", parse=healthchecks.parse),
    AlertSource(name="icinga", read=nagios.read_icinga),
    AlertSource(name="monit", read=monit.read),
    AlertSource(name="nagios", read=nagios.read),
    AlertSource(name="plain", parse=plain.parse),
    AlertSource(name="sentry", parse=sentry.parse, sign=sentry.sign),
    AlertSource(name="uptime-kuma", parse=uptime_kuma.parse),
    AlertSource(name="zabbix", parse=zabbix.parse, read=zabbix.read),
)
