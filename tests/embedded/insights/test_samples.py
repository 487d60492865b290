"""AWS's own sample queries, over events that are small enough to work the answers out by hand.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-examples.html
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.embedded.insights.asking import Asking, Row

HOUR, MINUTE = 3_600_000, 60_000
FLOW = "2 123456789010 eni-1235b8ca {0} {1} 20641 22 {2} {3} {4} 1418530010 1418530070 {5} {6}"
FLOWS = [
    FLOW.format("10.0.0.1", "192.0.2.10", 6, 20, 4249, "ACCEPT", "OK"),
    FLOW.format("10.0.0.1", "192.0.2.10", 6, 5, 751, "ACCEPT", "OK"),
    FLOW.format("10.0.0.2", "198.51.100.7", 17, 8, 1000, "REJECT", "OK"),
    FLOW.format("192.0.2.77", "10.0.0.9", 17, 1, 60, "ACCEPT", "OK"),
    "2 123456789010 eni-1235b8ca - - - - - - - 1431280876 1431280934 - SKIPDATA",
]
DNS = "1.0 2026-01-01T08:16:0{0}.130Z Z123412341234 {1} {2} {3} UDP FRA6 {4} -"
RESOLVED = [
    DNS.format(1, "example.com", "A", "NOERROR", "192.168.1.1"),
    DNS.format(2, "example.com", "AAAA", "SERVFAIL", "192.168.1.1"),
    DNS.format(3, "www.example.com", "A", "SERVFAIL", "192.168.3.1"),
    DNS.format(4, "www.example.com", "A", "SERVFAIL", "192.168.1.1"),
]
REQUEST = "8f5a0c1e-1111-4222-8333-00000000000{0}"
REPORT = (
    "REPORT RequestId: " + REQUEST + "\tDuration: {1} ms\tBilled Duration: {2} ms\tMemory Size: 128 MB"
    "\tMax Memory Used: {3} MB\t{4}"
)
LAMBDA = [
    (0, f"START RequestId: {REQUEST.format(1)} Version: $LATEST"),
    (10, f'2026-01-01T00:00:00.000Z\t{REQUEST.format(1)}\tINFO\tcold {{"step": {{"name": "load"}}}} end'),
    (20, f"END RequestId: {REQUEST.format(1)}"),
    (30, REPORT.format(1, "100.5", 101, 40, "Init Duration: 210.25 ms\t")),
    (4 * MINUTE, REPORT.format(2, "10.5", 11, 44, "")),
    (7 * MINUTE, REPORT.format(3, "20", 20, 64, "XRAY TraceId: 1-5e-abc\tSegmentId: 73f\tSampled: true")),
]
TRAIL = [
    {"eventSource": "ec2.amazonaws.com", "eventName": "StartInstances", "awsRegion": "us-east-2", "region": "us-east-2",
     "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-abcde123"}]}}},
    {"eventSource": "ec2.amazonaws.com", "eventName": "StopInstances", "awsRegion": "us-east-1", "region": "us-east-1"},
    {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1",
     "requestParameters": {"userName": "ada"}, "responseElements": {"user": {"arn": "arn:aws:iam::1:user/ada"}}},
    {"eventSource": "cloudtrail.amazonaws.com", "eventName": "UpdateTrail", "awsRegion": "us-east-1",
     "errorCode": "TrailNotFoundException", "errorMessage": "Unknown trail"},
    {"eventSource": "cloudtrail.amazonaws.com", "eventName": "UpdateTrail", "awsRegion": "us-east-1"},
]  # fmt: skip
TEXTS = [
    (0, "user=ada, method:GET, latency := 30"),
    (1, "user=bob, method:GET, latency := 10"),
    (2, "user=ada, method:GET, latency := 50"),
    (3, "08:00 [ERROR] java.lang.Exception: no disk"),
    (4, "08:01 [INFO] started"),
    (HOUR + 5, "08:59 [ERROR] Exception again"),
    (HOUR + 6, "09:00 [WARN] slow Exception"),
    (HOUR + 7, "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException"),
]


@pytest.fixture(scope="module")
def filled(asking: Asking) -> Asking:
    """Groups of every kind that the samples ask about."""
    asking.put("texts", TEXTS, "texts")
    asking.put("flows", [(n * MINUTE, line) for n, line in enumerate(FLOWS)], "flows")
    asking.put("dns", [(n * 40 * MINUTE, line) for n, line in enumerate(RESOLVED)], "dns")
    asking.put("trail", [(n, json.dumps(event)) for n, event in enumerate(TRAIL)], "trail")
    asking.put("2026/01/01/[$LATEST]abc", LAMBDA, "/aws/lambda/samples")
    return asking


def at(filled: Asking, offset: int) -> str:
    """Return a time as results have it."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=filled.begin + offset)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def ask(filled: Asking, group: str, query: str) -> list[Row]:
    return filled.rows(query, logGroupNames=[group])


