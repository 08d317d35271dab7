"""Privacy: personal data found, hidden from providers of models, kept no longer than needed, exported and erased."""
