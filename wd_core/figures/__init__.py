"""Arrays → `plotly.graph_objects.Figure`: pure functions, no Streamlit, no training. `style` is their common look."""
