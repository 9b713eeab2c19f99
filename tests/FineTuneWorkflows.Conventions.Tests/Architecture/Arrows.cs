namespace FineTuneWorkflows.Conventions.Tests.Architecture;

/// <summary>What each project of <c>src</c> may know. An arrow that is not here is a decision about the design: it is added here, with its reason, in the commit that adds it.</summary>
internal static class Arrows
{
    private const string Prefix = "FineTuneWorkflows.";

    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Foundation"] = [],
        ["Pipelines"] = ["Foundation"],
        ["Tracking"] = ["Foundation"],
        ["Text"] = ["Foundation"],
        ["Learning"] = ["Foundation"],
        ["Stages"] = ["Pipelines", "Learning", "Text", "Tracking", "Foundation"],
        ["Cli"] = ["Stages", "Pipelines", "Learning", "Text", "Tracking", "Foundation"],
        ["Studio"] = [],
        ["Server"] = ["Studio", "Stages", "Pipelines", "Learning", "Text", "Tracking", "Foundation"],
    };

    // Packages and assemblies that begin so, and the only projects that may know them.
    private static readonly (string Begins, string[] Projects)[] Owned =
    [
        ("TorchSharp", ["Learning"]),
        ("libtorch", ["Learning"]),
        ("Microsoft.ML.OnnxRuntime", []),
        ("Elsa", ["Server", "Studio"]),
        ("Quartz", ["Server"]),
        ("System.CommandLine", ["Cli"]),
        ("Spectre.Console", ["Cli"]),
        ("Microsoft.Data.Sqlite", ["Tracking", "Server"]),
    ];

    /// <summary>The projects that have a line here.</summary>
    public static IEnumerable<string> Known => Projects.Keys;

    /// <summary>What a project knows and may not, in words.</summary>
    /// <param name="project">Its name without <c>FineTuneWorkflows.</c></param>
    /// <param name="references">Names of projects, packages or assemblies that it refers to.</param>
    public static IEnumerable<string> Violations(string project, IEnumerable<string> references)
    {
        if (!Projects.TryGetValue(project, out var allowed))
            return [$"{project} is a new project: say in Arrows.cs what it may know"];
        return references.Select(reference =>
                reference.StartsWith(Prefix, StringComparison.Ordinal)
                    ? allowed.Contains(reference[Prefix.Length..]) ? null : $"{project} -> {reference[Prefix.Length..]}: it may know {(allowed.Length == 0 ? "no other project" : string.Join(", ", allowed))}"
                : Owned.FirstOrDefault(o => reference.StartsWith(o.Begins, StringComparison.Ordinal)) is { Projects: { } owners } && !owners.Contains(project)
                    ? $"{project} -> {reference}: {(owners.Length == 0 ? "no project of src may know it" : $"only {string.Join(" and ", owners)} may know it")}"
                : null)
            .OfType<string>();
    }
}
