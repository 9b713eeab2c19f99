namespace FineTuneWorkflows.Text.Tests;

/// <summary>Where the repository's <c>data</c> folder lies.</summary>
internal static class ShippedData
{
    public static string Folder { get; } = Find();

    public static string Sentences => Path.Combine(Folder, "sentiment", "sentences.jsonl");

    public static string Bert => Path.Combine(Folder, "bert-base-uncased");

    public static string Synonyms => Path.Combine(Folder, "wordnet", "synonyms.tsv.gz");

    public static string StopWords => Path.Combine(Folder, "stopwords", "en.txt");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "data");
            if (File.Exists(Path.Combine(data, "bert-base-uncased", "vocab.txt"))) return data;
        }
        throw new InvalidOperationException($"No data folder above {AppContext.BaseDirectory}.");
    }
}
