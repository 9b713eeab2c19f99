namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>What was written once and is kept in Fixtures.</summary>
public sealed class CommittedReferenceTests : ReferenceComparison
{
    private protected override string Root(string name) => ReferenceFiles.Committed;
}
