"""Texts of the operator's own."""

from __future__ import annotations

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smsgateway.errors import ConfigurationError
from smsgateway_alerts import Alert, Notification, Status
from smsgateway_alerts.template import compose_with

LABELS = {"team": "db", "site": "aarhus"}


def alert(**fields: Any) -> Alert:
    given = {"status": Status.FIRING, "title": "PostgreSQL", "host": "db1", "labels": LABELS}
    return Alert(**{"source": "t"} | given | fields)


def rendered(template: str, *alerts: Alert, more: int = 0) -> str:
    return compose_with(template)(Notification(alerts=alerts or (alert(),), more=more))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param(
            "{{ count }} {{ alert.title }} {{ firing|length }}{{ resolved|length }} & {{ text }}",
            "2 PostgreSQL 10 & 2 DOWN PostgreSQL: db1 +1 after 5m",
            id="values",
        ),
        pytest.param("{{ alert.status.upper() ~ ' ' ~ alert.host }}", "FIRING db1", id="methods"),
        pytest.param("{{ alert.labels.get('team', '?') + '!' }}", "db!", id="labels"),
        pytest.param(
            "{% for name, value in alert.labels|dictsort %}{{ loop.index }}{{ name }}={{ value }}"
            "{% if not loop.last %}, {% endif %}{% endfor %}",
            "1site=aarhus, 2team=db",
            id="loop",
        ),
        pytest.param(
            "{% for n in range(3) if n != 1 %}{{ n * 2 % 3 }}{% else %}-{% endfor %}",
            "01",
            id="range",
        ),
        pytest.param(
            "{% set names = {'t': 'Tool'} %}{{ names[alert.source] }}"
            "{% if alert.host in ['db1', 'db2'] %} is ours{% endif %}",
            "Tool is ours",
            id="what is written there",
        ),
        pytest.param(
            "{{ alert.started_at.strftime('%H:%M') }}"
            " {{ alert.lasted.total_seconds()|int // 60 }}m",
            "22:26 5m",
            id="times",
        ),
        pytest.param(
            "{{ alerts|map(attribute='title')|map('replace', 'Postgre', 'My')|join('+') }}",
            "MySQL",
            id="filters",
        ),
        pytest.param(
            "{{ 2.345|round(1) }} {{ 'a b'|urlencode }} {{ '<&>'|e ~ '&'|escape }}"
            " {{ alert.labels|tojson }} {{ [1, count]|sum }}",
            '2.3 a%20b <&>& {"team": "db", "site": "aarhus"} 3',
            id="more filters",
        ),
        pytest.param(
            "{{ 'DOWN db1 db2'|wordwrap(8, wrapstring='|') }}"
            " {{ range(3)|batch(2, '-')|map('join')|join(',') }}",
            "DOWN db1|db2 01,2-",
            id="what has a width",
        ),
        pytest.param(
            "{{ alert.title.replace('SQL', '') }}"
            " {{ [alert.host, alert.title]|join(' ') }}"
            "{% if alert.host in ('x', alert.host) %}!{% endif %}"
            " {{ {'db1': alert.source}[alert.host] }}",
            "Postgre db1 PostgreSQL! t",
            id="lists of what is not written there",
        ),
        pytest.param("{% with h = alert.host %}{{ h }}{% endwith %}", "db1", id="with"),
        pytest.param("{{ alert.started_at.date() }}", "2026-11-21", id="a date"),
    ],
)
def test_an_operator_may_have_words_of_their_own(template: str, text: str) -> None:
    began = datetime(2026, 11, 21, 22, 26, tzinfo=UTC)
    one = alert(started_at=began, lasted=timedelta(minutes=5))

    assert rendered(template, one, more=1) == text


