"""Python's MLflow client logging as the benchmark does: ADDRESS STEPS sync|async. Prints one line of JSON: milliseconds that a call took, and metrics a second until all was delivered."""

import json
import math
import os
import sys
import time

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
import mlflow

KEYS = [
    "train/loss", "train/learning_rate", "train/gradient_norm", "train/tokens_per_second", "train/padding_share",
    "validation/loss", "validation/accuracy", "validation/f1", "system/cpu_utilization_percentage", "system/system_memory_usage_megabytes",
]

address, steps, synchronous = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "sync"
mlflow.set_tracking_uri(address)
mlflow.start_run(run_name="rival")
calls = []
begin = time.perf_counter()
for step in range(steps):
    values = {key: math.sin(step) + i for i, key in enumerate(KEYS)}
    before = time.perf_counter()
    mlflow.log_metrics(values, step=step, synchronous=synchronous)
    calls.append((time.perf_counter() - before) * 1000)
if not synchronous:
    mlflow.flush_async_logging()
seconds = time.perf_counter() - begin
mlflow.end_run()
calls.sort()
print(json.dumps({
    "mean": sum(calls) / steps, "p99": calls[math.ceil(steps * 0.99) - 1], "max": calls[-1], "rate": steps * len(KEYS) / seconds,
}))
