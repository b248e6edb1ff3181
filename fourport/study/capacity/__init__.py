"""How many servers a resource needs for a target: the curve, and the smallest number that meets it."""
