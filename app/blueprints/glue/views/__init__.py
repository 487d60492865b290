"""The pages of Glue."""
