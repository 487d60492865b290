"""The root certificates of RDS: real, of every region, and not about to end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from app.sql import tls

BUNDLE = Path(__file__).parents[2] / "app" / "sql" / "rds-global-bundle.pem"
CERTIFICATES = x509.load_pem_x509_certificates(BUNDLE.read_bytes())


def name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


@pytest.mark.parametrize("certificate", CERTIFICATES, ids=name)
def test_each_is_a_root_of_rds_that_signed_itself(certificate: x509.Certificate) -> None:
    certificate.verify_directly_issued_by(certificate)
    assert name(certificate).startswith("Amazon RDS ")
    assert certificate.not_valid_after_utc - datetime.now(UTC) > timedelta(days=90), "fetch AWS's newer bundle"


@pytest.mark.parametrize(
    "region", ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1", "af-south-1"]
)
@pytest.mark.parametrize("kind", ["RSA2048", "RSA4096", "ECC384"])
def test_every_kind_is_there_for_the_region(region: str, kind: str) -> None:
    assert f"Amazon RDS {region} Root CA {kind} G1" in {name(certificate) for certificate in CERTIFICATES}


@pytest.mark.parametrize(
    ("ca_file", "strict"), [("", True), (str(BUNDLE), True), ("/etc/mysql/ca.pem", False)], ids=["system", "rds", "own"]
)
def test_only_somebodys_own_certificates_are_taken_without_all_extensions(ca_file: str, strict: bool) -> None:
    assert tls.is_own(ca_file) is not strict
    assert Path(tls.RDS) == BUNDLE


def test_the_roots_of_rds_pass_the_strict_check() -> None:
    """What VERIFY_X509_STRICT asks of a root: a critical basicConstraints and keyUsage, and a key identifier."""
    for certificate in CERTIFICATES:
        extensions = certificate.extensions
        assert extensions.get_extension_for_class(x509.BasicConstraints).critical
        assert extensions.get_extension_for_class(x509.KeyUsage).critical
        assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
