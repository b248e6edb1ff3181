"""Add up what consignments are charged and emit, in compiled code.

``totals`` adds up the lines of invoices, ``listing`` puts those of a consignment together, and ``emitting``
adds up legs. ``tables`` has the arrays that they read and write. What a line or a leg amounts to is not known
here.
"""
