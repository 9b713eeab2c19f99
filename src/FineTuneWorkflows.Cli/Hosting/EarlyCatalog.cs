using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>
/// Reads the stages' descriptors on a second core while the first one reads the command line and the definition. A command with nothing to do spends its time on loading types: side by side it takes less.
/// </summary>
internal sealed class EarlyCatalog
{
    private readonly Task<StageCatalog> reading;

    private EarlyCatalog(Func<StageCatalog> catalog) => reading = Task.Factory.StartNew(
        () => Read(catalog), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static EarlyCatalog Start(Func<StageCatalog> catalog) => new(catalog);

    /// <summary>The stages, once they are read; throws what reading them threw.</summary>
    public StageCatalog Get() => reading.GetAwaiter().GetResult();

    private static StageCatalog Read(Func<StageCatalog> make)
    {
        // The definition is parsed next: the parser's tables are the slowest part of it to set up.
        using (JsonDocument.Parse("{\"a\":0}"u8.ToArray()))
        {
            var catalog = make();
            foreach (var stage in catalog.Stages)
                _ = stage.Parameters;
            return catalog;
        }
    }
}
