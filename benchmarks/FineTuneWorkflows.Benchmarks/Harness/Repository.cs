namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>Where things lie in the checkout that this program was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Workflow => Path.Combine(Root, "workflows", "sentiment.json");

    public static string Sentences => Path.Combine(Root, "data", "sentiment", "sentences.jsonl");

    public static string Synonyms => Path.Combine(Root, "data", "wordnet", "synonyms.tsv.gz");

    public static string Vocabulary => Path.Combine(Root, "data", "bert-base-uncased", "vocab.txt");

    public static string BaseModel => Path.Combine(Root, "data", "models", "english-2x192");

    public static string FineTune => Program("src", "FineTuneWorkflows.Cli", "finetune");

    public static string PublishedFineTune => Existing(Path.Combine(Root, "src", "FineTuneWorkflows.Cli", "bin", "publish", Executable("finetune")), "run benchmarks/run.sh");

    public static string HelloWorld => Program("benchmarks", "HelloWorld", "HelloWorld");

    private static string Program(string room, string project, string name) =>
        Existing(Path.Combine(Root, room, project, "bin", "Release", "net10.0", Executable(name)), $"build it with: dotnet build -c Release {room}/{project}");

    private static string Existing(string path, string advice) => File.Exists(path) ? path : throw new BenchmarkException($"{path} is missing; {advice}");

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FineTuneWorkflows.sln")))
                return folder.FullName;
        throw new BenchmarkException($"no checkout above {AppContext.BaseDirectory}: no folder there holds FineTuneWorkflows.sln");
    }
}
