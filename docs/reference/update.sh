#!/usr/bin/env bash
# Writes the pages of this folder anew from what stages, commands and settings say of themselves; git shows what changed.
# The settings are written only where the server's packages (Elsa) can be restored.
set -euo pipefail
cd "$(dirname "$0")/../.."
export UPDATE_REFERENCE=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for tests in Cli Server; do
    project=tests/FineTuneWorkflows.$tests.Tests
    if [ $tests = Server ] && ! dotnet restore "$project" -v quiet >/dev/null 2>&1; then
        echo "settings.md was left as it is: no package source here has Elsa"
        continue
    fi
    dotnet build "$project" -c Release -v quiet
    dotnet test --project "$project" --no-build -c Release --no-progress --filter-class '*ReferencePagesTests'
done
