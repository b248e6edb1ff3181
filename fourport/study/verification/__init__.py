"""Verification: cases whose answer queueing theory knows, run through scenario files.

``formulas`` computes the answers, ``measures`` takes the same quantities off a
replication, ``cases`` puts them side by side, ``verify`` runs and judges, and
``report`` writes tables. Formulas and simulation share no code.
"""
