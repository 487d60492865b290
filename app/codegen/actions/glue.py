"""Glue: jobs, triggers and crawlers are resources; the Data Catalog needs catalog, database and table together."""

from typing import Any

from app.codegen.grants import Grant, Rule, Table, Where, each, every, fill, on, pass_role, same, when

GLUE = "glue:{region}:{account}:"
JOB = GLUE + "job/{JobName}"
NAMED_JOB = GLUE + "job/{Name}"
TRIGGER = GLUE + "trigger/{Name}"
CRAWLER = GLUE + "crawler/{Name}"
WORKFLOW = GLUE + "workflow/{Name}"


def _catalog(action: str, table: str | None = None, database: str = "DatabaseName") -> Rule:
    """The catalog, the database and, where `table` names its parameter, the table; all of them where none is named."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        names = {"d": _inner(parameters, database), "t": _inner(parameters, table)}
        templates = [GLUE + "catalog", GLUE + "database/{d}"]
        if table is not None:
            templates.append(GLUE + "table/{d}/{t}")
        return [Grant(action, fill(template, names, where)) for template in templates]

    return rule


def _inner(parameters: dict[str, Any], name: str | None) -> Any:
    value: Any = parameters
    for part in (name or "").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


_ROLE = pass_role("Role", "glue.amazonaws.com")


def _update_job(parameters: dict[str, Any], where: Where) -> list[Grant]:
    return list(_ROLE(parameters.get("JobUpdate", {}), where))


TABLE: Table = {
    **same(
        "glue",
        JOB,
        "GetJob StartJobRun GetJobRun GetJobRuns BatchStopJobRun UpdateJob DeleteJob ResetJobBookmark GetJobBookmark",
    ),
    **same(
        "glue",
        "*",
        "GetJobs ListJobs GetTriggers ListTriggers GetCrawlers ListCrawlers GetCrawlerMetrics ListWorkflows "
        "GetClassifiers GetSecurityConfigurations GetMapping GetPlan GetDataflowGraph CreateScript ListSessions",
    ),
    **same("glue", TRIGGER, "GetTrigger CreateTrigger StartTrigger StopTrigger UpdateTrigger DeleteTrigger"),
    **same("glue", CRAWLER, "GetCrawler StartCrawler StopCrawler DeleteCrawler"),
    **same("glue", WORKFLOW, "GetWorkflow GetWorkflowRun GetWorkflowRuns StartWorkflowRun DeleteWorkflow"),
    **same("glue", "{ResourceArn}", "GetTags TagResource UntagResource"),
    **same("glue", GLUE + "catalog", "GetCatalogImportStatus GetDataCatalogEncryptionSettings"),
    "CreateJob": every(on(NAMED_JOB, "glue:CreateJob"), when("Tags", on(NAMED_JOB, "glue:TagResource")), _ROLE),
    "UpdateJob": every(on(JOB, "glue:UpdateJob"), _update_job),
    "BatchGetJobs": each("JobNames", GLUE + "job/[]", "glue:BatchGetJobs"),
    "BatchGetTriggers": each("TriggerNames", GLUE + "trigger/[]", "glue:BatchGetTriggers"),
    "BatchGetCrawlers": each("CrawlerNames", GLUE + "crawler/[]", "glue:BatchGetCrawlers"),
    "CreateCrawler": every(on(CRAWLER, "glue:CreateCrawler"), _ROLE),
    "UpdateCrawler": every(on(CRAWLER, "glue:UpdateCrawler"), _ROLE),
    "GetDatabases": _catalog("glue:GetDatabases", None),
    "GetDatabase": _catalog("glue:GetDatabase", None, "Name"),
    "CreateDatabase": _catalog("glue:CreateDatabase", None, "DatabaseInput.Name"),
    "DeleteDatabase": _catalog("glue:DeleteDatabase", "*", "Name"),
    "GetTables": _catalog("glue:GetTables", "*"),
    "SearchTables": _catalog("glue:SearchTables", "*"),
    "GetTable": _catalog("glue:GetTable", "Name"),
    "GetTableVersions": _catalog("glue:GetTableVersions", "TableName"),
    "CreateTable": _catalog("glue:CreateTable", "TableInput.Name"),
    "UpdateTable": _catalog("glue:UpdateTable", "TableInput.Name"),
    "DeleteTable": _catalog("glue:DeleteTable", "Name"),
    "GetPartitions": _catalog("glue:GetPartitions", "TableName"),
    "GetPartition": _catalog("glue:GetPartition", "TableName"),
    "CreatePartition": _catalog("glue:CreatePartition", "TableName"),
    "BatchCreatePartition": _catalog("glue:BatchCreatePartition", "TableName"),
    "GetConnections": every(
        on(GLUE + "catalog", "glue:GetConnections"), on(GLUE + "connection/*", "glue:GetConnections")
    ),
}
