"""The scenario file as pydantic models; the scenario reference is made from their docstrings.

One module for each part of the file: ``run`` (horizon, currencies, sources, value of time),
``calendars``, ``facilities`` (resources and activities), ``customs`` (offices), ``transport`` (services,
fleets, trucking legs), ``demand`` (commodities, trader classes, lanes, routes), ``tariffs``,
``emissions``, ``claims`` (the file of published claims), and ``scenario``, which combines them.
"""
