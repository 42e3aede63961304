"""What a company pays us: plans, subscription, entitlements."""
