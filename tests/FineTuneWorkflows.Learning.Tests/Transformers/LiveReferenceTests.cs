using FineTuneWorkflows.Tests.Python;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>What the transformers and PEFT at hand write, with other random numbers than those in Fixtures.</summary>
public sealed class LiveReferenceTests(LiveReference live) : ReferenceComparison, IClassFixture<LiveReference>
{
    private protected override string Root(string name)
    {
        ReferencePython.Require("torch", "transformers", "peft", "safetensors");
        live.Version.SkipWhatItDoesOtherwise(name);
        return live.Root;
    }

    [Fact]
    public void The_cases_are_those_of_the_fixtures()
    {
        string root = Root("");
        Assert.Equal(ReferenceFiles.Models, Names("models"));
        Assert.Equal(ReferenceFiles.Adapters, Names("adapters"));

        IEnumerable<string> Names(string kind) =>
            Directory.GetDirectories(Path.Combine(root, kind)).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);
    }
}
