"""The WSGI entry point: gunicorn and Elastic Beanstalk load `application` from here."""

from app import create_app

application = create_app()
