from typing import Any

from smsgateway.provider import abilities


def test_what_a_provider_can_do_is_what_it_has_methods_for() -> None:
    class Pigeon:
        def cancel(self) -> None:
            """Fly after it."""

        def balance(self) -> None:
            """Count the corn."""

    able: Any = Pigeon

    assert abilities(able) == abilities(able()) == ("balance", "cancel")
