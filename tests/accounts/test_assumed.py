"""Roles that are assumed: who asks, with which words, how long, and never with another's credentials."""

import itertools
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.assumed import Account, Accounts, Assumed, NotAssumed, principal, read, session_name
from app.aws import Aws
from app.config import SettingError, Settings
from tests.accounts.fake_aws import HOME, STAGING, TEACHING, FakeAws

PEOPLE = (("p-1", "ada"), ("p-2", "bob"), ("p-3", "ada"), ("p-4", "Zoë Ångström"))  # two have the same name
CALLS, THREADS = 2000, 16


def accounts(app: Flask, **more: Any) -> Accounts:
    named: Accounts = app.extensions["accounts"]
    return Accounts(app.extensions["settings"], tuple(named.named.values()), **more)


def test_under_load_nobody_is_given_the_credentials_of_another(app: Flask, fake: FakeAws) -> None:
    doors, home = accounts(app), app.extensions["aws"]
    who = list(itertools.product((("staging", STAGING), ("teaching", TEACHING)), PEOPLE))

    def call(number: int) -> tuple[str, str, str, str]:
        (name, role), (id, person) = who[number * 7 % len(who)]
        door = doors.door(home, name, id, person)
        if number % 3:
            [bucket] = door.client("s3", "eu-west-1").list_buckets()["Buckets"]
            return role, session_name(id, person), "s3", bucket["Name"]
        answer = door.client("sts", "eu-west-1").get_caller_identity()
        return role, session_name(id, person), "sts", answer["Arn"]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(call, range(CALLS)))
    for role, session, service, answer in answers:
        account = role.split(":")[4]
        wanted = (
            f"{account}-{session}".lower()
            if service == "s3"
            else f"arn:aws:sts::{account}:assumed-role/trellis/{session}"
        )
        assert answer == wanted
    sent = Counter(key for key, _, asked in fake.seen if asked != "AssumeRole")
    assert set(sent) == set(fake.given)  # every key with its own token, and never the dashboard's own
    assert sum(sent.values()) == CALLS
    assert len(fake.given) == len({(one.role, one.session) for one in fake.given.values()}) == len(who)


def test_a_role_is_asked_for_with_the_persons_name_and_the_external_id(app: Flask, fake: FakeAws) -> None:
    doors, home = accounts(app), app.extensions["aws"]
    for name in ("staging", "teaching"):
        doors.door(home, name, "p-1", "ada").client("s3", "us-east-1").list_buckets()
    first, second = fake.given.values()
    assert (first.role, first.external, second.role, second.external) == (STAGING, "a-word", TEACHING, "")
    assert first.session == second.session == session_name("p-1", "ada")
    assert [key for key, _, asked in fake.seen if asked == "AssumeRole"] == [HOME, HOME]


@pytest.mark.parametrize("name", ["ada", "Zoë Ångström", "x" * 300, "日本", "", "a b/c:d\n", "_+=,.@-", "\ud800"])
def test_a_session_bears_a_name_that_sts_takes(name: str) -> None:
    made = session_name("p-1", name)
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", made, re.ASCII)
    assert made == session_name("p-1", name) != session_name("p-2", name)


def test_a_name_stays_readable() -> None:
    assert session_name("p-1", "Zoë Ångström").startswith("Zoe-Angstrom-")


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def test_credentials_are_renewed_before_they_end(app: Flask, fake: FakeAws) -> None:
    clock, account = Clock(), Account("staging", STAGING, "a-word")
    door = Assumed(app.extensions["settings"], app.extensions["aws"], account, "ada-1", clock)
    s3 = door.client("s3", "us-east-1")
    s3.list_buckets()
    s3.list_buckets()
    assert len(fake.given) == 1
    clock.now += timedelta(minutes=52)  # eight minutes are left
    s3.list_buckets()
    assert len(fake.given) == 2
    assert [key for key, _, asked in fake.seen if asked != "AssumeRole"][-1] == list(fake.given)[1]


