"""Private database servers: MariaDB from the system, PostgreSQL from a wheel, on loopback, each with its own data."""
