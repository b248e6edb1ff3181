"""Find how many servers a resource needs for a target: the capacity curve and the smallest number."""
