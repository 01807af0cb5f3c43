"""A clinic, whose staff log in with a code by SMS and see in the admin what became of it."""
