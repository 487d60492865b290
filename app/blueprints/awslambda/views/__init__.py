"""The pages of Lambda."""
