"""The pages of CloudWatch Logs."""
