using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

/// <summary>Reads a file to its end.</summary>
internal static class Reading
{
    public static (List<SourceRow> Rows, BadRowLog Bad, IReadOnlyList<string> Notes) Of(string path, ReadOptions? options = null)
    {
        var (bad, notes) = (new BadRowLog(), new ReadingNotes());
        var rows = ExampleReader.Read(path, options ?? new ReadOptions(), bad, notes, TestContext.Current.CancellationToken).ToList();
        return (rows, bad, notes.Texts);
    }

    public static TextDataException Fails(string path, ReadOptions? options = null) => Assert.ThrowsAny<TextDataException>(() => Of(path, options));
}
