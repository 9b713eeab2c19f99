namespace FineTuneWorkflows.Server.Tests.RealStages;

/// <summary>The tests that share one <see cref="RealServer"/>.</summary>
[CollectionDefinition(Name)]
public sealed class RealServerCollection : ICollectionFixture<RealServer>
{
    /// <summary>Its name.</summary>
    public const string Name = "real server";
}
