"""fourport: what cargo costs and how long it takes through a linkage of ports."""

__version__ = "0.1.0"
