"""The models that may write: which there are (`spec`), how each is called (`chat`, `gguf`), and what happens when one
fails (`breaker`, `complete`)."""
