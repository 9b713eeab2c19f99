namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>The scripts and the models that transformers and PEFT saved; see README.md.</summary>
internal static class ReferenceFiles
{
    private static string Root => Path.Combine(AppContext.BaseDirectory, "Transformers");

    /// <summary>The folder of what is committed: <c>models</c> and <c>adapters</c>.</summary>
    public static string Committed => Path.Combine(Root, "Fixtures");

    /// <summary>The names of all models.</summary>
    public static IReadOnlyList<string> Models => Names("models");

    /// <summary>The names of all adapters.</summary>
    public static IReadOnlyList<string> Adapters => Names("adapters");

    /// <summary>A script.</summary>
    public static string Script(string name) => Path.Combine(Root, "Python", name);

    private static string[] Names(string kind) =>
        [.. Directory.GetDirectories(Path.Combine(Committed, kind)).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];
}
