"""Generative models in GGUF files, run by ctransformers in a process of their own: a bad file takes only that along."""