def test_what_stands_in_an_alert_is_no_template() -> None:
    assert rendered("{{ alert.title }}", alert(title="{{ 7*7 }}")) == "{{ 7*7 }}"


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ alert.nothing }}", id="no such field"),
        pytest.param("{{ alert.labels.pager }}", id="no such label"),
        pytest.param("{{ alerts[5].title }}", id="too few alerts"),
        pytest.param("{{ alert.lasted // 60 }}", id="no time"),
        pytest.param(
            "{% if alert.labels.team %}{% for a in range(9999) %}x{% endfor %}{% endif %}",
            id="too much of some alert",
        ),
    ],
)
def test_a_template_that_fails_costs_no_alert(
    template: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert rendered(template) == "DOWN db1 PostgreSQL"
    assert "The template failed" in caplog.text
    assert "PostgreSQL" not in caplog.text


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{% for a in range(10**9) %}x{% endfor %}", id="a long loop"),
        pytest.param("{% for a in range(2001) %}x{% endfor %}", id="a range"),
        pytest.param("{% for a in range(" + "9" * 99 + ") %}{% endfor %}", id="a longer one"),
        pytest.param(
            "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
            id="loops in loops",
        ),
        pytest.param(
            "{% set s = text|replace('', text) %}{% for a in range(999) if s"
            + "|list|sort|join" * 20
            + " %}{% endfor %}",
            id="a condition that takes long",
        ),
        pytest.param("{{ 'a' * 10**8 }}", id="a long text"),
        pytest.param("{{ ['a'] * 100000000 }}", id="a long list"),
        pytest.param("{{ 9 ** 9 ** 9 > 1 }}", id="a power"),
        pytest.param("{{ '%1000000000d'|format(1) }}", id="a wide field"),
        pytest.param("{{ '%1000000000d' % 1 }}", id="a wide field, as an operator"),
        pytest.param("{{ '{:1000000000}'.format(1) }}", id="a wide field, as a method"),
        pytest.param("{{ 'a'.ljust(10**8) }}", id="a width"),
        pytest.param("{{ 'a'|center(1000000000) }}", id="a width, as a filter"),
        pytest.param("{{ 'a'|indent(1000000000) }}", id="an indent"),
        pytest.param("{{ lipsum(100000) }}", id="lipsum"),
        pytest.param("{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 40, id="doubling"),
        pytest.param("{% set a = 'aaaaaaaaaa' %}" + "{% set a = a + a %}" * 40, id="adding"),
        pytest.param("{% set a = 99 %}" + "{% set a = a * a %}" * 40, id="multiplying"),
        pytest.param("{% set a = text %}" + "{% set a = a|replace('', a) %}" * 40, id="replacing"),
        pytest.param("{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}", id="nesting"),
        pytest.param(
            "{% set a = 1 %}" + "{% set a = {1: a, 2: a} %}" * 40 + "{{ a }}", id="a table"
        ),
        pytest.param("{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}", id="a macro"),
        pytest.param(
            "{% set a = text %}"
            + "{% set a = range(2000)|map(attribute='b')|map('default', a)|list %}" * 4
            + "{{ a }}",
            id="lists of lists by a filter",
        ),
        pytest.param(
            "{% set a = 'x'|list|batch(100, text)|list %}"
            + "{% set a = 'x'|list|batch(100, a)|list %}" * 4
            + "{{ a }}",
            id="lists of lists by another",
        ),
        pytest.param(
            "{{ range(2000)|map('string')|map('replace', '', 'y')|join(text) }}",
            id="a long join",
        ),
        pytest.param(
            "{% set a = text|list|map('replace', '', text)|list %}"
            "{{ range(2000)|map(attribute='b')|map('default', a)|join }}",
            id="a join of long lists",
        ),
        pytest.param("{{ 1.5|round(10**9) }}", id="a power of ten"),
        pytest.param("{{ 1.5|round(1000000000) }}", id="a wide number"),
        pytest.param("{{ 'a'|batch(1000000000, 'x')|list }}", id="a wide batch"),
        pytest.param("{{ range(99)|list|batch(1)|list|sum(start=[]) }}", id="a sum of lists"),
        pytest.param(
            "{% for a in alerts recursive %}{{ loop(alerts) }}{% endfor %}", id="recursion"
        ),
        pytest.param("{% include 'other' %}", id="another file"),
        pytest.param("{{ alert.__class__.__mro__ }}", id="a way out"),
        pytest.param("{{ cycler.__init__.__globals__ }}", id="another way out"),
        pytest.param("{{ alert.labels.update(a=1) }}", id="a change"),
        pytest.param("{{ alert", id="no template"),
        pytest.param("{{ " + "(" * 9999, id="no template that ends"),
        pytest.param("{% for a in alerts %}" * 30 + "{% endfor %}" * 30, id="too deep for Python"),
        pytest.param("{{ alrt.host }}", id="no such name"),
        pytest.param("{{ alert.host|uper }}", id="no such filter"),
    ],
)
def test_what_asks_for_too_much_or_is_none_is_refused_before_anything_comes(template: str) -> None:
    began = time.thread_time()

    with pytest.raises(ConfigurationError, match=r"^template "):
        compose_with(template)

    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ alert.host.ljust(9) }}", r"it calls ljust; write it with a filter\."),
        ("{{ '{}'.format(1) }}", r"it calls format; put texts together with ~ instead\."),
        ("{{ '%s'|format(1) }}", r"it uses the filter format; put texts together with ~ instead\."),
        ("{{ '%s' % text }}", r"it uses %, which is not for this; put texts together with ~ .*"),
        ("{{ text|uper }}", r"there is no filter uper; there are abs, batch, .*, wordwrap\."),
        ("{{ alrt }}", r"there is no alrt; there are alert, alerts, count, .*, text\."),
        ("{% filter upper %}a{% endfilter %}", r"it has a filter block; there are for, if, set .*"),
        ("{% macro a() %}{% endmacro %}", r"it has a macro; there are for, if, set and with\."),
        ("{{ [text]|sum }}", r"it adds up what is no number; put texts together .*"),
        ("a\n{{ b", r"unexpected end of template, .* \(line 2\)\."),
        ("{{ text is odder }}", r"No test named 'odder' \(line 1\)\."),
        ("{{ " + "(" * 9999, r"[^\n]*\."),
    ],
    ids=[
        "a method", "format", "the filter format", "%", "a filter", "a name", "a filter block",
        "a macro", "a sum", "no end", "a test", "too deep",
    ],
)  # fmt: skip
def test_what_it_may_not_is_said_in_one_line(template: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        compose_with(template)

    begin = r"template (asks for what it may not|is no Jinja2 template): "
    assert re.fullmatch(begin + words, str(raised.value))


def test_what_fails_is_told_in_the_log_by_its_kind_and_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rendered("{{ text }}\n{{ alert.labels.amber }}")

    assert caplog.messages == [
        "The template failed with UndefinedError in line 2; alerts are told without it."
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{{ alert.started_at.strftime('%H:%M') }}",
        "{{ alert.started_at.astimezone().hour }}",
        "{{ alert.lasted }}",
    ],
)
def test_of_a_time_that_no_tool_said_nothing_is_told(
    template: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert rendered("DOWN" + template) == "DOWN"
    assert caplog.messages == []


def test_only_so_much_is_read_of_what_a_tool_says() -> None:
    endless = alert(
        title="x" * 10**6, labels={"a": "y" * 10**6} | dict.fromkeys(map(str, range(999)), "")
    )

    text = rendered(
        "{{ alert.title|length }} {{ alert.labels.a|length }} {{ alert.labels|length }}", endless
    )

    assert text == "1000 1000 100"


def test_a_long_text_is_made_no_further_than_anybody_looks() -> None:
    template = "{% for each in alerts %}{{ each.title }}{% endfor %}{{ alert.nothing }}"

    assert rendered(template, *[alert(title="x" * 500) for _ in range(100)]) == "x" * 2000


def test_without_jinja_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "smsgateway_alerts.sandbox", raising=False)

    with pytest.raises(ConfigurationError, match=r"pluggable-smsgateway\[alerts\]"):
        compose_with("x")
