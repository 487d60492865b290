"""The views of S3, each registered on the blueprint when it is imported."""
