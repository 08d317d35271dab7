"""A generative model in a GGUF file as an extractor, through ctransformers, beside one that always runs."""
