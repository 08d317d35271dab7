"""Which tier answers a question: what is known of it (`features`), and a policy or a fitted router that decides."""
