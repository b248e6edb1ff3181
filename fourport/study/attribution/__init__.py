"""What a regime's effect is owed to: each of its levers, and inputs that no text gives."""
