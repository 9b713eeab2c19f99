namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A definition, or a property given for it, is wrong. Nothing has run.</summary>
public sealed class DefinitionException : Exception
{
    /// <summary>Makes one of all the problems found.</summary>
    public DefinitionException(IReadOnlyList<DefinitionProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Makes one of a single problem.</summary>
    public DefinitionException(string file, string message)
        : this([new DefinitionProblem(file, message)])
    {
    }

    /// <summary>All that was found, not just the first.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; }
}
