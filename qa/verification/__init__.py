"""Whether each sentence of a written answer holds by the evidence that it cites."""
