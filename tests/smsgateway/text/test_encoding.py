import pytest

from smsgateway.text import Encoding, SegmentLimits, segment_limits


@pytest.mark.parametrize(
    ("encoding", "header_octets", "limits"),
    [
        pytest.param(Encoding.GSM7, 6, (160, 153), id="GSM-7, 8-bit reference"),
        pytest.param(Encoding.GSM7, 7, (160, 152), id="GSM-7, 16-bit reference"),
        pytest.param(Encoding.UCS2, 6, (70, 67), id="UCS-2, 8-bit reference"),
        pytest.param(Encoding.UCS2, 7, (70, 66), id="UCS-2, 16-bit reference"),
        pytest.param(Encoding.UCS2, 136, (70, 2), id="UCS-2, longest header"),
        pytest.param(Encoding.GSM7, 0, (160, 160), id="no header"),
    ],
)
def test_limits_are_computed_from_octets(
    encoding: Encoding, header_octets: int, limits: tuple[int, int]
) -> None:
    assert segment_limits(encoding, header_octets) == SegmentLimits(*limits)


@pytest.mark.parametrize("header_octets", [-1, 137, 140, 10**9])
def test_a_header_that_leaves_no_room_is_refused(header_octets: int) -> None:
    with pytest.raises(ValueError, match="0 to 136 octets"):
        segment_limits(Encoding.UCS2, header_octets)


def test_an_encoding_named_by_its_string_has_the_same_limits() -> None:
    limits = segment_limits("GSM-7", 8)

    assert limits == segment_limits(Encoding.GSM7, 8)


def test_one_caller_does_not_change_the_limits_of_another() -> None:
    segment_limits(Encoding.GSM7, 9.0)

    assert str(segment_limits(Encoding.GSM7, 9)) == "SegmentLimits(alone=160, joined=149)"
