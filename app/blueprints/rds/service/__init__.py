"""What RDS's pages do: clients first, frozen dataclasses out; no Flask."""
