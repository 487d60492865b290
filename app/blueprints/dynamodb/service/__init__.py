"""What DynamoDB's pages do: functions whose first argument is a boto3 client."""
