"""The options of Elastic Beanstalk that a .ebextensions file of ours may set: namespace to option names.

An option that AWS does not know makes the whole operation fail, minutes after it began. The names are those of
https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html, of the namespaces that fit a
Python environment of one instance or behind an Application Load Balancer. None: any name.
"""

import re

_LISTENER = "DefaultProcess ListenerEnabled Protocol Rules SSLCertificateArns SSLPolicy"
_PROCESS = (
    "DeregistrationDelay HealthCheckInterval HealthCheckPath HealthCheckTimeout HealthyThresholdCount "
    "MatcherHTTPCode Port Protocol StickinessEnabled StickinessLBCookieDuration StickinessType UnhealthyThresholdCount"
)
_NAMES = {
    "aws:autoscaling:asg": "Cooldown MinSize MaxSize EnableCapacityRebalancing",
    "aws:autoscaling:launchconfiguration": (
        "DisableDefaultEC2SecurityGroup DisableIMDSv1 EC2KeyName IamInstanceProfile ImageId MonitoringInterval "
        "SecurityGroups SSHSourceRestriction BlockDeviceMappings RootVolumeType RootVolumeSize RootVolumeIOPS "
        "RootVolumeThroughput"
    ),
    "aws:autoscaling:trigger": (
        "BreachDuration EvaluationPeriods LowerBreachScaleIncrement LowerThreshold MeasureName Period Statistic Unit "
        "UpperBreachScaleIncrement UpperThreshold"
    ),
    "aws:autoscaling:updatepolicy:rollingupdate": (
        "MaxBatchSize MinInstancesInService RollingUpdateEnabled RollingUpdateType PauseTime Timeout"
    ),
    "aws:ec2:instances": (
        "EnableSpot InstanceTypes SpotFleetOnDemandBase SpotFleetOnDemandAboveBasePercentage SpotMaxPrice "
        "SupportedArchitectures"
    ),
    "aws:ec2:vpc": "VPCId Subnets ELBSubnets ELBScheme AssociatePublicIpAddress",
    "aws:elasticbeanstalk:cloudwatch:logs": "StreamLogs DeleteOnTerminate RetentionInDays",
    "aws:elasticbeanstalk:cloudwatch:logs:health": "HealthStreamingEnabled DeleteOnTerminate RetentionInDays",
    "aws:elasticbeanstalk:command": "DeploymentPolicy Timeout BatchSizeType BatchSize IgnoreHealthCheck",
    "aws:elasticbeanstalk:environment": "EnvironmentType ServiceRole LoadBalancerType LoadBalancerIsShared",
    "aws:elasticbeanstalk:environment:proxy": "ProxyServer",
    "aws:elasticbeanstalk:healthreporting:system": (
        "SystemType ConfigDocument EnhancedHealthAuthEnabled HealthCheckSuccessThreshold"
    ),
    "aws:elasticbeanstalk:managedactions": "ManagedActionsEnabled PreferredStartTime ServiceRoleForManagedUpdates",
    "aws:elasticbeanstalk:managedactions:platformupdate": "UpdateLevel InstanceRefreshEnabled",
    "aws:elbv2:listener:default": _LISTENER,
    "aws:elbv2:loadbalancer": (
        "AccessLogsS3Bucket AccessLogsS3Enabled AccessLogsS3Prefix IdleTimeout ManagedSecurityGroup SecurityGroups"
    ),
    "aws:elasticbeanstalk:environment:process:default": _PROCESS,
}
KNOWN: dict[str, frozenset[str] | None] = {
    **{namespace: frozenset(names.split()) for namespace, names in _NAMES.items()},
    "aws:elasticbeanstalk:application": frozenset({"Application Healthcheck URL"}),
    "aws:elasticbeanstalk:application:environment": None,
    "aws:elasticbeanstalk:application:environmentsecrets": None,
    "aws:elasticbeanstalk:customoption": None,
    "aws:elasticbeanstalk:environment:proxy:staticfiles": None,
}
PROPERTY = re.compile(r"[A-Z_][A-Z0-9_]*\Z")
_PORT = re.compile(r"aws:elbv2:listener:[0-9]{1,5}\Z")


def problem(namespace: str, name: str) -> str:
    """Return what is wrong with setting an option, "" where nothing is."""
    if _PORT.match(namespace):
        namespace = "aws:elbv2:listener:default"
    if namespace not in KNOWN:
        return f"the namespace {namespace} is not one that we know"
    names = KNOWN[namespace]
    if names is not None and name not in names:
        return f"{namespace} has no option {name}"
    named = namespace.startswith("aws:elasticbeanstalk:application:environment")
    return f"{name} is no name of a property" if named and not PROPERTY.match(name) else ""
