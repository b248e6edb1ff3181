"""The front door: what ``import fourport`` offers. The commands use it, too."""
