#!/usr/bin/env bash
# 200 instances of a short pipeline at once, on SQLite and, where it is installed, on PostgreSQL: instances per second, memory, slowest answer of the API;
# then as many runs of ten stages that are all up to date: stages per second (at least 30 on SQLite and 60 on PostgreSQL are wanted).
# Another number of instances: FINETUNE_LOAD_INSTANCES=50 benchmarks/server-load.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export FINETUNE_LOAD_INSTANCES="${FINETUNE_LOAD_INSTANCES:-200}"
dotnet build -c Release tests/FineTuneWorkflows.Server.Tests -v quiet
dotnet run -c Release --no-build --project tests/FineTuneWorkflows.Server.Tests -- -noLogo -noColor -showLiveOutput -class '*.LoadTests'
