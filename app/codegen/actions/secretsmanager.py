"""Secrets Manager: a secret's ARN ends in six characters that its name does not tell."""

from app.codegen.grants import Table, each, every, on, same, when

BY_ID = "secretsmanager:{region}:{account}:secret:{SecretId}-??????"
BY_NAME = "secretsmanager:{region}:{account}:secret:{Name}-??????"

TABLE: Table = {
    **same(
        "secretsmanager",
        BY_ID,
        "GetSecretValue DescribeSecret PutSecretValue UpdateSecret DeleteSecret RestoreSecret RotateSecret "
        "CancelRotateSecret ListSecretVersionIds TagResource UntagResource GetResourcePolicy PutResourcePolicy "
        "DeleteResourcePolicy UpdateSecretVersionStage",
    ),
    **same("secretsmanager", "*", "ListSecrets GetRandomPassword"),
    "CreateSecret": every(
        on(BY_NAME, "secretsmanager:CreateSecret"), when("Tags", on(BY_NAME, "secretsmanager:TagResource"))
    ),
    "BatchGetSecretValue": every(
        on("*", "secretsmanager:BatchGetSecretValue"),
        when("Filters", on("*", "secretsmanager:ListSecrets")),
        each(
            "SecretIdList",
            "secretsmanager:{region}:{account}:secret:[]-??????",
            "secretsmanager:GetSecretValue",
        ),
    ),
}
