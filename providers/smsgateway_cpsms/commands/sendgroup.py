"""`smsgateway cpsms sendgroup`."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn, TypeAlias, Unpack

import click

from smsgateway.cli.interrupt import interrupts
from smsgateway.cli.options import (
    encoding_option,
    read_text,
    report_url_option,
    text_argument,
)
from smsgateway.cli.send import exit_status, for_people
from smsgateway.crew import Crew
from smsgateway.errors import MessageError, NotSent, OutcomeUnknown, Reason, SmsGatewayError
from smsgateway.message import Message, MessageFields
from smsgateway.result import RecipientResult, SendResult, SendStatus
from smsgateway.routing import Errand, Terms
from smsgateway.text import Encoding, analyze
from smsgateway_cpsms.commands.account import Account, group_argument, with_account
from smsgateway_cpsms.commands.times import moment

__all__ = ["sendgroup"]

_Outcome: TypeAlias = list[RecipientResult] | SmsGatewayError

_UNKNOWN = 4  # the exit status of `send` where nobody can tell


@click.command()
@group_argument
@text_argument
@click.option("--sender", metavar="NAME", help="Who it is from: a name or a number.")
@click.option("--at", "send_at", metavar="TIME", callback=moment, help="When to send it, ISO 8601.")
@click.option("--flash", is_flag=True, help="Show it at once and do not store it.")
@click.option("--reference", metavar="TEXT", help="Your own name for it.")
@encoding_option
@report_url_option
@with_account
def sendgroup(account: Account, group_id: int, text: str, **fields: Unpack[MessageFields]) -> None:
    """Send TEXT to every contact in a group.

    With - the text is read from standard input. Plugins, which see each `smsgateway send`, do not
    see this. The first Ctrl-C waits for the answer, the second one does not.

    Exit status: as that of `smsgateway send`. 4 is that the outcome is unknown: the group may get
    the message, so do not just send it again.
    """
    # A message has recipients; this one's are known to the vendor only, until it answers.
    message = Message(text=read_text(text), to=f"group {group_id}", **fields)
    _check_text(message, account.gateway.options.max_segments)
    # As the gateway's own `send` does: its sender, and a report URL that nobody can guess.
    message = account.gateway.route.leaves[0].prepared(message)
    fields["sender"], fields["report_url"] = message.sender, message.report_url
    sent_at = datetime.now(UTC)
    outcome = _outcome(account, group_id, message, fields)
    if isinstance(outcome, SmsGatewayError):
        _fail(account, outcome)
    sent = replace(message, to=tuple(recipient.to for recipient in outcome))
    result = SendResult(recipients=tuple(outcome), message=sent, sent_at=sent_at)
    account.show(result, *for_people(result))
    click.get_current_context().exit(exit_status(result))


def _check_text(message: Message, most: int | None) -> None:
    """Hold the text to the gateway's own limit, which its `send` alone looks at, and to GSM-7."""
    analysis = analyze(message.text, encoding=message.encoding)
    if most is not None and analysis.segments > most:
        raise MessageError(
            f"text takes {analysis.segments} segments; this gateway allows {most}.", field="text"
        )
    if analysis.encoding is Encoding.UCS2 and message.encoding is None:
        raise MessageError(
            "text has characters that GSM-7 cannot say, and the vendor documents no other way to "
            "send to a group; `--encoding ucs2` tries it all the same.",
            field="text",
        )


def _outcome(account: Account, group_id: int, message: Message, fields: MessageFields) -> _Outcome:
    """Send; after Ctrl-C wait for the answer, after a second one not even that."""
    terms = Terms(guarantee=None, deadline=0.0, analyses={})
    errand = Errand(account.gateway.route, message, terms)
    outcomes: list[_Outcome] = []

    def send(errand: Errand, _pause: object) -> None:
        if errand.begin(message.to):
            try:
                flow = account.provider.send_group(group_id, message.text, **fields)
                outcomes.append(account.run(flow))
            except SmsGatewayError as error:
                outcomes.append(error)

    with interrupts() as ignore_interrupts:
        Crew(send, workers=1).run([errand], lambda _: ignore_interrupts())
    if outcomes:
        return outcomes[0]
    if errand.on_its_way:
        return OutcomeUnknown("Interrupted while it was sent.", reason=Reason.INTERRUPTED)
    return NotSent("Interrupted before it was sent.", reason=Reason.INTERRUPTED)


def _fail(account: Account, error: SmsGatewayError) -> NoReturn:
    """Print an error, and exit with the status that says whether the message may be on its way."""
    if SendStatus.after(error) is not SendStatus.UNKNOWN:
        raise error
    account.output.fail(type(error).__name__, str(error))
    if isinstance(error, OutcomeUnknown) and error.reason is Reason.INTERRUPTED:
        os._exit(_UNKNOWN)  # Python itself would wait for what was given up
    click.get_current_context().exit(_UNKNOWN)
