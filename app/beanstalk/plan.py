"""What a deployment will do, and what it costs a month: known before anything is made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import assumed
from app.assumed import Account
from app.beanstalk import environments, package, policies
from app.beanstalk.clients import Clients, Stopped
from app.beanstalk.policies import Place
from app.beanstalk.rights import secret_arns
from app.codegen.grants import partition_of

MOST_ACCOUNTS = 3000  # bytes of the property that names them
HOURS = 730  # of a month
ENVIRONMENT = "aws:elasticbeanstalk:application:environment"
SECRETS = "aws:elasticbeanstalk:application:environmentsecrets"


@dataclass(frozen=True)
class Order:
    """What a person asks for; `accounts` None leaves those that the environment has."""

    bundle: Path
    application: str = "trellis"
    environment: str = "trellis-demo"
    form: str = "single"
    access: str = "read"
    name: str = ""
    certificate: str = ""
    domains: tuple[str, ...] = ()
    accounts: tuple[Account, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """What will be done: `environment` is what there is already, None where it will be made.

    `other_accounts`: whether it has others than were asked for.
    """

    place: Place
    label: str
    prefix: str
    host: str
    stack: str
    environment: dict[str, Any] | None
    other_accounts: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the environment runs this very bundle already, with the accounts that were asked for."""
        runs = self.environment is not None and self.environment.get("VersionLabel") == self.label
        return runs and not self.other_accounts


# US dollars at the list prices of us-east-1 that AWS published in 2026; other regions cost up to half as much more.
INSTANCE, ADDRESS, DISK = 0.0104 * HOURS, 0.005 * HOURS, 8 * 0.08
BALANCER = 0.0225 * HOURS
_SMALL = ("DynamoDB table, thumbnails' bucket, logs (a small demo)", 0.50)


def costs(form: str) -> list[tuple[str, float]]:
    """Return what an environment is made of, with US dollars a month."""
    count = 2 if form == "balanced" else 1
    parts = [
        (f"{count} × t3.micro, running all month", count * INSTANCE),
        (f"{count} × 8 GB of disk (gp3)", count * DISK),
    ]
    if form == "balanced":
        parts.append(("Application Load Balancer, without its traffic", BALANCER))
    addresses = count + (2 if form == "balanced" else 0)
    return [*parts, (f"{addresses} × public IPv4 address", addresses * ADDRESS), _SMALL]


def place(clients: Clients, application: str, environment: str) -> Place:
    """Return the account that the credentials belong to, and what is deployed there."""
    account = clients.sts.get_caller_identity()["Account"]
    return Place(account, clients.region, application, environment, partition_of(clients.region))


def make(clients: Clients, order: Order) -> Plan:
    """Look at what there is and return what will be done; makes nothing. Raises Stopped, package.NotABundle."""
    package.check(order.bundle)
    where = place(clients, order.application, order.environment)
    label = package.label(order.bundle)
    _demand_room(where, order)
    found = environments.find(clients, order.application, order.environment)
    if found is not None:
        _demand_ready(found)
        host, stack = found["CNAME"].lower(), found.get("SolutionStackName", "")
        return Plan(where, label, host.partition(".")[0], host, stack, found, _has_others(clients, order))
    _demand_certificate(order)
    prefix = order.name or f"{order.environment}-{where.account[-6:]}"
    host = environments.address(clients, prefix)
    return Plan(where, label, prefix, host, environments.stack(clients), None)


def _demand_certificate(order: Order) -> None:
    if order.form == "balanced" and not order.certificate:
        raise Stopped(
            "The load-balanced form ends TLS, for which it needs a certificate of AWS Certificate Manager for a domain "
            "of yours: --certificate ARN --domain trellis.example.com"
        )


def _demand_room(place: Place, order: Order) -> None:
    if order.accounts is None:
        return
    policies.demand_room(place, order.access, order.accounts)
    if (size := len(assumed.written(order.accounts))) > MOST_ACCOUNTS:
        raise Stopped(
            f"The accounts take {size:,} bytes as a property. Elastic Beanstalk takes 4,096 of all properties, and "
            f"{MOST_ACCOUNTS:,} of these are for accounts. Name fewer."
        )


def _has_others(clients: Clients, order: Order) -> bool:
    """Whether an environment has other accounts than were asked for."""
    if order.accounts is None:
        return False
    text = environments.option(clients, order.application, order.environment, ENVIRONMENT, assumed.VARIABLE)
    return text != assumed.written(order.accounts)


def _demand_ready(found: dict[str, Any]) -> None:
    if found["Status"] in environments.WORKING:
        raise Stopped(
            f"The environment {found['EnvironmentName']} is {found['Status'].lower()}: AWS takes no change until that "
            "is done. Follow it with: flask --app application beanstalk status --follow"
        )


def wanted(order: Order, plan: Plan) -> environments.Wanted:
    """Return the environment as it shall be: what only the account, the region and the address can tell."""
    place = plan.place
    options = {
        ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): place.role,
        ("aws:elasticbeanstalk:environment", "ServiceRole"): "aws-elasticbeanstalk-service-role",
        ("aws:elasticbeanstalk:customoption", "InstanceRole"): place.role,
        **{(SECRETS, name): arn for name, arn in secret_arns(place).items()},
    }
    if plan.environment is None or order.domains:  # else the names that were given before stay
        options[ENVIRONMENT, "TRELLIS_HOSTS"] = ",".join((plan.host, *order.domains))
    if order.accounts is not None:
        options[ENVIRONMENT, assumed.VARIABLE] = assumed.written(order.accounts)
    if order.certificate:
        options["aws:elbv2:listener:443", "SSLCertificateArns"] = order.certificate
    return environments.Wanted(order.application, order.environment, plan.label, plan.prefix, plan.stack, options)


def lines(order: Order, plan: Plan) -> list[str]:
    """Return in words what will be done."""
    return [
        *_lines(order, plan),
        *(f"The instance may assume {one.role_arn} ({one.name})." for one in order.accounts or ()),
    ]


def _lines(order: Order, plan: Plan) -> list[str]:
    where = f"account {plan.place.account}, {plan.place.region}"
    if plan.environment is not None:
        return [
            f"Environment {order.environment} ({where}) runs {plan.environment.get('VersionLabel') or 'nothing'}; "
            f"it will run {plan.label}.",
            "That costs nothing more.",
        ]
    parts = costs(order.form)
    return [
        f"This will be made in {where}:",
        f"  application {order.application}, version {plan.label}",
        f"  environment {order.environment}: {plan.stack}, {order.form}",
        f"  address {scheme(order)}://{(*order.domains, plan.host)[0]}/",
        f"  role and instance profile {plan.place.role}: reads the account"
        + (", and changes it (--access change)" if order.access == "change" else ", and changes nothing in it"),
        f"  secrets {plan.place.parameters}/* in Parameter Store; a state table and a bucket, which stay at the end",
        "It costs about, in US dollars a month (list prices of us-east-1; other regions up to half as much more):",
        *(f"  {amount:7.2f}  {what}" for what, amount in parts),
        f"  {sum(amount for _, amount in parts):7.2f}  together, until you terminate it",
    ]


def scheme(order: Order) -> str:
    """Return how the environment is reached."""
    return "https" if order.form == "balanced" else "http"
