"""Elastic Beanstalk as the command line and the dashboard's pages use it: no Flask, clients come first."""
