"""A club whose members prove in many ways that a phone is theirs."""
