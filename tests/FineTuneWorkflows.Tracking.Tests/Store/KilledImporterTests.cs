using System.Globalization;
using System.Text;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Store;

public sealed class KilledImporterTests
{
    private const int Lines = 4000;

    [Fact]
    public void An_importer_killed_again_and_again_loses_no_line_and_doubles_none()
    {
        using var folder = new TemporaryFolder();
        var (journal, database) = (folder.File("journal"), folder.File("state.db"));
        var text = new StringBuilder();
        for (var i = 0; i < Lines; i++) text.Append(CultureInfo.InvariantCulture, $"{i}\n");
        File.WriteAllText(journal, text.ToString());

        for (var kill = 1; kill <= 8; kill++)
        {
            using var child = ChildProcess.Start("import", journal, database);
            // The child says how many lines it has stored so far; it is killed in the midst of what follows.
            for (var line = child.StandardOutput.ReadLine(); line is not null && int.Parse(line, CultureInfo.InvariantCulture) < kill * Lines / 10;)
                line = child.StandardOutput.ReadLine();
            child.Kill();
            child.WaitForExit();
        }

        using var store = TrackingStore.Open(database);
        Import(store, journal, _ => { });
        var steps = new RunIndex(store).History("r", "line").Select(point => point.Step);
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (long)i), steps);
        Assert.Equal(new FileInfo(journal).Length, store.PositionOf("journal"));
    }

    internal static void ImportForEver(string journal, string database)
    {
        using var store = TrackingStore.Open(database);
        Import(store, journal, Console.WriteLine);
    }

    private static void Import(TrackingStore store, string journal, Action<int> stored)
    {
        var bytes = File.ReadAllBytes(journal);
        for (var from = store.PositionOf("journal"); from < bytes.Length; from = store.PositionOf("journal"))
        {
            var events = new List<TrackingEvent>();
            var to = (int)from;
            while (events.Count < 7 && to < bytes.Length)
            {
                var end = Array.IndexOf(bytes, (byte)'\n', to);
                var step = int.Parse(Encoding.ASCII.GetString(bytes, to, end - to), CultureInfo.InvariantCulture);
                if (step == 0) events.Add(Make.Start("r"));
                events.Add(Make.Metrics("r", ("line", step, step)));
                to = end + 1;
                stored(step);
            }

            Assert.True(store.Append(events, new JournalPosition("journal", from, to)));
        }
    }
}
