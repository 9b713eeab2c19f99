#!/usr/bin/env bash
# Kills `finetune run` COUNT times (20) at random moments of the pipeline and checks what the next runs make of it: benchmarks/kill.sh [COUNT] [--seed N]
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# The native launchers must find the runtime that built them, wherever it is installed.
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
dotnet build -c Release -v quiet benchmarks/FineTuneWorkflows.Benchmarks >&2
exec benchmarks/FineTuneWorkflows.Benchmarks/bin/Release/net10.0/FineTuneWorkflows.Benchmarks kill "$@"
