using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Architecture;

/// <summary>Inside a project the folders build on each other in one direction, so that each can be read, tested and changed without those above it.</summary>
public sealed partial class CycleTests
{
    // The circles that are still there, with what would open them. The list only gets shorter: a circle that is opened, or becomes smaller, is taken out here.
    private static readonly (string Project, string Folders, string Why)[] StillThere =
    [
        ("Cli", "Commands, Diagnostics, Hosting, Parsing, Rendering", "the host makes the commands, and they ask it for what they need"),
        ("Learning", "Checkpoints, Inference, Models, Training", "training scores with inference, which checks its input with training"),
        ("Server", "Activities, Definitions, Hosting, Jobs, Observability, Runs, Runtime, Schedules, Security, Webhooks", "Hosting holds the settings that all read, and puts all together"),
        ("Stages", "Estimates, FineTune, Prediction, Pretrain", "files beside a model are written by FineTune and read by Prediction, and merging does both"),
        ("Text", "Augmentation, Conversations, Datasets, Labelling, Tokenization", "examples of every kind are read and written in Datasets"),
        ("Tracking", "Export, Mlflow, Models, Outbox, Registry, Runs, Store", "the shared registry lies over MLflow, and its tables in the outbox's store"),
    ];

    public static TheoryData<string> Projects => ArchitectureTests.Projects;

    [Theory, MemberData(nameof(Projects))]
    public void The_folders_of_a_project_know_each_other_in_one_direction(string project)
    {
        var graph = Read(project);
        var listed = StillThere.Where(cycle => cycle.Project == project).Select(cycle => cycle.Folders).ToList();
        var found = graph.Cycles();

        Assert.True(
            found.SequenceEqual(listed),
            string.Join(
                Environment.NewLine,
                found.Except(listed).Select(cycle => $"{project}: a circle of {cycle}:{Environment.NewLine}{string.Join(Environment.NewLine, graph.Arrows(cycle.Split(", ")))}")
                    .Concat(listed.Except(found).Select(cycle => $"{project}: the circle of {cycle} is no longer there: take it out of the list"))
            )
        );
    }

    [Theory, MemberData(nameof(Projects))]
    public void The_namespace_of_a_file_begins_with_its_folder(string project) =>
        Assert.Empty(
            Files(project)
                .Select(file => (file.Path, Namespace: Namespace().Match(file.Text).Groups[1].Value))
                .Where(file => file.Namespace.Length > 0)
                .Where(file => !$"{file.Namespace}.".StartsWith(string.Join('.', [$"FineTuneWorkflows.{project}", .. file.Path.Split('/')[..^1].Take(1), ""]), StringComparison.Ordinal))
                .Select(file => $"{file.Path}: {file.Namespace}")
        );

    [Fact]
    public void A_circle_is_found_by_directives_and_by_names_with_their_namespace()
    {
        var graph = new FolderGraph(
            "App",
            [
                ("A/One.cs", "using App.B.Deep;\nnamespace App.A;\npublic sealed record One;"),
                ("B/Deep/Two.cs", "namespace App.B.Deep;\nclass Two { C.Three? Next; }"),
                ("C/Three.cs", "namespace App.C;\nclass Three { App.A.One? First; }"),
                ("D/Four.cs", "// using App.E;\nnamespace App.D;\nclass Four { int N(string E) => E.Length; App.A.One? First; }"),
                ("E/Five.cs", "using App.D;\nnamespace App.E;\nclass Five;"),
                ("Program.cs", "using App.A;\nusing App.E;"),
            ]
        );

        Assert.Equal(["A, B, C"], graph.Cycles());
        Assert.Equal(["A -> B: A/One.cs", "B -> C: B/Deep/Two.cs", "C -> A: C/Three.cs"], graph.Arrows(["A", "B", "C"]));
    }

    private static FolderGraph Read(string project) => new($"FineTuneWorkflows.{project}", Files(project));

    private static List<(string Path, string Text)> Files(string project)
    {
        var folder = $"src/FineTuneWorkflows.{project}";
        return
        [
            .. Checkout
                .Files(folder, "*.cs")
                .Concat(Checkout.Files(folder, "*.razor"))
                .Select(path => (Checkout.Relative(path)[(folder.Length + 1)..], File.ReadAllText(path))),
        ];
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
