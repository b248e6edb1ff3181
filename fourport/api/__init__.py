"""The front door: what ``import fourport`` offers, which the commands use, too.

Load a scenario, run a study of it, read its results::

    import fourport

    results = fourport.Study("weihai-2019", replications=2).run()
    results.table("summary").to_pandas()

The names below are loaded when they are used first.
"""
