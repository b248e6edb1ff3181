"""Add up in compiled code what is measured of each consignment."""
