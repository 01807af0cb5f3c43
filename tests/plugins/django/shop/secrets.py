"""What no error page may show; a report quotes the lines around a call, so it stands here."""

TEXT = "Din kode er 739105"
NUMBER = "+4522334488"
KEY = "0c8e4e5e-a-secret-key"
