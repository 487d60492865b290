"""A library of queries to begin with, by where the events come from."""

from dataclasses import dataclass

DEFAULT = "fields @timestamp, @message\n| sort @timestamp desc\n| limit 20"

# A line with == begins a source (after @ how names of its groups begin), one with # a query and what it is for.
_TEXT = r"""
== Any group
# The 20 newest events
fields @timestamp, @message
| sort @timestamp desc
| limit 20
# Events with a word
fields @timestamp, @message
| filter @message like /(?i)error/
| sort @timestamp desc
| limit 100
# Errors in each five minutes
filter @message like /(?i)(error|exception)/
| stats count(*) as errors by bin(5m)
# The busiest streams
stats count(*) as events by @logStream
| sort events desc
| limit 25
# Bytes of messages by stream
stats sum(strlen(@message)) as bytes by @logStream
| sort bytes desc
== Lambda @ /aws/lambda/
# Slowest invocations
filter @type = "REPORT"
| fields @requestId, @duration, @billedDuration, @maxMemoryUsed / 1000 / 1000 as used_mb
| sort @duration desc
| limit 20
# Duration over time
filter @type = "REPORT"
| stats avg(@duration), pct(@duration, 95), max(@duration) by bin(5m)
# Memory that is paid but not used
filter @type = "REPORT"
| stats max(@memorySize / 1000 / 1000) as given_mb, max(@maxMemoryUsed / 1000 / 1000) as used_mb
# Cold starts
filter @type = "REPORT" and ispresent(@initDuration)
| stats count(*) as cold_starts, avg(@initDuration) by bin(1h)
# Timeouts and exceptions
fields @timestamp, @requestId, @message
| filter @message like /Task timed out|Traceback|\[ERROR\]/
| sort @timestamp desc
| limit 50
# What the environment printed
fields @timestamp, @message
| filter @message like /AWS_DEFAULT_REGION/
== API Gateway @ API-Gateway-Execution-Logs
# Answers by status
stats count(*) as answers by status
| sort answers desc
# The last errors of the server
fields @timestamp, status, ip, path, httpMethod
| filter status >= 500
| sort @timestamp desc
| limit 20
# The slowest paths
stats pct(responseLatency, 95) as p95, count(*) as requests by path
| sort p95 desc
| limit 20
# Requests in each minute
stats count(*) as requests by bin(1m)
== VPC flow logs @ /aws/vpc
# Who sends most
stats sum(bytes) as sent by srcAddr, dstAddr
| sort sent desc
| limit 15
# Refused connections
filter action = "REJECT"
| stats count(*) as refused by srcAddr, dstPort
| sort refused desc
| limit 20
# Addresses of a subnet
fields @timestamp, srcAddr, dstAddr, dstPort, action
| filter isIpv4InSubnet(srcAddr, "10.0.0.0/16")
| limit 50
== CloudTrail @ aws-cloudtrail-logs
# Calls by service and operation
stats count(*) as calls by eventSource, eventName, awsRegion
| sort calls desc
# What was denied
fields @timestamp, eventName, eventSource, userIdentity.arn, errorMessage
| filter errorCode like /AccessDenied|UnauthorizedOperation/
| sort @timestamp desc
# Sign-ins to the console
filter eventName = "ConsoleLogin"
| stats count(*) as logins by responseElements.ConsoleLogin, sourceIPAddress
== Application JSON @ /app
# Events by level over time
stats count(*) as events by bin(5m), level
# Errors in each five minutes
filter level = "ERROR"
| stats count(*) as errors by bin(5m)
# Errors by message
filter level = "ERROR"
| stats count(*) as errors, latest(@timestamp) as last by message
| sort errors desc
| limit 20
# One event of each kind
fields @timestamp, level, message
| sort @timestamp desc
| dedup message
# Fields out of a text
parse @message "user=* took *ms" as user, took
| filter ispresent(user)
| stats avg(took), max(took) by user
# One level, asked for
fields @timestamp, @message
| filter level = "{{level}}"
| sort @timestamp desc
| limit 50
"""


@dataclass(frozen=True)
class Sample:
    """One query and what it is for."""

    title: str
    query: str


@dataclass(frozen=True)
class Source:
    """Where events come from; `prefix` is how names of its groups begin."""

    name: str
    prefix: str
    samples: tuple[Sample, ...]


def _source(block: str) -> Source:
    head, *rest = block.strip().split("\n# ")
    name, _, prefix = head.partition(" @ ")
    pairs = (one.partition("\n") for one in rest)
    return Source(name, prefix, tuple(Sample(title, query.strip()) for title, _, query in pairs))


SOURCES = tuple(_source(block) for block in _TEXT.split("\n== ")[1:])


def fitting(groups: tuple[str, ...]) -> str:
    """Return the name of the source that groups look like, by the name of the first."""
    name = groups[0] if groups else ""
    return next((one.name for one in SOURCES if one.prefix and name.startswith(one.prefix)), SOURCES[0].name)
