"""Compare published claims about a scenario with the model."""
