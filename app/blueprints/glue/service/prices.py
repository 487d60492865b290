"""What runs of Glue jobs cost: DPU hours, billed by the second.

https://aws.amazon.com/glue/pricing/: us-east-1, as of AS_OF; other regions differ.
"""

AS_OF = "May 2026"
REGION = "us-east-1"
DPU_HOUR = 0.44
FLEX_HOUR = 0.29
MEMORY_HOUR = 0.52  # memory-optimized workers, R.*
LEAST = 60  # seconds that a run is charged for at least
WORKERS = {
    "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "G.12X": 12.0, "G.16X": 16.0,
    "R.1X": 1.0, "R.2X": 2.0, "R.4X": 4.0, "R.8X": 8.0, "G.025X": 0.25, "Standard": 1.0, "Z.2X": 2.0,
}  # fmt: skip
SHELL = (0.0625, 1.0)


def rate(worker: str = "", flexible: bool = False) -> float:
    """Return US dollars for a DPU hour."""
    if worker.startswith("R."):
        return MEMORY_HOUR
    return FLEX_HOUR if flexible else DPU_HOUR


def per_minute(units: float, worker: str = "", flexible: bool = False) -> float:
    """Return US dollars for a minute of a run with so many DPUs."""
    return units * rate(worker, flexible) / 60


def cost(unit_seconds: float, seconds: float, units: float, worker: str = "", flexible: bool = False) -> float:
    """Return US dollars for a run of so many DPU seconds; one shorter than a minute is charged for a minute."""
    if seconds <= 0 and unit_seconds <= 0:
        return 0.0
    charged = unit_seconds if seconds >= LEAST else max(unit_seconds, LEAST * units)
    return charged / 3600 * rate(worker, flexible)


def money(amount: float) -> str:
    """Return US dollars with as many digits as tell something: $1.32, $0.0005."""
    if amount == 0:
        return "$0"
    if amount < 0.00005:
        return "under $0.0001"
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"
