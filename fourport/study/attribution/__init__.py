"""What a policy package's effect is owed to: each of its levers, and inputs that no text gives."""
