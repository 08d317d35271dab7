"""Who may see what, which version answered, who approved: identity, access, audit, provenance, versions, privacy."""
