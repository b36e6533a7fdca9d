"""Linear models, solved exactly: paths over λ, and the geometry of two weights."""
