namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>One thing wrong with a definition or the properties given for it, found before anything runs.</summary>
/// <param name="File">The definition's file.</param>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Stage">The stage it concerns, or null.</param>
/// <param name="Parameter">The parameter it concerns, or null.</param>
public sealed record DefinitionProblem(string File, string Message, string? Stage = null, string? Parameter = null)
{
    /// <summary>One line: <c>workflows/a.json: stage Tokenize: parameter MaxLength: must lie in 8..512, got 4</c>.</summary>
    public override string ToString() =>
        $"{File}: {(Stage is null ? "" : $"stage {Stage}: ")}{(Parameter is null ? "" : $"parameter {Parameter}: ")}{Message}";
}
