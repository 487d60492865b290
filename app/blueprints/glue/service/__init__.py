"""What the pages of Glue know, without Flask."""
