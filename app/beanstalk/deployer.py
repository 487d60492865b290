"""The policy of the person who deploys: what the deploy command calls, and what Elastic Beanstalk does in their name.

Elastic Beanstalk makes an environment's stack with the caller's own rights, so these name what the stack holds.
"""

from collections.abc import Mapping
from typing import Any

from app.beanstalk.policies import Place, packed

SERVICE_ROLE = "aws-elasticbeanstalk-service-role"
WEB_TIER = "arn:{partition}:iam::aws:policy/AWSElasticBeanstalkWebTier"
HEALTH = "arn:{partition}:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth"
UPDATES = "arn:{partition}:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"
_STACK = (
    "CancelUpdateStack CreateStack DeleteStack DescribeStackEvents DescribeStackResource DescribeStackResources "
    "DescribeStacks GetTemplate ListStackResources UpdateStack"
)
_GROUP = (
    "AttachLoadBalancerTargetGroups CreateAutoScalingGroup CreateOrUpdateTags DeleteAutoScalingGroup "
    "DeleteScheduledAction DetachLoadBalancerTargetGroups PutNotificationConfiguration PutScalingPolicy "
    "PutScheduledUpdateGroupAction ResumeProcesses SetDesiredCapacity SuspendProcesses "
    "TerminateInstanceInAutoScalingGroup UpdateAutoScalingGroup DeletePolicy"
)
_MACHINES = (
    "AllocateAddress AssociateAddress AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateLaunchTemplate "
    "CreateLaunchTemplateVersion CreateSecurityGroup CreateTags DeleteLaunchTemplate DeleteLaunchTemplateVersions "
    "DeleteSecurityGroup DisassociateAddress ReleaseAddress RevokeSecurityGroupEgress RevokeSecurityGroupIngress "
    "RunInstances TerminateInstances"
)
_BALANCER = (
    "AddTags CreateListener CreateLoadBalancer CreateRule CreateTargetGroup DeleteListener DeleteLoadBalancer "
    "DeleteRule DeleteTargetGroup DeregisterTargets ModifyListener ModifyLoadBalancerAttributes ModifyRule "
    "ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets SetSecurityGroups SetSubnets"
)
_BUCKET = (
    "CreateBucket DeleteBucketPolicy GetBucketLocation GetBucketPolicy ListBucket PutBucketOwnershipControls "
    "PutBucketPolicy PutBucketPublicAccessBlock PutEncryptionConfiguration PutLifecycleConfiguration"
)
_TABLE = (
    "CreateTable DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource TagResource "
    "UpdateContinuousBackups UpdateTable UpdateTimeToLive"
)
_ROLE = "CreateRole GetRole GetRolePolicy PutRolePolicy DeleteRolePolicy"
_LOG = "CreateLogGroup DeleteLogGroup PutRetentionPolicy"


def policies(place: Place, form: str = "single") -> list[dict[str, Any]]:
    """Return the policies with which somebody may deploy, look at and terminate one environment."""
    statements = [*_own(place), *_roles(place), *_stack(place)]
    if form == "balanced":
        statements.append(_allow("elasticloadbalancing", _BALANCER, [place.arn("elasticloadbalancing", "*")]))
    return packed(statements)


