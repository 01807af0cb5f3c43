"""Whatever comes, whenever: nothing is lost, nothing is told twice, no limit is broken."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smsgateway import SendStatus
from smsgateway.flood import (
    Brake,
    Digest,
    FileStore,
    Flood,
    FloodRules,
    Limits,
    MemoryStore,
    Phase,
    Store,
)
from tests.smsgateway.flood.sending import Killed, due, lose

NUMBERS = ["+4522334400", "+4522334411", "+4522334422"]
NEXT = {
    None: {Phase.STARTED, Phase.OVER},
    Phase.STARTED: {Phase.GOING_ON, Phase.OVER},
    Phase.GOING_ON: {Phase.GOING_ON, Phase.OVER},
    Phase.OVER: {Phase.STARTED, Phase.OVER},
}

limits = st.builds(
    Limits,
    messages_an_hour=st.none() | st.integers(1, 6),
    messages_a_day=st.none() | st.integers(1, 12),
    segments_an_hour=st.none() | st.integers(2, 12),
    segments_a_day=st.none() | st.integers(2, 24),
)
rules = st.builds(
    FloodRules,
    window=st.sampled_from([1.0, 60.0, 600.0]),
    limit=st.integers(2, 12),
    per=st.sampled_from([60.0, 3600.0]),
    keys=st.integers(1, 5),
    brake=st.builds(Brake, alias=limits, number=limits),
)


class FloodMachine(RuleBasedStateMachine):
    """A flood control, and what its users would count by hand."""

    def new_store(self) -> Store:
        return MemoryStore()

    @initialize(rules=rules)
    def begin(self, rules: FloodRules) -> None:
        self.now = self.began = 1_800_000_000.0
        self.terms = rules
        self.flood = Flood("alerts", rules, store=self.new_store(), clock=lambda: self.now)
        self.came: Counter[str] = Counter()
        self.got: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.sends: list[tuple[float, str, int]] = []
        self.tokens = 0
        self.phases: dict[str, Phase] = {}

    @rule(
        key=st.sampled_from("abcdefgh"),
        to=st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True),
        about=st.sampled_from(["", "db1", "db2"]),
        segments=st.integers(1, 2),
        count=st.integers(1, 100),
        is_urgent=st.booleans(),
    )
    def ask(
        self,
        key: str,
        to: list[str],
        about: str,
        segments: int,
        count: int,
        is_urgent: bool,  # noqa: FBT001 - hypothesis draws it
    ) -> None:
        verdict = self.flood.ask(
            key, to, about=about, segments=segments, count=count, is_urgent=is_urgent
        )

        assert sorted(verdict.to + verdict.held) == sorted(to)
        assert set(verdict.braked) <= set(verdict.held)
        assert verdict.to or not verdict.is_last
        assert not is_urgent or verdict.held == verdict.braked
        self.came.update(dict.fromkeys(to, count))
        self.got.update(verdict.to)
        self.sends += [(self.now, number, segments) for number in verdict.to]
        self.tokens += bool(verdict.to) and not is_urgent

    @rule(seconds=st.sampled_from([0.5, 59.0, 301.0, 601.0, 3601.0, 40_000.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(early=st.booleans())
    def digest(self, early: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        digests = due(self.flood, early=early)

        for each in digests:
            self._receive(each)
        self.tokens += 0 if early else min(len(digests), 1)

    @rule()
    def lose_a_digest(self) -> None:
        self.now += self.flood.wait() or 0.0
        lose(self.flood)

    @rule()
    def be_killed_when_one_was_sent(self) -> None:
        self.now += self.flood.wait() or 0.0

        def send(digest: Digest) -> dict[str, SendStatus]:
            self._receive(digest)
            self.tokens += 1
            raise Killed

        with suppress(Killed):
            self.flood.tell(send)

    @rule(seconds=st.sampled_from([1.0, 5000.0]))
    def rest(self, seconds: float) -> None:
        digests = due(self.flood, rest=lambda number, _: seconds * (number == NUMBERS[0]))

        for each in digests:
            assert NUMBERS[0] not in each.to
            self._receive(each)
        self.tokens += min(len(digests), 1)

    @rule()
    def digest_when_it_is_due(self) -> None:
        wait = self.flood.wait()
        if wait is not None:
            self.now += wait
            self.digest(early=False)

    @rule(number=st.sampled_from(NUMBERS), key=st.sampled_from("abc"))
    def fail(self, number: str, key: str) -> None:
        self.flood.hold(key, [number])

        self.came[number] += 1

    def _receive(self, digest: Digest) -> None:
        for number in digest.to:
            assert digest.phase in NEXT[self.phases.get(number)]
            assert digest.count or self.phases.get(number) in {Phase.STARTED, Phase.GOING_ON}
            assert digest.count == sum(held.messages for held in digest.keys) + digest.others
            self.phases[number] = digest.phase
            self.told[number] += digest.count
            self.sends.append((self.now, number, 1))

    @invariant()
    def what_went_out_is_within_the_bucket(self) -> None:
        refilled = (self.now - self.began) * self.terms.limit / self.terms.per

        assert self.tokens <= self.terms.limit + refilled + 1e-6

    @invariant()
    def no_brake_is_overrun(self) -> None:
        brake = self.terms.brake
        for scope, numbers in [(brake.alias, NUMBERS), *((brake.number, [n]) for n in NUMBERS)]:
            for most_messages, most_segments, seconds in (
                (scope.messages_an_hour, scope.segments_an_hour, 3600),
                (scope.messages_a_day, scope.segments_a_day, 86_400),
            ):
                spent = [
                    segments
                    for at, number, segments in self.sends
                    if number in numbers and at > self.now - seconds
                ]
                assert most_messages is None or len(spent) <= most_messages
                assert most_segments is None or sum(spent) <= most_segments

    def teardown(self) -> None:
        for _ in range(30):
            self.now += 50_000
            self.digest(early=True)

        assert self.flood.wait() is None
        assert self.got + self.told == self.came


class SharedFloodMachine(FloodMachine):
    """The same through a file."""

    def new_store(self) -> Store:
        self.folder = tempfile.TemporaryDirectory()
        return FileStore(Path(self.folder.name, "flood.db"))

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


PAUSES = [1.0, 14.0, 61.0, 299.0, 301.0, 599.0, 601.0, 1300.0]
THINGS = [f"db{number}" for number in range(8)]  # a digest names three


def said_of(things: list[str]) -> st.SearchStrategy[list[tuple[float, str, str]]]:
    words = st.tuples(
        st.sampled_from(PAUSES), st.sampled_from(["DOWN", "OK"]), st.sampled_from(things)
    )
    return st.lists(words, max_size=60)


def same_of_all(state: str, pause: float) -> list[tuple[float, str, str]]:
    """Say it of each thing at once."""
    return [(pause, state, THINGS[0]), *((0.0, state, thing) for thing in THINGS[1:])]


class Reader:
    """Somebody who knows of each thing what was told last."""

    def __init__(self, rules: FloodRules) -> None:
        self.now = 1_800_000_000.0
        self.flood = Flood("alerts", rules, clock=lambda: self.now)
        self.told: dict[str, str] = {}
        self.is_so: dict[str, str] = {}

    def listen(self, seconds: float) -> None:
        until = self.now + seconds
        while (wait := self.flood.wait()) is not None and self.now + wait <= until:
            self.now += wait
            for held in [held for digest in due(self.flood) for held in digest.keys]:
                state, thing = held.key.split()
                self.told[thing] = state
        self.now = until

    def hear(self, said: list[tuple[float, str, str]]) -> None:
        for pause, state, thing in said:
            self.listen(pause)
            self.is_so[thing] = state
            if self.flood.ask(f"{state} {thing}", [NUMBERS[0]], about=thing).to:
                self.told[thing] = state


@given(said=said_of(THINGS[:3]))
def test_what_was_told_last_of_each_thing_is_how_it_is_a_window_after(
    said: list[tuple[float, str, str]],
) -> None:
    reader = Reader(FloodRules(limit=1000))
    reader.hear(said)
    reader.listen(601)

    assert reader.told == reader.is_so
    assert reader.flood.wait() is None


@given(said=said_of(THINGS))
@example(said=[each for state in ("DOWN", "OK", "DOWN") for each in same_of_all(state, 60.0)])
@example(said=[each for number in range(12) for each in same_of_all("DOWN", 300.0 * number)])
def test_of_more_things_than_a_digest_names_it_is_so_some_windows_after(
    said: list[tuple[float, str, str]],
) -> None:
    reader = Reader(FloodRules())
    reader.hear(said)
    reader.listen(2401)

    assert reader.told == reader.is_so
    assert reader.flood.wait() is None


TestFlood = FloodMachine.TestCase
TestFlood.settings = settings(max_examples=60, stateful_step_count=40)
TestSharedFlood = SharedFloodMachine.TestCase
TestSharedFlood.settings = settings(max_examples=4, stateful_step_count=20)
