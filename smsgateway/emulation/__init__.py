"""What every emulator of a vendor's API is made of. It needs the extra `web`.

A vendor's emulator brings its account and its rules. Here are the server, the switches that make
things go wrong, and the options of its command.
"""
