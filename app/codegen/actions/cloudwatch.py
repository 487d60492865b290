"""CloudWatch: metrics have no resources, alarms and dashboards do."""

from typing import Any

from app.codegen.grants import Grant, Table, Where, each, on, same

CW = "cloudwatch:{region}:{account}:alarm:"
DASHBOARD = "cloudwatch::{account}:dashboard/{DashboardName}"


def _put_data(parameters: dict[str, Any], _: Where) -> list[Grant]:
    """Metrics are limited by their namespace alone."""
    name = parameters.get("Namespace")
    condition = ("StringEquals", "cloudwatch:namespace", str(name)) if name else None
    return [Grant("cloudwatch:PutMetricData", "*", condition)]


TABLE: Table = {
    **same(
        "cloudwatch",
        "*",
        "ListMetrics GetMetricData GetMetricStatistics GetMetricWidgetImage DescribeAlarmsForMetric ListDashboards "
        "DescribeAnomalyDetectors",
    ),
    **same("cloudwatch", CW + "{AlarmName}", "PutMetricAlarm SetAlarmState DescribeAlarmHistory PutCompositeAlarm"),
    **same("cloudwatch", DASHBOARD, "GetDashboard PutDashboard"),
    **same("cloudwatch", "{ResourceARN}", "ListTagsForResource TagResource UntagResource"),
    **{
        name: each("AlarmNames", CW + "[]", f"cloudwatch:{name}")
        for name in ("DescribeAlarms", "DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions")
    },
    "DeleteDashboards": each("DashboardNames", "cloudwatch::{account}:dashboard/[]", "cloudwatch:DeleteDashboards"),
    "PutMetricData": _put_data,
    "DescribeInsightRules": on("*", "cloudwatch:DescribeInsightRules"),
}
