"""What requests and tables cost: on-demand and provisioned prices, so that pages can name them.

us-east-1, standard table class, US dollars, as AWS's price page had them on the day below.
https://aws.amazon.com/dynamodb/pricing/on-demand/ and /provisioned/
"""

AS_OF = "2025-10-01"
HOURS = 730  # of a month, as AWS counts them
READ_UNIT = 0.125 / 1_000_000  # dollars of one read request unit
WRITE_UNIT = 0.625 / 1_000_000
READ_HOUR = 0.00013  # dollars of one provisioned read capacity unit and hour
WRITE_HOUR = 0.00065
STORED = 0.25  # dollars a GB and month
FREE_GB = 25


def read(units: float) -> float:
    """Return the price of reading, on-demand."""
    return units * READ_UNIT


def write(units: float) -> float:
    """Return the price of writing, on-demand."""
    return units * WRITE_UNIT


def provisioned(read_units: int, write_units: int) -> float:
    """Return the price of a month of provisioned capacity."""
    return HOURS * (read_units * READ_HOUR + write_units * WRITE_HOUR)


def dollars(amount: float) -> str:
    """Return an amount with as many digits as it needs: $14.24, $0.0031, less than $0.000001."""
    if amount == 0:
        return "$0"
    if amount < 0.000001:
        return "less than $0.000001"
    if amount >= 0.1:
        return f"${amount:,.2f}"
    digits = next(count for count in range(2, 9) if amount * 10**count >= 10) if amount < 0.1 else 2
    return f"${amount:.{digits}f}"
