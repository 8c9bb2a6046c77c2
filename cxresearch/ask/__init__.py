"""What is asked, before any data is read."""
