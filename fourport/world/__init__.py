"""Everything random, drawn before a run."""
