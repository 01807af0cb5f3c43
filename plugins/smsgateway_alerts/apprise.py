"""A plugin of Apprise (2.2): `smsgw://ALIAS/+4522334455/+45...?from=Acme`.

Apprise finds no installed package: import this module in the same program, or give its command line
`--plugin-path "$(smsgateway apprise-path)"` (or `APPRISE_PLUGIN_PATH`). The alias is an account of
`smsgateway.toml`; `default` is the default one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from apprise import NotifyType
from apprise.exception import AppriseImproperlyConfigured
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase

from smsgateway.errors import SmsGatewayError
from smsgateway.phone import mask
from smsgateway.result import SendStatus
from smsgateway_alerts.bridge import SEGMENTS, say

__all__ = ["NotifySmsGateway"]

_DEFAULT = "default"


class NotifySmsGateway(NotifyBase):
    """Sends SMS through any provider of smsgateway."""

    service_name = "SMS Gateway"
    service_url = "https://pypi.org/project/pluggable-smsgateway/"
    secure_protocol = "smsgw"
    title_maxlen = 0
    body_maxlen = 10_000  # it is cut to segments here
    request_rate_per_sec = 0
    templates = ("{schema}://{gateway}/{targets}",)
    template_tokens: ClassVar[dict[str, Any]] = NotifyBase.template_tokens | {
        "gateway": {"name": "Gateway", "type": "string", "map_to": "gateway", "required": True},
        "target_phone": {
            "name": "Target Phone No",
            "type": "string",
            "prefix": "+",
            "map_to": "targets",
        },
        "targets": {"name": "Targets", "type": "list:string", "required": True},
    }
    template_args: ClassVar[dict[str, Any]] = NotifyBase.template_args | {
        "to": {"alias_of": "targets"},
        "from": {"name": "Sender", "type": "string", "map_to": "sender"},
        "segments": {"name": "Segments", "type": "int", "min": 1, "max": 10, "default": SEGMENTS},
    }

    def __init__(
        self,
        gateway: str = _DEFAULT,
        targets: list[str] | None = None,
        sender: str | None = None,
        segments: int | str = SEGMENTS,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.gateway = gateway or _DEFAULT
        self.targets = list(targets or ())
        self.sender = sender
        self.segments = int(segments) if str(segments) in map(str, range(1, 11)) else 0
        if not self.targets or not self.segments:
            problem = "smsgw:// needs phone numbers, and segments of 1 to 10."
            self.logger.warning(problem)
            raise AppriseImproperlyConfigured(problem)

    def send(
        self,
        body: str,
        title: str = "",  # noqa: ARG002 - Apprise has put it into the body
        notify_type: NotifyType = NotifyType.INFO,  # noqa: ARG002 - Apprise hands it to every service
        **_: Any,
    ) -> bool:
        """Send to whom no earlier try has reached, and say whether nobody is left."""
        left = [number for number in self.targets if not self.is_delivered(number)]
        if not left:
            return True
        gateway = None if self.gateway == _DEFAULT else self.gateway
        try:
            result = say(body, left, gateway=gateway, sender=self.sender, segments=self.segments)
        except SmsGatewayError as error:
            self.logger.warning("SMS: %s", error)
            return False
        failed = False
        for number, each in zip(left, result.recipients, strict=False):
            # Of an unknown outcome, too: to try again could text twice.
            if each.is_taken or each.status is SendStatus.UNKNOWN:
                self.mark_delivered(number)
            else:
                failed = True
            self.logger.info("SMS to %s: %s %s", mask(each.to), each.status, each.reason or "")
        return not failed

    def url(self, privacy: bool = False, *args: Any, **options: Any) -> str:  # noqa: FBT001, FBT002 - Apprise's signature
        """Return the URL that makes the same again."""
        parameters = {"segments": str(self.segments)} | (
            {"from": self.sender} if self.sender else {}
        )
        parameters.update(self.url_parameters(*args, privacy=privacy, **options))
        numbers = [mask(number) if privacy else number for number in self.targets]
        path = "/".join(NotifyBase.quote(number, safe="+*") for number in numbers)
        return f"{self.secure_protocol}://{self.gateway}/{path}/?{NotifyBase.urlencode(parameters)}"

    @property
    def url_identifier(self) -> tuple[str, str]:
        """What makes it another service than one with other recipients."""
        return self.secure_protocol, self.gateway

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        """Read the URL into what `__init__` takes."""
        results: dict[str, Any] | None = NotifyBase.parse_url(url, verify_host=False)
        if not results:
            return results
        query = results["qsd"]
        results["gateway"] = NotifyBase.unquote(results["host"])
        results["targets"] = NotifyBase.split_path(results["fullpath"])
        if query.get("to"):
            results["targets"] += NotifyBase.parse_list(query["to"])
        if query.get("from"):
            results["sender"] = NotifyBase.unquote(query["from"])
        if query.get("segments"):
            results["segments"] = query["segments"]
        return results


# By force, for Apprise may have loaded the same file by its path before.
NotificationManager().add(NotifySmsGateway, force=True)
