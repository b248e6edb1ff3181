"""The scenario file: format, units, reading, checks, provenance."""
