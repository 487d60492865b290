"""S3 without Flask: client first, frozen dataclasses out."""
