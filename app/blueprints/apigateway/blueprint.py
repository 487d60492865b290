"""The API Gateway blueprint, alone in its module so that every view can register on it."""

from flask import Blueprint

bp = Blueprint("apigateway", __name__, url_prefix="/apigateway")
