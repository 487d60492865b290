"""The part of Glue Data Quality that generated scripts use."""
