"""Lambda: Invoke is InvokeFunction, a function's role must be passed, its layers must be readable."""

from typing import Any

from app.codegen.grants import Grant, Rule, Table, Where, every, fill, literal, pass_role, same, when

LAMBDA = "lambda:{region}:{account}:"
LAYER = LAMBDA + "layer:{LayerName}"
MAPPING = LAMBDA + "event-source-mapping:{UUID}"


def function_arn(parameters: dict[str, Any], where: Where) -> str:
    """Return a function's ARN from its name, `name:qualifier`, `account:function:name` or a whole ARN."""
    name = str(parameters.get("FunctionName") or "*")
    qualifier = parameters.get("Qualifier")
    if not name.startswith("arn:"):
        account, _, short = name.rpartition("function:")
        owner = account.rstrip(":") or where.account
        name = where.arn(f"lambda:{where.region}:{owner}:function:{short if short == '*' else literal(short)}")
    return f"{name}:{literal(qualifier)}" if qualifier else name


def _function(*actions: str) -> Rule:
    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        return [Grant(f"lambda:{action}", function_arn(parameters, where)) for action in actions]

    return rule


def _layers(parameters: dict[str, Any], _: Where) -> list[Grant]:
    return [Grant("lambda:GetLayerVersion", arn) for arn in parameters.get("Layers", [])]


def _code(parameters: dict[str, Any], where: Where) -> list[Grant]:
    """Code that lies in S3 is read with the caller's permission."""
    place = parameters.get("Code", parameters)
    if not isinstance(place, dict) or not place.get("S3Bucket"):
        return []
    names = {"Bucket": place["S3Bucket"], "Key": place.get("S3Key")}
    action = "s3:GetObjectVersion" if place.get("S3ObjectVersion") else "s3:GetObject"
    return [Grant(action, fill("s3:::{Bucket}/{Key}", names, where))]


def _mapped(parameters: dict[str, Any], where: Where) -> list[Grant]:
    """A new mapping has no ARN yet: it is limited by the function that it feeds."""
    arn = function_arn(parameters, where)
    return [Grant("lambda:CreateEventSourceMapping", "*", ("ArnLike", "lambda:FunctionArn", arn))]


_ROLE = pass_role("Role", "lambda.amazonaws.com")
_SAME = (
    "GetFunction GetFunctionConfiguration DeleteFunction PublishVersion ListVersionsByFunction ListAliases GetAlias "
    "CreateAlias UpdateAlias DeleteAlias AddPermission RemovePermission GetPolicy GetFunctionConcurrency "
    "PutFunctionConcurrency DeleteFunctionConcurrency GetFunctionEventInvokeConfig PutFunctionEventInvokeConfig "
    "UpdateFunctionEventInvokeConfig ListFunctionEventInvokeConfigs "
    "GetFunctionUrlConfig CreateFunctionUrlConfig DeleteFunctionUrlConfig "
    "ListFunctionUrlConfigs GetRuntimeManagementConfig GetFunctionRecursionConfig PutFunctionRecursionConfig"
)

TABLE: Table = {
    **{name: _function(name) for name in _SAME.split()},
    **same("lambda", "*", "ListFunctions ListLayers GetAccountSettings ListEventSourceMappings ListCodeSigningConfigs"),
    **same("lambda", MAPPING, "GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping"),
    **same("lambda", LAYER, "PublishLayerVersion ListLayerVersions"),
    **same("lambda", LAYER + ":{VersionNumber}", "GetLayerVersion DeleteLayerVersion"),
    **same("lambda", "{Resource}", "ListTags TagResource UntagResource"),
    "Invoke": _function("InvokeFunction"),
    "InvokeAsync": _function("InvokeFunction"),
    "InvokeWithResponseStream": _function("InvokeFunction"),
    "CreateFunction": every(_function("CreateFunction"), when("Tags", _function("TagResource")), _ROLE, _layers, _code),
    "UpdateFunctionCode": every(_function("UpdateFunctionCode"), _code),
    "UpdateFunctionConfiguration": every(_function("UpdateFunctionConfiguration"), _ROLE, _layers),
    "CreateEventSourceMapping": _mapped,
    "ListProvisionedConcurrencyConfigs": _function("ListProvisionedConcurrencyConfigs"),
}
