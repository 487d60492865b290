"""API Gateway: the action is the HTTP verb, the resource the path, so botocore's model is the table."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from app.codegen import models
from app.codegen.grants import Grant, Rule, Table, Where, literal

_REST = (
    "CreateApiKey CreateAuthorizer CreateBasePathMapping CreateDeployment CreateDomainName CreateModel "
    "CreateRequestValidator CreateResource CreateRestApi CreateStage CreateUsagePlan CreateUsagePlanKey DeleteApiKey "
    "DeleteAuthorizer DeleteDeployment DeleteIntegration DeleteIntegrationResponse DeleteMethod DeleteMethodResponse "
    "DeleteModel DeleteRequestValidator DeleteResource DeleteRestApi DeleteStage DeleteUsagePlan DeleteUsagePlanKey "
    "GetAccount FlushStageCache GetApiKey GetApiKeys GetAuthorizer GetAuthorizers GetBasePathMappings GetDeployment "
    "GetDeployments GetDomainNames GetExport GetGatewayResponses GetIntegration GetIntegrationResponse GetMethod "
    "GetMethodResponse GetModel GetModels GetRequestValidators GetResource GetResources GetRestApi GetRestApis "
    "GetStage GetStages GetTags GetUsage GetUsagePlan GetUsagePlanKeys GetUsagePlans ImportRestApi PutGatewayResponse "
    "PutIntegration PutIntegrationResponse PutMethod PutMethodResponse PutRestApi TagResource TestInvokeAuthorizer "
    "TestInvokeMethod UntagResource UpdateAccount UpdateApiKey UpdateDeployment UpdateIntegration "
    "UpdateIntegrationResponse UpdateMethod UpdateMethodResponse UpdateResource UpdateRestApi UpdateStage "
    "UpdateUsagePlan"
)
_HTTP = (
    "CreateApi CreateDeployment CreateIntegration CreateRoute CreateStage DeleteApi DeleteIntegration DeleteRoute "
    "DeleteStage GetApi GetApis GetDeployments GetIntegration GetIntegrations GetRoute GetRoutes GetStage GetStages "
    "GetTags ImportApi ReimportApi TagResource UntagResource UpdateApi UpdateIntegration UpdateRoute UpdateStage"
)
_FIELD = re.compile(r"\{([\w-]+)\+?\}")


def _rule(service: str, name: str) -> Rule:
    def rule(parameters: dict[str, Any], where: Where) -> Iterator[Grant]:
        facts = models.operation(service, name)
        places = {shape.serialization.get("name"): member for member, shape in facts.inputs.items()}

        def one(found: re.Match[str]) -> str:
            value = parameters.get(places.get(found.group(1)) or found.group(1))
            return literal(quote(str(value), safe="")) if value else "*"

        path = _FIELD.sub(one, facts.uri.partition("?")[0]).removeprefix("/v2" if service == "apigatewayv2" else "")
        yield Grant(f"apigateway:{facts.http_method}", where.arn(f"apigateway:{where.region}::{path}"))
        role = parameters.get("credentials") or parameters.get("CredentialsArn")
        if isinstance(role, str) and ":role/" in role:
            yield Grant("iam:PassRole", role, ("StringEquals", "iam:PassedToService", "apigateway.amazonaws.com"))

    return rule


REST: Table = {name: _rule("apigateway", name) for name in _REST.split()}
HTTP: Table = {name: _rule("apigatewayv2", name) for name in _HTTP.split()}
