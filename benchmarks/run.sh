#!/usr/bin/env bash
# Builds and runs the benchmarks: benchmarks/run.sh [NAME] [--json]; others are kill, tracking-kill, gpu and fuzz [TARGET...] [--minutes M]
# The table (or with --json one JSON array and nothing else) goes to standard output, the rest to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# The native launchers must find the runtime that built them, wherever it is installed.
export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
# The published programs are measured: they are compiled ahead of time.
for project in benchmarks/FineTuneWorkflows.Benchmarks src/FineTuneWorkflows.Cli; do
  dotnet publish -c Release -p:PublishReadyToRun=true -v quiet -o "$project/bin/publish" "$project" >&2
done
exec benchmarks/FineTuneWorkflows.Benchmarks/bin/publish/FineTuneWorkflows.Benchmarks "$@"
