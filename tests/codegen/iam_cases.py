"""Calls and what they need, by hand, from AWS's service authorization reference."""

from typing import Any

OBJECT = {"Bucket": "b", "Key": "k"}
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
RUN = "eu-west-1:123456789012"


def on(arn: str, *actions: str) -> set[tuple[str, str]]:
    return {(action, arn) for action in actions}


K = "arn:aws:s3:::b/k"
S = "arn:aws:s3:::from/x"
SOURCE = {"Bucket": "from", "Key": "x"}
COPIED = on(K, "s3:PutObject", "s3:PutObjectTagging")

CASES: list[tuple[str, str, dict[str, Any], set[tuple[str, str]]]] = [
    ("s3", "ListBuckets", {}, on("*", "s3:ListAllMyBuckets")),
    ("s3", "ListObjectsV2", {"Bucket": "b"}, on("arn:aws:s3:::b", "s3:ListBucket")),
    ("s3", "HeadBucket", {"Bucket": "b"}, on("arn:aws:s3:::b", "s3:ListBucket")),
    ("s3", "ListObjectVersions", {"Bucket": "b"}, on("arn:aws:s3:::b", "s3:ListBucketVersions")),
    ("s3", "GetBucketCors", {"Bucket": "b"}, on("arn:aws:s3:::b", "s3:GetBucketCORS")),
    ("s3", "DeletePublicAccessBlock", {"Bucket": "b"}, on("arn:aws:s3:::b", "s3:PutBucketPublicAccessBlock")),
    ("s3", "HeadObject", OBJECT, on(K, "s3:GetObject")),
    ("s3", "GetObject", {**OBJECT, "VersionId": "v"}, on(K, "s3:GetObjectVersion")),
    ("s3", "GetObjectTagging", {**OBJECT, "VersionId": "v"}, on(K, "s3:GetObjectVersionTagging")),
    ("s3", "GetObject", {"Bucket": "b", "Key": "*?${x}"}, on("arn:aws:s3:::b/${*}${?}${$}{x}", "s3:GetObject")),
    ("s3", "PutObject", OBJECT, on(K, "s3:PutObject")),
    (
        "s3",
        "PutObject",
        {**OBJECT, "Tagging": "a=b", "ACL": "private"},
        on(K, "s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectAcl"),
    ),
    (
        "s3",
        "PutObject",
        {**OBJECT, "SSEKMSKeyId": "id"},
        on(K, "s3:PutObject") | on(f"arn:aws:kms:{RUN}:key/id", "kms:GenerateDataKey"),
    ),
    ("s3", "CopyObject", {**OBJECT, "CopySource": SOURCE}, COPIED | on(S, "s3:GetObject", "s3:GetObjectTagging")),
    (
        "s3",
        "CopyObject",
        {**OBJECT, "CopySource": "from/x?versionId=v", "TaggingDirective": "REPLACE"},
        on(K, "s3:PutObject") | on(S, "s3:GetObjectVersion"),
    ),
    ("s3", "DeleteObject", {**OBJECT, "IfMatch": "*"}, on(K, "s3:DeleteObject")),
    ("s3", "DeleteObject", {**OBJECT, "IfMatch": '"e"'}, on(K, "s3:DeleteObject", "s3:GetObject")),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k", "ETag": '"e"'}, {"Key": "l", "ETag": "*"}]}},
        on(K, "s3:DeleteObject", "s3:GetObject") | on("arn:aws:s3:::b/l", "s3:DeleteObject"),
    ),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "l", "VersionId": "v"}]}},
        on(K, "s3:DeleteObject") | on("arn:aws:s3:::b/l", "s3:DeleteObjectVersion"),
    ),
    ("s3", "ListParts", {**OBJECT, "UploadId": "u"}, on(K, "s3:ListMultipartUploadParts")),
    ("sts", "GetCallerIdentity", {}, set()),
    ("dynamodb", "Query", {"TableName": "t"}, on(TABLE, "dynamodb:Query")),
    ("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}, on(f"{TABLE}/index/i", "dynamodb:Query")),
    ("dynamodb", "Scan", {"TableName": TABLE}, on(TABLE, "dynamodb:Scan")),
    (
        "dynamodb",
        "CreateTable",
        {"TableName": "t", "Tags": [{"Key": "a", "Value": "b"}]},
        on(TABLE, "dynamodb:CreateTable", "dynamodb:TagResource"),
    ),
    ("dynamodb", "UpdateItem", {"TableName": "t"}, on(TABLE, "dynamodb:UpdateItem")),
    ("dynamodb", "UpdateContinuousBackups", {"TableName": "t"}, on(TABLE, "dynamodb:UpdateContinuousBackups")),
    ("dynamodb", "ListTagsOfResource", {"ResourceArn": TABLE}, on(TABLE, "dynamodb:ListTagsOfResource")),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": 'SELECT * FROM "t"."i" WHERE a = 1'},
        on(f"{TABLE}/index/i", "dynamodb:PartiQLSelect"),
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": "insert into t value {'a': 1}"},
        on(TABLE, "dynamodb:PartiQLInsert"),
    ),
    ("dynamodb", "ExecuteStatement", {"Statement": 'UPDATE "t" SET a = 1'}, on(TABLE, "dynamodb:PartiQLUpdate")),
    (
        "dynamodb",
        "BatchExecuteStatement",
        {"Statements": [{"Statement": 'DELETE FROM "t" WHERE a = 1'}]},
        on(TABLE, "dynamodb:PartiQLDelete"),
    ),
    (
        "dynamodb",
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "t"}}]},
        on(TABLE, "dynamodb:PutItem", "dynamodb:ConditionCheckItem"),
    ),
    ("dynamodb", "BatchGetItem", {"RequestItems": {"t": {}}}, on(TABLE, "dynamodb:BatchGetItem")),
    (
        "secretsmanager",
        "GetSecretValue",
        {"SecretId": "n"},
        on(f"arn:aws:secretsmanager:{RUN}:secret:n-??????", "secretsmanager:GetSecretValue"),
    ),
    ("rds", "DescribeDBInstances", {}, on(f"arn:aws:rds:{RUN}:db:*", "rds:DescribeDBInstances")),
    ("rds", "StopDBInstance", {"DBInstanceIdentifier": "d"}, on(f"arn:aws:rds:{RUN}:db:d", "rds:StopDBInstance")),
    ("logs", "StartQuery", {"logGroupNames": ["/g"]}, on(f"arn:aws:logs:{RUN}:log-group:/g:*", "logs:StartQuery")),
    ("logs", "GetQueryResults", {"queryId": "q"}, on("*", "logs:GetQueryResults")),
    (
        "logs",
        "GetLogEvents",
        {"logGroupName": "/g", "logStreamName": "s"},
        on(f"arn:aws:logs:{RUN}:log-group:/g:log-stream:s", "logs:GetLogEvents"),
    ),
    ("glue", "GetJobs", {}, on("*", "glue:GetJobs")),
    ("glue", "StartJobRun", {"JobName": "j"}, on(f"arn:aws:glue:{RUN}:job/j", "glue:StartJobRun")),
    (
        "glue",
        "GetTable",
        {"DatabaseName": "d", "Name": "t"},
        {("glue:GetTable", f"arn:aws:glue:{RUN}:{part}") for part in ("catalog", "database/d", "table/d/t")},
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "f", "Qualifier": "7"},
        on(f"arn:aws:lambda:{RUN}:function:f:7", "lambda:InvokeFunction"),
    ),
    (
        "lambda",
        "GetFunction",
        {"FunctionName": "210987654321:function:f"},
        on("arn:aws:lambda:eu-west-1:210987654321:function:f", "lambda:GetFunction"),
    ),
    (
        "lambda",
        "UpdateFunctionEventInvokeConfig",
        {"FunctionName": "f", "MaximumRetryAttempts": 0},
        on(f"arn:aws:lambda:{RUN}:function:f", "lambda:UpdateFunctionEventInvokeConfig"),
    ),
    ("apigateway", "GetRestApis", {}, on("arn:aws:apigateway:eu-west-1::/restapis", "apigateway:GET")),
    (
        "apigateway",
        "TestInvokeMethod",
        {"restApiId": "a", "resourceId": "r", "httpMethod": "GET"},
        on("arn:aws:apigateway:eu-west-1::/restapis/a/resources/r/methods/GET", "apigateway:POST"),
    ),
    ("apigatewayv2", "GetApis", {}, on("arn:aws:apigateway:eu-west-1::/apis", "apigateway:GET")),
    ("cloudwatch", "GetMetricData", {}, on("*", "cloudwatch:GetMetricData")),
    (
        "cloudwatch",
        "DescribeAlarms",
        {"AlarmNames": ["a"]},
        on(f"arn:aws:cloudwatch:{RUN}:alarm:a", "cloudwatch:DescribeAlarms"),
    ),
]
