using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>Those whom the host wants told of one run; they end with it.</summary>
internal sealed class RunObservers : IAsyncDisposable
{
    private RunObservers(IReadOnlyList<IRunObserver> all) => All = all;

    public IReadOnlyList<IRunObserver> All { get; }

    public static RunObservers Of(CommandContext context, StageServices services) => new(context.Host.Observers(services));

    public async ValueTask DisposeAsync()
    {
        foreach (var observer in All)
            if (observer is IAsyncDisposable later)
                await later.DisposeAsync().ConfigureAwait(false);
            else
                (observer as IDisposable)?.Dispose();
    }
}
