"""Price routes at another weight, value, place or rate, and find where two routes cost the same.

A run is stored with its **journeys**: when each consignment of the cohort began and ended each step. A
**variation** (``axes.py``) prices these journeys with other goods, other prices or a shipper further inland.
``fourport.ledger.invoice`` computes the costs, so every line of a tariff counts. Intervals are over
replications, and routes are compared within a replication.
"""
