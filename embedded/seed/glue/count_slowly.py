"""Works for a while and says how far it is: a run to follow, and to stop."""

import sys
import time

from awsglue.utils import getResolvedOptions

steps = int(getResolvedOptions(sys.argv, ["STEPS"])["STEPS"])
for step in range(1, steps + 1):
    time.sleep(1)
    print(f"progress {step}/{steps} ({100 * step // steps} %)")
print("done")
