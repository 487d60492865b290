"""Files as items: read while they arrive, judged line by line, written in batches."""
