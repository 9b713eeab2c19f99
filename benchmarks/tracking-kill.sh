#!/usr/bin/env bash
# Kills a process that logs metrics, records and delivers them COUNT times (50), resumes it each time, and compares the server with the journals: benchmarks/tracking-kill.sh [COUNT] [--seed N]
# The server is the one that MLFLOW_TRACKING_URI names, else a local listener.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# The native launchers must find the runtime that built them, wherever it is installed.
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
dotnet build -c Release -v quiet benchmarks/FineTuneWorkflows.Benchmarks >&2
exec benchmarks/FineTuneWorkflows.Benchmarks/bin/Release/net10.0/FineTuneWorkflows.Benchmarks tracking-kill "$@"
