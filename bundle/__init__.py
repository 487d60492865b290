"""Builds the bundle for Elastic Beanstalk: a developer's tool, no part of what runs (`make bundle`)."""
