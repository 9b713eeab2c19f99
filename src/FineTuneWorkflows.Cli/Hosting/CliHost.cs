using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>
/// What the command line is put together from. Everything is made when a command first asks for it: a run with nothing to do loads no more than it needs.
/// </summary>
/// <param name="Catalog">The stages on offer.</param>
/// <param name="Services">The services that stages and the rest of the host ask for, over a home. Disposed with the command.</param>
public sealed record CliHost(Func<StageCatalog> Catalog, Func<Home, StageServices> Services)
{
    /// <summary>Who else is told what happens in a run, such as the tracking outbox. Each is disposed with the run where it is disposable. Default: nobody.</summary>
    public Func<StageServices, IReadOnlyList<IRunObserver>> Observers { get; init; } = _ => [];

    /// <summary>Digests of artifacts that <c>clean</c> keeps in any case, such as registered models. Default: none.</summary>
    public Func<StageServices, IReadOnlySet<string>> Pinned { get; init; } = _ => new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Opens a fine-tuned model for <c>predict</c>; null where this build has none. Default: null.</summary>
    public OpenTextPredictor? Predictor { get; init; }

    /// <summary>The folder of a registered model; null where this build has no registry. Default: null.</summary>
    public Func<string, StageServices, string>? Locate { get; init; }

    /// <summary>What a registered model, by name and digest, became on the tracking server; null where it is not known there. Null where no server is set. Default: null.</summary>
    public Func<StageServices, string, string, string?>? Shared { get; init; }

    /// <summary>Delivers the history of runs to a tracking server: whether all was delivered, and what to say. Null where this build has no tracking. Default: null.</summary>
    public Func<StageServices, SyncRequest, CancellationToken, Task<(bool Delivered, string Message)>>? Sync { get; init; }

    /// <summary>Writes the history of runs to a folder and says what was written. Null where this build has no tracking. Default: null.</summary>
    public Func<StageServices, string, CancellationToken, string>? Export { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
