"""The scenario file: format, units, loading, errors, provenance."""
