"""How many servers a station needs for a target: the curve, and the smallest number that meets it."""
