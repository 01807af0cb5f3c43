"""`smsgateway cpsms contacts import`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
from rich.console import RenderableType

from smsgateway.cli.document import error_document
from smsgateway.cli.interrupt import interrupts
from smsgateway.cli.output import table
from smsgateway.cli.progress import progress_bar
from smsgateway.errors import MessageError, NotSent, ProviderError, SmsGatewayError, TransportError
from smsgateway.result import SendStatus
from smsgateway_cpsms.commands.account import Account, group_argument, region_option, with_account
from smsgateway_cpsms.commands.rows import Row, check_rows, read_rows
from smsgateway_cpsms.models import Contact

__all__ = ["import_contacts"]

_LISTED = 20  # problems that people are shown one by one


class _Status(StrEnum):
    """What became of a row."""

    DONE = "done"
    THERE_ALREADY = "there_already"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # it may have been taken; to import it again does no harm
    NOT_BEGUN = "not_begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    line: int
    number: str
    name: str | None
    status: _Status
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    """What became of each row, and the error that stopped it if one did."""

    outcomes: list[_Outcome]
    error: SmsGatewayError | KeyboardInterrupt | None = None

    def count(self, status: _Status) -> int:
        return sum(outcome.status is status for outcome in self.outcomes)


@click.command("import")
@group_argument
@click.argument(
    "file",
    metavar="FILE.csv|-",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
@region_option
@with_account
def import_contacts(account: Account, group_id: int, file: Path) -> None:
    """Put the contacts in a CSV file into a group.

    Its columns are 'number' (or 'to', or 'phone') and 'name'; without titles, the first two.
    Nothing is sent if any row is wrong. A contact that the vendor refuses does not stop the rest;
    Ctrl-C does, and so does any other error. The same file can then be imported again: contacts
    that are in the group already stay as they are.

    Exit status: 0 every contact is in the group, 1 none added or an error, 2 wrong usage, 3 some
    refused or not begun, 4 whether some were added is unknown.
    """
    rows = check_rows(read_rows(file), region=account.region)
    _check_group(account, group_id)
    present = account.run(account.provider.list_contacts(group_id))
    done = _import(account, group_id, rows, {each.number: each for each in present})
    account.show(_document(done, group_id), *_for_people(done))
    if not (done.error is None or account.output.is_json):
        account.output.warn(f"Error: {_described(done.error)[1]}")
    click.get_current_context().exit(_exit_status(done))


def _check_group(account: Account, group_id: int) -> None:
    """Find out with one call what else every row would be refused for."""
    if group_id not in {group.id for group in account.run(account.provider.list_groups())}:
        raise MessageError(
            f"There is no group {group_id}; `smsgateway cpsms groups list` shows all.",
            field="group_id",
        )


def _import(
    account: Account, group_id: int, rows: list[Row], present: Mapping[str, Contact]
) -> _Import:
    """Add one contact after another, but those that are in the group already."""
    outcomes: list[_Outcome] = []
    error: SmsGatewayError | KeyboardInterrupt | None = None
    with progress_bar(len(rows), doing="Importing") as show, interrupts() as ignore_interrupts:
        try:
            for row in rows:
                if row.number in present:
                    outcomes.append(_there_already(row, present[row.number]))
                else:
                    # It stands if Ctrl-C comes before the answer.
                    outcomes.append(_outcome(row, _Status.UNKNOWN, KeyboardInterrupt()))
                    outcomes[-1], error = _add(account, group_id, row)
                if error is not None:
                    break
                show(1)
            ignore_interrupts()  # all is known, and is about to be printed
        except KeyboardInterrupt as interrupt:
            ignore_interrupts()
            error = interrupt
    rest = [_outcome(row, _Status.NOT_BEGUN) for row in rows[len(outcomes) :]]
    return _Import(outcomes=outcomes + rest, error=error)


def _there_already(row: Row, contact: Contact) -> _Outcome:
    outcome = _outcome(row, _Status.THERE_ALREADY)
    if row.name in {None, contact.name}:
        return outcome
    reason = "It keeps the name that it has; `smsgateway cpsms contacts update` gives another."
    return replace(outcome, reason=reason)


def _add(account: Account, group_id: int, row: Row) -> tuple[_Outcome, SmsGatewayError | None]:
    """Add one contact; the error that is returned is not about this one, and stops the rest."""
    try:
        account.run(account.provider.add_contact(group_id, row.number, row.name))
    except NotSent as error:
        return _outcome(row, _Status.NOT_BEGUN), error
    except (ProviderError, TransportError) as error:
        is_refused = SendStatus.after(error) is not SendStatus.UNKNOWN
        status = _Status.REFUSED if is_refused else _Status.UNKNOWN
        return _outcome(row, status, error), None if type(error) is ProviderError else error
    return _outcome(row, _Status.DONE), None


def _outcome(row: Row, status: _Status, error: BaseException | None = None) -> _Outcome:
    reason = None if error is None else _described(error)[1]
    return _Outcome(line=row.line, number=row.number, name=row.name, status=status, reason=reason)


def _described(error: BaseException) -> tuple[str, str]:
    """Return the kind of an error, and its sentence."""
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted", "Interrupted."
    return type(error).__name__, str(error)


def _exit_status(done: _Import) -> int:
    if done.count(_Status.UNKNOWN):
        return 4
    if done.count(_Status.DONE) + done.count(_Status.THERE_ALREADY) == len(done.outcomes):
        return 0
    return 3 if done.count(_Status.DONE) else 1


def _document(done: _Import, group_id: int) -> dict[str, Any]:
    counts = {status.value: done.count(status) for status in _Status}
    error = {} if done.error is None else error_document(*_described(done.error))
    return {"group_id": group_id, **counts, "problems": _problems(done), **error}


def _problems(done: _Import) -> list[_Outcome]:
    return [each for each in done.outcomes if each.reason is not None]


def _for_people(done: _Import) -> Iterator[RenderableType]:
    counts = Counter(outcome.status for outcome in done.outcomes)
    yield ", ".join(f"{s.replace('_', ' ')} {counts[s]}" for s in _Status if counts[s])
    problems = _problems(done)
    rows = [(p.line, p.number, p.name, p.status, p.reason) for p in problems[:_LISTED]]
    if rows:
        yield table("Line", "Number", "Name", "Status", "Reason", rows=rows)
    if len(problems) > _LISTED:
        yield f"and {len(problems) - _LISTED} more; --json shows every one"
