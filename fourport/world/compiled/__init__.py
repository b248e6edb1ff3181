"""Plan in compiled code the departures of consignments."""
