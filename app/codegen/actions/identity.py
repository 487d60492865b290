"""STS, what the dashboard asks of IAM, and Elastic Beanstalk."""

from app.codegen.grants import Table, every, nothing, on, same

ROLE = "iam::{account}:role/{RoleName}"
EB = "elasticbeanstalk:{region}:{account}:"

STS: Table = {
    "GetCallerIdentity": nothing,
    "GetSessionToken": nothing,
    "AssumeRole": on("{RoleArn}", "sts:AssumeRole"),
    "DecodeAuthorizationMessage": on("*", "sts:DecodeAuthorizationMessage"),
    "GetAccessKeyInfo": on("*", "sts:GetAccessKeyInfo"),
}

IAM: Table = {
    **same(
        "iam",
        ROLE,
        "GetRole CreateRole DeleteRole ListRolePolicies ListAttachedRolePolicies GetRolePolicy PutRolePolicy "
        "DeleteRolePolicy AttachRolePolicy DetachRolePolicy UpdateAssumeRolePolicy",
    ),
    **same("iam", "iam::{account}:role/*", "ListRoles"),
    **same("iam", "{PolicyArn}", "GetPolicy GetPolicyVersion"),
    **same("iam", "{PolicySourceArn}", "SimulatePrincipalPolicy GetContextKeysForPrincipalPolicy"),
    **same("iam", "*", "ListPolicies GetAccountSummary ListAccountAliases SimulateCustomPolicy"),
}

BEANSTALK: Table = {
    **same(
        "elasticbeanstalk",
        "*",
        "DescribeAccountAttributes ListAvailableSolutionStacks ListPlatformVersions CheckDNSAvailability "
        "CreateStorageLocation",
    ),
    **same(
        "elasticbeanstalk",
        EB + "application/{ApplicationName}",
        "DescribeApplications CreateApplication DeleteApplication",
    ),
    "CreateApplicationVersion": every(
        on(EB + "application/{ApplicationName}", "elasticbeanstalk:CreateApplicationVersion"),
        on(EB + "applicationversion/{ApplicationName}/{VersionLabel}", "elasticbeanstalk:CreateApplicationVersion"),
    ),
    **same(
        "elasticbeanstalk",
        EB + "applicationversion/{ApplicationName}/{VersionLabel}",
        "DeleteApplicationVersion",
    ),
    **same(
        "elasticbeanstalk",
        EB + "environment/{ApplicationName}/{EnvironmentName}",
        "CreateEnvironment UpdateEnvironment TerminateEnvironment AbortEnvironmentUpdate RebuildEnvironment "
        "RestartAppServer RequestEnvironmentInfo RetrieveEnvironmentInfo",
    ),
    "SwapEnvironmentCNAMEs": every(
        on(EB + "environment/*/{SourceEnvironmentName}", "elasticbeanstalk:SwapEnvironmentCNAMEs"),
        on(EB + "environment/*/{DestinationEnvironmentName}", "elasticbeanstalk:SwapEnvironmentCNAMEs"),
    ),
    **same(
        "elasticbeanstalk",
        EB + "environment/{ApplicationName}/{EnvironmentName}",
        "DescribeEnvironments DescribeEvents DescribeEnvironmentHealth DescribeEnvironmentResources "
        "DescribeInstancesHealth",
    ),
    **same("elasticbeanstalk", EB + "applicationversion/{ApplicationName}/*", "DescribeApplicationVersions"),
    **same("elasticbeanstalk", EB + "configurationtemplate/{ApplicationName}/*", "DescribeConfigurationOptions"),
    "DescribeConfigurationSettings": on(
        EB + "environment/{ApplicationName}/{EnvironmentName}", "elasticbeanstalk:DescribeConfigurationSettings"
    ),
}
