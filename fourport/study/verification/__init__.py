"""Verification: cases with known exact answers from queueing theory, run through scenario files.

``formulas`` computes the exact answers, ``readings`` measures the same quantities in a replication, ``cases``
pairs them, ``verify`` runs and judges the cases, and ``verdict_text`` formats the results. Formulas and
simulation share no code.
"""
