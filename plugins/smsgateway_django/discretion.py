"""Errors that leave with nothing private: a report of Django's shows the variables of every frame.

Django's own `sensitive_variables` does not reach into generators and threads, which sends go
through, nor does it hide anything where `DEBUG` is True or from another tool.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from traceback import clear_frames
from typing import ParamSpec, TypeVar

__all__ = ["discreet", "forget_variables"]

P = ParamSpec("P")
T = TypeVar("T")


def discreet(function: Callable[P, T]) -> Callable[P, T]:
    """Clear the variables of every frame that an error comes through on its way out of a function.

    The frames themselves stay, so a traceback still says where it happened.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except Exception as error:
            forget_variables(error, handled)
            del args, kwargs
            raise

    return call


def forget_variables(error: BaseException, handled: BaseException | None) -> None:
    """Clear the variables of the frames of an error, and of those that led to it.

    A frame that is still running keeps its own.

    Args:
        error: The error.
        handled: What was being handled before, if anything: its frames are not ours.
    """
    left: list[BaseException | None] = [error]
    done = {id(None), id(handled)}
    while left:
        each = left.pop()
        if each is not None and id(each) not in done:
            done.add(id(each))
            clear_frames(each.__traceback__)
            left += [each.__cause__, each.__context__]
