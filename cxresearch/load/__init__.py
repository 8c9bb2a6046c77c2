"""The only readers: files and warehouses become linked, checked tables."""
