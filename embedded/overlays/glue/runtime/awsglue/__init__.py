"""The part of AWS Glue's library that scripts use, for runs on the embedded AWS."""
