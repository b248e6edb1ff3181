"""What a route costs at another weight, value, place or rate, and where two routes cost the same.

A run is stored with its **journeys**: when each consignment of the cohort measured
began and ended each step. A **variation** (``axes.py``) asks what these journeys
would cost with other goods, prices or a shipper further inland; ``bill`` of the
ledger answers, so that every line of a tariff counts. Intervals are over
replications, and routes are compared within a replication.
"""
