"""The pages of DynamoDB; every module here registers its own."""
