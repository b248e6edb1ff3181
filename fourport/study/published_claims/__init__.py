"""What texts claim about a scenario, held against the model."""
