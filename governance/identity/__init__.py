"""Who asks: tokens of an issuer, API keys, local users with passwords, and the owner of the machine."""
