using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Stages.Estimates;

/// <summary>What is known of a pipeline's trainings before anything runs.</summary>
/// <param name="Problems">What would make one fail in any case.</param>
/// <param name="Notes">What would make one fail with some data.</param>
public sealed record PreflightReport(IReadOnlyList<DefinitionProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>Throws where there are problems.</summary>
    /// <exception cref="DefinitionException">All problems.</exception>
    public void Refuse()
    {
        if (Problems.Count > 0)
            throw new DefinitionException(Problems);
    }
}
