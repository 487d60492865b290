"""Mapping templates: the part of the Velocity Template Language that API Gateway's users write.

A library (airspeed) was looked at: it calls any method of Python's own objects, holds 0 and "" for false, and writes
`True` and `None`, so that most of it would have to be replaced. What is not understood here is refused when a template
is saved.
"""