def test_so_many_identities_are_kept_and_the_one_used_longest_ago_goes(app: Flask, fake: FakeAws) -> None:
    doors, home = accounts(app, most=3), app.extensions["aws"]
    first = doors.door(home, "staging", "p-0", "x")
    held = first.client("s3", "us-east-1")
    held.list_buckets()
    second = doors.door(home, "staging", "p-1", "x")
    doors.door(home, "staging", "p-2", "x")
    assert doors.door(home, "staging", "p-0", "x") is first
    doors.door(home, "staging", "p-3", "x")
    assert len(doors._doors) == 3
    assert doors.door(home, "staging", "p-0", "x") is first
    assert doors.door(home, "staging", "p-1", "x") is not second
    for number in range(4, 8):
        doors.door(home, "staging", f"p-{number}", "x")
    assert doors.door(home, "staging", "p-0", "x") is not first
    key = next(iter(fake.given))
    held.list_buckets()  # a thread that still holds a client goes on, as the same person
    assert fake.seen[-1][0] == key


def test_a_role_that_is_refused_says_who_must_be_let_in_and_is_not_asked_for_again_at_once(
    app: Flask, fake: FakeAws
) -> None:
    fake.refused.add(STAGING)
    doors, home = accounts(app), app.extensions["aws"]
    staging = doors.door(home, "staging", "p-1", "ada").client("s3", "us-east-1")
    for _ in range(3):
        with pytest.raises(NotAssumed) as refused:
            staging.list_buckets()
    assert refused.value.principal == "arn:aws:iam::000000000000:role/trellis-demo-instance"
    assert [asked for _, _, asked in fake.seen].count("AssumeRole") == 1
    assert doors.door(home, "teaching", "p-1", "ada").client("s3", "us-east-1").list_buckets()["Buckets"]


def test_the_state_is_kept_with_the_dashboards_own_credentials(app: Flask, fake: FakeAws) -> None:
    doors, home = accounts(app), app.extensions["aws"]
    door = doors.door(home, "staging", "p-1", "ada")
    assert isinstance(door, Aws) and door._session is not home._session
    assert door.regions() == home.regions() and door.watchers is home.watchers


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        ("arn:aws:sts::1:assumed-role/r/i-0", "arn:aws:iam::1:role/r"),
        ("arn:aws-cn:sts::1:assumed-role/r/i-0", "arn:aws-cn:iam::1:role/r"),
        ("arn:aws:iam::1:user/x", "arn:aws:iam::1:user/x"),
        ("", ""),
    ],
)
def test_a_trust_policy_names_a_role_and_not_its_session(arn: str, who: str) -> None:
    assert principal(arn) == who


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "is no JSON"),
        ("{}", "must be a JSON list"),
        ("/nowhere/accounts.json", "neither a JSON list nor a file"),
        ("[1]", "Account 1 of TRELLIS_ACCOUNTS must be an object"),
        ('[{"name": "a"}]', "needs another role_arn, not ''"),
        ('[{"role_arn": "arn:aws:iam::111111111111:role/r"}]', "needs another name, not ''"),
        ('[{"name": "a", "role_arn": "arn:aws:iam::1:role/r"}]', "needs another role_arn"),
        ('[{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/r", "external_id": "x"}]', "another external_id"),
        ('[{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/r", "externalid": "xx"}]', "has “externalid”"),
        ('[{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/r", "region": 3}]', "values are text"),
        (
            '[{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/r"},'
            '{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/s"}]',
            "two accounts “a”",
        ),
    ],
)
def test_a_setting_that_is_wrong_is_refused_at_the_start(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=re.escape(words)):
        read(text)


def test_a_region_that_does_not_exist_is_refused_at_the_start(app: Flask, tmp_path: Any) -> None:
    one = '[{"name": "a", "role_arn": "arn:aws:iam::111111111111:role/r", "region": "mars-1"}]'
    with pytest.raises(SettingError, match="no region 'mars-1'"):
        create_app({"home": tmp_path, "secret_key": "x", "accounts": one})


def test_a_file_is_read(tmp_path: Any) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(
        '[{"name": "a", "role_arn": "arn:aws-us-gov:iam::111111111111:role/path/r", "region": "eu-west-1"}]'
    )
    assert read(str(path)) == (Account("a", "arn:aws-us-gov:iam::111111111111:role/path/r", "", "eu-west-1"),)
    assert read("") == () == read(Settings().accounts)
