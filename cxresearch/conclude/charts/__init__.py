"""Pictures: every chart of a relation or finding as SVG whose text stays text."""
