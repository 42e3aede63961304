"""The kit: what pages are made of, without a business word. Import parts from their own files."""
