using System.Globalization;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Journals;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace FineTuneWorkflows.Cli.Diagnostics;

/// <summary>Logs a run's events to standard error, for those who want to know more than the progress shows.</summary>
internal sealed class DiagnosticLog : IRunObserver, IAsyncDisposable
{
    private readonly Logger logger;

    private DiagnosticLog(Logger logger) => this.logger = logger;

    public static DiagnosticLog Start(Verbosity verbosity) => new(new LoggerConfiguration()
        .MinimumLevel.Is(verbosity == Verbosity.Diagnostic ? LogEventLevel.Verbose : LogEventLevel.Debug)
        .WriteTo.Console(
            outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
            formatProvider: CultureInfo.InvariantCulture,
            standardErrorFromLevel: LogEventLevel.Verbose)
        .CreateLogger());

    public void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted e:
                logger.Debug("Run {RunId} of {Pipeline} from {Definition}, engine {Engine}, properties {@Properties}", e.RunId, e.Pipeline, e.Definition, e.Engine, e.Properties);
                break;
            case RunResumed e:
                logger.Debug("Run {RunId} is resumed", e.RunId);
                break;
            case StageStarted e:
                logger.Debug("{Stage} ({Type}) starts because {Reason}; fingerprint {Fingerprint}; parameters {@Parameters}", e.StageId, e.Type, e.Reason, e.Fingerprint, e.Parameters);
                break;
            case StageNoted e:
                logger.Information("{Stage}: {Message}", e.StageId, e.Message);
                break;
            case StageTraced e:
                logger.Verbose("{Stage}: {Message}", e.StageId, e.Message);
                break;
            case StageAttemptFailed e:
                logger.Warning("{Stage}: attempt {Attempt} failed: {Message}; next in {Delay}", e.StageId, e.Attempt, e.Message, e.Delay);
                break;
            case MetricsLogged e:
                logger.Verbose("{Stage} at step {Step}: {@Metrics}", e.StageId, e.Step, e.Values);
                break;
            case DatasetUsed e:
                logger.Debug("{Stage} uses data set {Name} for {Context}: {Digest} from {Source}", e.StageId, e.Name, e.Context, e.Digest, e.Source);
                break;
            case StageFinished { Outcome: StageOutcome.Failed } e:
                logger.Error("{Stage} failed after {Seconds} s: {Reason}", e.StageId, e.Seconds, e.Reason);
                logger.Verbose("{Stage}: {Error}", e.StageId, e.Error);
                break;
            case StageFinished e:
                logger.Debug("{Stage} is {Outcome} after {Seconds} s: artifacts {@Artifacts}, metrics {@Metrics}, tags {@Tags}, made by run {MadeByRun}",
                    e.StageId, e.Outcome.Name(), e.Seconds, e.Artifacts, e.Metrics, e.Tags, e.MadeByRun);
                break;
            case ObserverFailed e:
                logger.Warning("{Observer} failed and is told no more: {Error}", e.Observer, e.Error);
                break;
            case RunFinished e:
                logger.Debug("Run {RunId} {Status}", e.RunId, e.Status.Name());
                break;
        }
    }

    public ValueTask DisposeAsync() => logger.DisposeAsync();
}
