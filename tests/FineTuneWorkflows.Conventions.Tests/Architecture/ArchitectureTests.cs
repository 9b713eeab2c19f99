using System.Reflection;
using System.Xml.Linq;

namespace FineTuneWorkflows.Conventions.Tests.Architecture;

public sealed class ArchitectureTests
{
    public static TheoryData<string> Projects => [.. Checkout.Files("src", "*.csproj").Select(path => Path.GetFileNameWithoutExtension(path)["FineTuneWorkflows.".Length..])];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_what_it_may(string project) => Assert.Empty(Arrows.Violations(project, References(project)));

    /// <summary>A package comes along to whoever references its owner: the compiled assembly shows whether code makes use of that.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void The_code_of_a_project_uses_only_assemblies_that_it_may(string project)
    {
        // Server.Tests does the same for these two, which are not built where Elsa's packages are missing.
        if (project is "Server" or "Studio")
            return;
        var assembly = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{(project == "Cli" ? "finetune" : "FineTuneWorkflows." + project)}.dll"));

        Assert.Empty(Arrows.Violations(project, assembly.GetReferencedAssemblies().Select(a => a.Name!)));
    }

    /// <summary>The README's commands count files and the home from where they are typed; the Web SDK would start them in the project's folder.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void Dotnet_run_starts_a_web_project_where_it_is_typed(string project)
    {
        var file = XDocument.Load(Checkout.At($"src/FineTuneWorkflows.{project}/FineTuneWorkflows.{project}.csproj"));
        if (file.Root!.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web" && file.Descendants("OutputType").Any(type => type.Value == "Exe"))
            Assert.Equal("false", file.Descendants("EnableDefaultRunWorkingDirectory").SingleOrDefault()?.Value);
    }

    /// <summary>The test command restores before it builds, and says Release only then: what the build would want besides is missing on a machine that has no other packages.</summary>
    [Fact]
    public void What_is_restored_does_not_depend_on_the_configuration() =>
        Assert.Equal(
            ["TreatWarningsAsErrors"],
            Checkout.Files("", "*.*proj").Concat(Checkout.Files("", "*.props"))
                .SelectMany(path => XDocument.Load(path).Descendants())
                .Where(element => element.Attribute("Condition")?.Value.Contains("$(Configuration)", StringComparison.Ordinal) == true)
                .Select(element => element.Name.LocalName));

    [Fact]
    public void Every_project_that_has_a_line_exists() => Assert.Equal(Arrows.Known.Order(StringComparer.Ordinal), Projects.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Learning", "TorchSharp")]
    [InlineData("Learning", "libtorch-cpu-linux-x64")]
    [InlineData("Studio", "Elsa.Studio")]
    [InlineData("Server", "Elsa.Http")]
    public void Owners_of_a_package_reference_it(string project, string package) => Assert.Contains(package, References(project));

    [Theory]
    [InlineData("Tracking", "FineTuneWorkflows.Pipelines", "Tracking -> Pipelines: it may know Foundation")]
    [InlineData("Foundation", "FineTuneWorkflows.Text", "Foundation -> Text: it may know no other project")]
    [InlineData("Stages", "FineTuneWorkflows.Cli", "Stages -> Cli: it may know Pipelines, Learning, Text, Tracking, Foundation")]
    [InlineData("Stages", "TorchSharp", "Stages -> TorchSharp: only Learning may know it")]
    [InlineData("Cli", "Elsa.Workflows.Core", "Cli -> Elsa.Workflows.Core: only Server and Studio may know it")]
    [InlineData("Workers", "FineTuneWorkflows.Stages", "Workers is a new project: say in Arrows.cs what it may know")]
    public void An_arrow_that_is_added_is_refused(string project, string reference, string problem) => Assert.Equal([problem], Arrows.Violations(project, [reference]));

    private static IEnumerable<string> References(string project)
    {
        var file = XDocument.Load(Checkout.At($"src/FineTuneWorkflows.{project}/FineTuneWorkflows.{project}.csproj"));
        return file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))
            .Concat(file.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value));
    }
}
