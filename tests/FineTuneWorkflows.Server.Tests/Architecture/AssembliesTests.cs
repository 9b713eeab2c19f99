using System.Reflection;
using FineTuneWorkflows.Conventions.Tests.Architecture;

namespace FineTuneWorkflows.Server.Tests.Architecture;

/// <summary>What Conventions.Tests checks of all other projects, for those that need Elsa's packages.</summary>
public sealed class AssembliesTests
{
    [Theory]
    [InlineData("Server", "finetune-server")]
    [InlineData("Studio", "FineTuneWorkflows.Studio")]
    public void The_code_of_the_server_and_the_designer_uses_only_assemblies_that_it_may(string project, string assembly)
    {
        var references = Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!).ToList();

        Assert.Contains(references, name => name.StartsWith("Elsa", StringComparison.Ordinal));
        Assert.Empty(Arrows.Violations(project, references));
    }
}
