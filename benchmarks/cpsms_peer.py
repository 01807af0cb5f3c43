"""Sends with one package for CPSMS, one message after another: `cpsms_peer.py PACKAGE URL COUNT`.

The two on PyPI install a module `cpsms` both, so each runs in an environment of its own; ours runs
in a process of its own too. Prints, as JSON, seconds of CPU a message and messages a second.
"""

from __future__ import annotations

import json
import os
import sys
import time

TEXT = "Hej, din pakke er klar."
TO = "4522334488"


def by_cpsms(base_url: str) -> object:
    import cpsms  # noqa: PLC0415 - not in every environment

    gateway = cpsms.Gateway("user", "key", "Acme", gateway_base_url=base_url)
    return lambda: gateway.send(to=TO, message=TEXT)


def by_cpsms_client(base_url: str) -> object:
    import cpsms  # noqa: PLC0415 - not in every environment

    cpsms.CPSMSClient.BASE_URL = f"{base_url}/v2"
    client = cpsms.CPSMSClient("user", "key").__enter__()
    return lambda: client.send_sms(TO, TEXT, from_="Acme")


def by_ours(base_url: str) -> object:
    from smsgateway import SmsGateway  # noqa: PLC0415 - not in every environment

    account = base_url.replace("https://", "cpsms+https://user:key@")
    ca_file = os.environ["SSL_CERT_FILE"]
    gateway = SmsGateway.from_url(f"{account}?sender=Acme&region=DK&ca_file={ca_file}")
    return lambda: gateway.send(TEXT, to=f"+{TO}")


SENDERS = {"cpsms": by_cpsms, "cpsms-client": by_cpsms_client, "ours": by_ours}

if __name__ == "__main__":
    package, base_url, count = sys.argv[1:]
    send = SENDERS[package](base_url)
    for _ in range(3):
        send()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(int(count)):
        send()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu / int(count), "rate": int(count) / wall}))
