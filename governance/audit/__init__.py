"""Who did what, when and with which outcome: an append-only trail that proves that nobody has changed it since."""
