using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Why a stage failed, with what to type where one of its parameters would mend it.</summary>
internal static class ParameterAdvice
{
    private const string Beginning = "parameter ";

    /// <summary><c>data.csv:1: there is no column 'text'; the columns are: review, stars; set -p Fetch.TextColumn=...</c></summary>
    public static string Reason(Exception exception, ConfiguredStage stage)
    {
        var text = FailureText.Of(exception);
        if (exception is not StageException e || text.Contains("-p ", StringComparison.Ordinal) || (e.Parameter ?? Named(text)) is not { } name || stage.Descriptor.Parameter(name) is not { } parameter)
            return text;
        return $"{text.TrimEnd('.')}; set -p {stage.Name}.{parameter.Name}={e.Value ?? (parameter.Secret ? "${env:NAME}" : "...")}";
    }

    private static string? Named(string text) =>
        text.StartsWith(Beginning, StringComparison.Ordinal) && text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? text[Beginning.Length..colon] : null;
}
