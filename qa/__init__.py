"""The way of a question: link, plan, retrieve, route, synthesize, verify."""
