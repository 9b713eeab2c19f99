#!/usr/bin/env bash
# kill -9 of the server in each of the six stages of the shipped workflow, and a start again after each; the instance must finish by itself with the same model as an uninterrupted run.
# Other stages: FINETUNE_KILL_STAGES="Fetch FineTune" benchmarks/server-kill.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export FINETUNE_KILL_STAGES="${FINETUNE_KILL_STAGES:-Fetch Augment Tokenize FineTune Evaluate Register}"
dotnet build -c Release tests/FineTuneWorkflows.Server.Tests -v quiet
dotnet run -c Release --no-build --project tests/FineTuneWorkflows.Server.Tests -- -noLogo -noColor -showLiveOutput -class '*.KilledTrainingTests'
