"""The engine: many runs at once. It knows no Experiment."""
