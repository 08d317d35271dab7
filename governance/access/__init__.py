"""Who may do what: roles and permissions by a policy file."""
