"""PartiQL: read, judged before it is sent, run, and said again with expressions."""
