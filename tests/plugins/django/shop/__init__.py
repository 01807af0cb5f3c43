"""A small real site, which texts its customers."""
