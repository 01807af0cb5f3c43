"""What anybody may answer: JSON of any shape, for property tests of what a provider makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

__all__ = ["any_json", "json_like"]


def any_json(*names: str, values: Iterable[object] = ()) -> st.SearchStrategy[Any]:
    """Make JSON of any shape.

    Args:
        names: What the fields of its objects are called; anything where there are none.
        values: What stands in it more often than chance would have it.
    """
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    fields = st.sampled_from(names) if names else st.text()
    return st.recursive(
        leaves | st.one_of(*map(st.just, values)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner),
        max_leaves=9,
    )


def json_like(document: Mapping[str, object]) -> st.SearchStrategy[Any]:
    """Make objects that have some of a document's fields, each as it is there or anything else."""
    fields = {name: st.just(value) | any_json() for name, value in document.items()}
    return st.fixed_dictionaries({}, optional=fields)
