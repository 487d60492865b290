"""What the pages of CloudWatch Logs know, without Flask."""
