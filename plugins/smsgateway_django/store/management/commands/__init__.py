"""Its commands, each a module of that name."""
