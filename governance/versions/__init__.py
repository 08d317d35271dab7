"""Versions of all that an answer depends on: content-addressed, named, activated, rolled back; and answers replayed."""
