"""Where the link in a text leads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from smsgateway_alerts import Alert, Notification, Status
from tests.plugins.alerts.captured import ANNA, body_of, notification_of, parsed, post
from tests.plugins.alerts.conftest import World


def alert(url: str, status: Status) -> Alert:
    return Alert(source="t", status=status, title="Down", url=url)


@pytest.mark.parametrize(
    ("notification", "link"),
    [
        pytest.param(
            notification_of("alertmanager-firing-group"),
            "http://alertmanager.example.test:9093/#/alerts?receiver=sms",
            id="the group's own",
        ),
        pytest.param(
            replace(notification_of("alertmanager-firing-single"), url="https://group.test"),
            "http://prometheus.example.test:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
            id="of one alert, its own",
        ),
        pytest.param(
            Notification(
                alerts=(
                    alert("https://a.test/1", Status.RESOLVED),
                    alert("https://a.test/2", Status.FIRING),
                )
            ),
            "https://a.test/2",
            id="of what is named first",
        ),
    ],
)
def test_a_link_leads_to_what_the_text_is_about(
    world: World, notification: Notification, link: str
) -> None:
    desk = world.desk(recipients=[ANNA], template="{{ count }}", link=True)

    desk.take(notification)

    assert world.send(desk) == [(ANNA, f"{len(notification.alerts)} {link}")]


@pytest.mark.parametrize("missing", ["externalURL", "receiver"])
def test_a_page_that_cannot_be_known_is_none(missing: str) -> None:
    body = json.loads(body_of("alertmanager-firing-group"))
    del body[missing]

    assert parsed("alertmanager", post(body)).link == body["alerts"][0]["generatorURL"]
