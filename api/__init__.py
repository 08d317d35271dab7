"""The doors: command line and HTTP, over one service; settings."""
