"""The front door: what ``import fourport`` offers, which the commands use, too."""
