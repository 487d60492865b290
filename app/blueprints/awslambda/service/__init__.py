"""Lambda: what its pages know and do; no Flask."""
