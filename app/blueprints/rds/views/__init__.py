"""The pages of RDS."""
