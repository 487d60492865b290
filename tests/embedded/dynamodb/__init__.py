"""DynamoDB of the embedded AWS, through its front door."""
