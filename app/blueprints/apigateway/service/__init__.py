"""What the pages of API Gateway ask of AWS."""
