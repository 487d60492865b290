"""Teaches PySpark the addresses of S3, in the driver of a run: without it there is no file system for them."""

import sys
from importlib import import_module

if not any("pyspark.daemon" in part or "pyspark.worker" in part for part in sys.orig_argv):
    import_module("awsglue.readwrite").install()
