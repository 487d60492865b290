"""What must never reach a page or a file; and what must, because it only looks like a credential."""

from collections import Counter

import pytest

from app.masking import MASK, mask, mask_cell, told

SECRETS = [
    ("{'AWS_ACCESS_KEY_ID': 'ASIAABCDEFGHIJKLMNOP'}", "ASIAABCDEFGHIJKLMNOP", "access key id"),
    ("key AKIAABCDEFGHIJKLMNOP used", "AKIAABCDEFGHIJKLMNOP", "access key id"),
    ("'AWS_SECRET_ACCESS_KEY': 'wJalr/K7M+bPx'", "wJalr/K7M+bPx", "secret access key"),
    ("export AWS_SECRET_ACCESS_KEY=wJalr/K7MDENG", "wJalr/K7MDENG", "secret access key"),
    (
        "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjabcdefIQoJb3JpZ2luX2VjabcdefIQoJb3JpZ2luX2Vjabcdef",
        "IQoJb3Jp",
        "session token",
    ),
    ('{"user": "ada", "password": "two words"}', "two words", "password"),
    (r"{\"password\": \"es\caped\"}", "caped", "password"),
    ('{"password": "it\'s"}', "t's", "password"),
    (r'{"password": "with \" in it", "b": 1}', "in it", "password"),
    ("login password=hunter2;user=ada", "hunter2", "password"),
    ("db_password => s3cret", "s3cret", "password"),
    ("PGPASSWORD=opensesame psql", "opensesame", "password"),
    ("Authorization: Bearer abcdef.ghijkl-123", "abcdef.ghijkl-123", "bearer token"),
    ("authorization: Basic YWRhOnNlY3JldA==", "YWRhOnNlY3JldA", "bearer token"),
    ("postgres://ada:opensesame@db/shop", "opensesame", "password in an address"),
    ("x-api-key: 1234567890abcdef", "1234567890abcdef", "API key"),
    ("jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "eyJzdWIiOiIxMjM0", "signed token"),
    ("session-eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "eyJhbGciOiJI", "signed token"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----", "MIIEabc", "private key"),
    ("cut -----BEGIN PRIVATE KEY-----\nMIIEabc", "MIIEabc", "private key"),
    ("ghp_abcdefghijklmnopqrstuvwx", "ghp_abcdefghijklmnop", "access token"),
    ("https://b.s3.amazonaws.com/k?X-Amz-Signature=" + "a1" * 32, "a1a1a1", "signature"),
    ('client_secret: "abc123def"', "abc123def", "secret"),
]


@pytest.mark.parametrize(
    ("text", "secret", "kind"), SECRETS, ids=[kind + str(at) for at, (_, _, kind) in enumerate(SECRETS)]
)
def test_a_credential_is_masked_and_counted(text: str, secret: str, kind: str) -> None:
    found: Counter[str] = Counter()
    shown = mask(text, found)
    assert secret not in shown and MASK in shown
    assert found[kind] == 1, found


@pytest.mark.parametrize(
    "text",
    [
        "used 1200 tokens: 1000 in, 200 out",
        "password: null",
        "a passwordless login",
        "secretsmanager:GetSecretValue was called",
        "next token: none",
        '{"max_tokens": 12}',
        "https://example.com:8080/path@2",
        "tokenise(text)",
        "AKIA is how keys begin",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    found: Counter[str] = Counter()
    assert mask(text, found) == text
    assert not found


def test_a_column_with_a_credentials_name_is_masked_whole() -> None:
    found: Counter[str] = Counter()
    assert mask_cell("password", "bare", found) == MASK
    assert mask_cell("env.AWS_SECRET_ACCESS_KEY", "bare", found) == MASK
    assert mask_cell("tokens", "12", found) == "12"
    assert mask_cell("user", "ada", found) == "ada"
    assert told(found) == ["1 password", "1 secret access key"]


def test_two_of_a_kind_are_told_as_two() -> None:
    found: Counter[str] = Counter()
    mask("password=a1b2 password=c3d4", found)
    assert told(found) == ["2 passwords"]


@pytest.mark.parametrize(
    "unit",
    [
        "eyJ",
        "-eyJ",
        "eyJaaaaaaaa.",
        "-",
        "password",
        "://",
        "A_",
        'secret\\"',
        "-----BEGIN PRIVATE KEY-----",
        'token="',
        "Bearer ",
        "a:b@",
    ],
)
def test_hostile_text_of_the_longest_message_is_looked_through(unit: str) -> None:
    """A pattern that doubled its work with each character would reach the suite's own time limit here."""
    text = (unit * 300_000)[:262_144]
    assert len(mask(text, Counter())) <= len(text) + 300_000
