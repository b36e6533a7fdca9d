"""The only place that imports streamlit: controls, the live view, and what all visitors share."""
