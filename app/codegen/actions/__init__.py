"""What each operation needs in IAM, by service. Operation is not action: the tables say which is which."""

from app.codegen.actions import (
    apigateway,
    awslambda,
    cloudwatch,
    dynamodb,
    glue,
    identity,
    logs,
    rds,
    s3,
    secretsmanager,
)
from app.codegen.grants import Table

TABLES: dict[str, Table] = {
    "s3": s3.TABLE,
    "dynamodb": dynamodb.TABLE,
    "dynamodbstreams": dynamodb.STREAMS,
    "rds": rds.TABLE,
    "rds-data": rds.DATA,
    "logs": logs.TABLE,
    "glue": glue.TABLE,
    "lambda": awslambda.TABLE,
    "apigateway": apigateway.REST,
    "apigatewayv2": apigateway.HTTP,
    "cloudwatch": cloudwatch.TABLE,
    "secretsmanager": secretsmanager.TABLE,
    "sts": identity.STS,
    "iam": identity.IAM,
    "elasticbeanstalk": identity.BEANSTALK,
}