def test_general(filled: Asking) -> None:
    newest = ask(filled, "texts", "fields @timestamp, @message | sort @timestamp desc | limit 2")
    assert newest == [{"@timestamp": at(filled, place), "@message": text} for place, text in TEXTS[:-3:-1]]
    hourly = "filter @message like /Exception/ | stats count(*) as exceptionCount by bin(1h) | sort exceptionCount desc"
    assert ask(filled, "texts", hourly) == [
        {"bin(1h)": at(filled, HOUR), "exceptionCount": "3"},
        {"bin(1h)": at(filled, 0), "exceptionCount": "1"},
    ]
    others = ask(filled, "texts", "fields @message | filter @message not like /Exception/")
    assert [row["@message"] for row in others] == [TEXTS[n][1] for n in (4, 2, 1, 0)]


def test_parse(filled: Asking) -> None:
    glob = (
        'parse @message "user=*, method:*, latency := *" as @user,\n @method, @latency '
        "| filter ispresent(@user) | stats avg(@latency) by @method, @user"
    )
    expected = [
        {"@method": "GET", "@user": "ada", "avg(@latency)": "40"},
        {"@method": "GET", "@user": "bob", "avg(@latency)": "10"},
    ]
    assert ask(filled, "texts", glob) == expected
    regex = (
        r"parse @message /user=(?<user2>.*?), method:(?<method2>.*?), latency := (?<latency2>\d+)/ "
        "| filter ispresent(user2) | stats avg(latency2) by @method2, @user2"
    )
    assert ask(filled, "texts", regex) == [
        {"@method2": row["@method"], "@user2": row["@user"], "avg(latency2)": row["avg(@latency)"]} for row in expected
    ]
    levels = (
        'FIELDS @message | PARSE @message "* [*] *" as loggingTime, loggingType, loggingMessage '
        '| FILTER loggingType IN ["ERROR", "INFO"] | DISPLAY loggingMessage, loggingType = "ERROR" as isError'
    )
    assert ask(filled, "texts", levels) == [
        {"loggingMessage": "{foo=2, bar=data} The error was: DataIntegrityException", "isError": "1"},
        {"loggingMessage": "Exception again", "isError": "1"},
        {"loggingMessage": "started", "isError": "0"},
        {"loggingMessage": "java.lang.Exception: no disk", "isError": "1"},
    ]


@pytest.mark.parametrize(
    "parse",
    [
        'parse @message "[*] * The error was: *" as level, config, exception',
        r"parse @message /\[(?<level>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/",
    ],
)
def test_parse_by_glob_and_by_regex_cut_the_same(filled: Asking, parse: str) -> None:
    assert ask(filled, "texts", f"{parse} | filter ispresent(level) | display level, config, exception") == [
        {"level": "ERROR", "config": "{foo=2, bar=data}", "exception": "DataIntegrityException"}
    ]


def test_lambda_memory_and_latency(filled: Asking) -> None:
    memory = """filter @type = "REPORT"
        | stats max(@memorySize / 1000 / 1000) as provisonedMemoryMB,
            min(@maxMemoryUsed / 1000 / 1000) as smallestMemoryRequestMB,
            avg(@maxMemoryUsed / 1000 / 1000) as avgMemoryUsedMB,
            max(@maxMemoryUsed / 1000 / 1000) as maxMemoryUsedMB,
            provisonedMemoryMB - maxMemoryUsedMB as overProvisionedMB"""
    assert ask(filled, "/aws/lambda/samples", memory) == [
        {
            "provisonedMemoryMB": "128",
            "smallestMemoryRequestMB": "40",
            "avgMemoryUsedMB": "49.3333",
            "maxMemoryUsedMB": "64",
            "overProvisionedMB": "64",
        }
    ]
    latency = 'filter @type = "REPORT" | stats avg(@duration), max(@duration), min(@duration) by bin(5m)'
    assert ask(filled, "/aws/lambda/samples", latency) == [
        {"bin(5m)": at(filled, 0), "avg(@duration)": "55.5", "max(@duration)": "100.5", "min(@duration)": "10.5"},
        {"bin(5m)": at(filled, 5 * MINUTE), "avg(@duration)": "20", "max(@duration)": "20", "min(@duration)": "20"},
    ]


