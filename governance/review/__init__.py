"""What people look at: answers that a policy picks, uncertain facts, suspected merges, and who asks for access."""
