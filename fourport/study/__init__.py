"""Studies: run replications of scenarios and evaluate them."""
