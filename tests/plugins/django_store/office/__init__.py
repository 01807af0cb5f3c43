"""A site that keeps what it sends, in the database that a test names."""
