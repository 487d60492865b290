"""The pages of API Gateway."""