def _allow(
    service: str, actions: str, resources: list[str], condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    named = [f"{service}:{name}" for name in sorted(actions.split())]
    statement: dict[str, Any] = {"Effect": "Allow", "Action": named, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _own(place: Place) -> list[dict[str, Any]]:
    """What the deploy command itself calls."""
    kinds = ("application/{a}", "applicationversion/{a}/*", "environment/{a}/{e}", "configurationtemplate/{a}/*")
    named = [place.arn("elasticbeanstalk", k.format(a=place.application, e=place.environment)) for k in kinds]
    stacks = f"arn:{place.partition}:elasticbeanstalk:{place.region}::solutionstack/*"
    store = f"arn:{place.partition}:s3:::elasticbeanstalk-{place.region}-{place.account}"
    anywhere = "CheckDNSAvailability CreateStorageLocation DescribeAccountAttributes ListAvailableSolutionStacks"
    return [
        _allow(
            "elasticbeanstalk",
            "CreateApplication CreateApplicationVersion CreateEnvironment DescribeApplicationVersions "
            "DescribeApplications DescribeConfigurationOptions DescribeConfigurationSettings "
            "DescribeEnvironmentHealth DescribeEnvironmentResources DescribeEnvironments DescribeEvents "
            "DescribeInstancesHealth RequestEnvironmentInfo RetrieveEnvironmentInfo TerminateEnvironment "
            "UpdateEnvironment ValidateConfigurationSettings",
            [*named, stacks],
        ),
        _allow("elasticbeanstalk", anywhere, ["*"]),
        _allow("s3", f"{_BUCKET} PutBucketAcl GetBucketAcl", [store]),
        _allow("s3", "DeleteObject GetObject GetObjectAcl PutObject PutObjectAcl", [f"{store}/*"]),
        _allow("ssm", "GetParameter PutParameter", [place.arn("ssm", f"parameter{place.parameters}/*")]),
    ]


def _roles(place: Place) -> list[dict[str, Any]]:
    own, service = (place.arn("iam", f"role/{name}", "") for name in (place.role, SERVICE_ROLE))
    managed = [one.format(partition=place.partition) for one in (WEB_TIER, HEALTH, UPDATES)]
    profile = place.arn("iam", f"instance-profile/{place.role}", "")
    passed = {"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "elasticbeanstalk.amazonaws.com"]}}
    return [
        _allow("iam", _ROLE, [own]),
        _allow("iam", "CreateRole GetRole", [service]),
        _allow("iam", "AttachRolePolicy", [own, service], {"ArnEquals": {"iam:PolicyARN": managed}}),
        _allow("iam", "PassRole", [own, service], passed),
        _allow("iam", "AddRoleToInstanceProfile CreateInstanceProfile GetInstanceProfile", [profile]),
    ]


def _stack(place: Place) -> list[dict[str, Any]]:
    """What Elastic Beanstalk does with the caller's rights to make the environment's stack and to look at it."""
    groups = [place.arn("autoscaling", f"{kind}:*:*Name/awseb-*") for kind in ("autoScalingGroup", "scalingPolicy")]
    looking = {
        "autoscaling": "DescribeAutoScalingGroups DescribeAutoScalingInstances DescribePolicies "
        "DescribeScalingActivities DescribeScheduledActions DescribeNotificationConfigurations",
        "ec2": "DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeImages DescribeInstances "
        "DescribeInstanceTypes DescribeKeyPairs DescribeLaunchTemplates DescribeLaunchTemplateVersions "
        "DescribeSecurityGroups DescribeSubnets DescribeVpcs",
        "elasticloadbalancing": "DescribeListeners DescribeLoadBalancers DescribeRules DescribeTargetGroups "
        "DescribeTargetHealth",
        "cloudwatch": "DescribeAlarms",
        "logs": "DescribeLogGroups",
    }
    return [
        _allow("cloudformation", _STACK, [place.arn("cloudformation", "stack/awseb-*/*")]),
        _allow("autoscaling", _GROUP, groups),
        _allow("ec2", _MACHINES, [place.arn("ec2", "*"), f"arn:{place.partition}:ec2:{place.region}::image/*"]),
        _allow("cloudwatch", "DeleteAlarms PutMetricAlarm", [place.arn("cloudwatch", "alarm:awseb-*")]),
        _allow("logs", _LOG, [place.arn("logs", "log-group:/aws/elasticbeanstalk/*")]),
        _allow("s3", _BUCKET, [f"arn:{place.partition}:s3:::awseb-*"]),
        _allow("dynamodb", _TABLE, [place.arn("dynamodb", "table/awseb-*")]),
        *(_allow(service, actions, ["*"]) for service, actions in looking.items()),
    ]
