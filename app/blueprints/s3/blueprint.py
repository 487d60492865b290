"""The S3 blueprint, alone in its module so that every view can register on it."""

from flask import Blueprint

bp = Blueprint("s3", __name__, url_prefix="/s3")
