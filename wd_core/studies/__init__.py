"""Studies: many fits, and what they say about the choice of λ."""
