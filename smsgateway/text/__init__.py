"""How a text is encoded, what it costs in segments, and how to make it cost less."""

from smsgateway.text.analysis import Offender, TextAnalysis, analyze, split
from smsgateway.text.emoji import in_words
from smsgateway.text.encoding import HEADER_OCTETS, Encoding, SegmentLimits, segment_limits
from smsgateway.text.fitting import FittedText, fit

__all__ = [
    "HEADER_OCTETS",
    "Encoding",
    "FittedText",
    "Offender",
    "SegmentLimits",
    "TextAnalysis",
    "analyze",
    "fit",
    "in_words",
    "segment_limits",
    "split",
]