def test_lambda_requests(filled: Asking) -> None:
    slow = (
        "fields @timestamp, @requestId, @duration, @billedDuration, @initDuration, @xrayTraceId "
        '| filter @type = "REPORT" and @duration > 15 | sort @duration desc | limit 20'
    )
    assert ask(filled, "/aws/lambda/samples", slow) == [
        {
            "@timestamp": at(filled, 30),
            "@requestId": REQUEST.format(1),
            "@duration": "100.5",
            "@billedDuration": "101",
            "@initDuration": "210.25",
        },
        {
            "@timestamp": at(filled, 7 * MINUTE),
            "@requestId": REQUEST.format(3),
            "@duration": "20",
            "@billedDuration": "20",
            "@xrayTraceId": "1-5e-abc",
        },
    ]
    kinds = "filter ispresent(@type) | stats count(*) as n by @type"
    found = {row["@type"]: row["n"] for row in ask(filled, "/aws/lambda/samples", kinds)}
    assert found == {"START": "1", "END": "1", "REPORT": "3"}
    inside = "filter step.name = 'load' | display @requestId"
    assert ask(filled, "/aws/lambda/samples", inside) == [{"@requestId": REQUEST.format(1)}]


def test_vpc_flow(filled: Asking) -> None:
    packets = "stats sum(packets) as packetsTransferred by srcAddr, dstAddr | sort packetsTransferred desc | limit 2"
    assert ask(filled, "flows", packets) == [
        {"srcAddr": "10.0.0.1", "dstAddr": "192.0.2.10", "packetsTransferred": "25"},
        {"srcAddr": "10.0.0.2", "dstAddr": "198.51.100.7", "packetsTransferred": "8"},
    ]
    size = (
        'filter isIpv4InSubnet(dstAddr, "192.0.2.0/24") | stats sum(bytes) as bytesTransferred by dstAddr '
        "| sort bytesTransferred desc | limit 15"
    )
    assert ask(filled, "flows", size) == [{"dstAddr": "192.0.2.10", "bytesTransferred": "5000"}]
    udp = "filter protocol=17 | stats count(*) by srcAddr"
    assert ask(filled, "flows", udp) == [
        {"srcAddr": "10.0.0.2", "count(*)": "1"},
        {"srcAddr": "192.0.2.77", "count(*)": "1"},
    ]
    skipped = 'filter logStatus="SKIPDATA" | stats count(*) by bin(1h) as t | sort t'
    assert ask(filled, "flows", skipped) == [{"t": at(filled, 0), "count(*)": "1"}]


def test_route_53(filled: Asking) -> None:
    assert ask(filled, "dns", "stats count(*) by queryType, bin(1h)") == [
        {"queryType": "A", "bin(1h)": at(filled, 0), "count(*)": "1"},
        {"queryType": "A", "bin(1h)": at(filled, HOUR), "count(*)": "1"},
        {"queryType": "A", "bin(1h)": at(filled, 2 * HOUR), "count(*)": "1"},
        {"queryType": "AAAA", "bin(1h)": at(filled, 0), "count(*)": "1"},
    ]
    busiest = "stats count(*) as numRequests by resolverIp | sort numRequests desc | limit 10"
    assert ask(filled, "dns", busiest) == [
        {"resolverIp": "192.168.1.1", "numRequests": "3"},
        {"resolverIp": "192.168.3.1", "numRequests": "1"},
    ]
    assert ask(filled, "dns", 'filter responseCode="SERVFAIL" | stats count(*) by queryName') == [
        {"queryName": "example.com", "count(*)": "1"},
        {"queryName": "www.example.com", "count(*)": "2"},
    ]


def test_cloudtrail(filled: Asking) -> None:
    names = [tuple(row.values()) for row in ask(filled, "trail", "stats count(*) by eventSource, eventName, awsRegion")]
    assert names == [
        ("cloudtrail.amazonaws.com", "UpdateTrail", "us-east-1", "2"),
        ("ec2.amazonaws.com", "StartInstances", "us-east-2", "1"),
        ("ec2.amazonaws.com", "StopInstances", "us-east-1", "1"),
        ("iam.amazonaws.com", "CreateUser", "us-east-1", "1"),
    ]
    started = 'filter (eventName="StartInstances" or eventName="StopInstances") and region="us-east-2"'
    assert [row["@message"] for row in ask(filled, "trail", started)] == [json.dumps(TRAIL[0])]
    created = 'filter eventName="CreateUser" | fields awsRegion, requestParameters.userName, responseElements.user.arn'
    assert ask(filled, "trail", created) == [
        {
            "awsRegion": "us-east-1",
            "requestParameters.userName": "ada",
            "responseElements.user.arn": "arn:aws:iam::1:user/ada",
        }
    ]
    failed = 'filter eventName="UpdateTrail" and ispresent(errorCode) | stats count(*) by errorCode, errorMessage'
    assert ask(filled, "trail", failed) == [
        {"errorCode": "TrailNotFoundException", "errorMessage": "Unknown trail", "count(*)": "1"}
    ]
    item = "filter requestParameters.instancesSet.items.0.instanceId = 'i-abcde123' | stats count(*)"
    assert ask(filled, "trail", item) == [{"count(*)": "1"}]
