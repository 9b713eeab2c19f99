using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Server.Hosting;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>Shows a running stage in the instance's journal and in the job's row: that it started, its notes, failed attempts, and every few seconds how far it is.</summary>
internal sealed class StageObserver(StageJobRequest request, long token, StageJobStore jobs, StageJournal journal, ServerOptions options) : IRunObserver
{
    private long number = request.JournalNumber + ((token - 1) * StageJobRequest.JournalNumbersPerAttempt);
    private DateTimeOffset nextProgress = DateTimeOffset.MinValue;
    private DateTimeOffset nextEntry = DateTimeOffset.MinValue;

    public void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case StageStarted e when e.StageId == request.Stage:
                journal.Add(request, number++, e.Time, "Stage started", e.Reason, new() { ["fingerprint"] = e.Fingerprint, ["attempt"] = token });
                nextEntry = e.Time + options.ProgressInterval;
                break;
            case StageNoted e when e.StageId == request.Stage:
                journal.Add(request, number++, e.Time, "Stage note", e.Message, []);
                break;
            case StageAttemptFailed e when e.StageId == request.Stage:
                journal.Add(request, number++, e.Time, "Stage attempt failed", e.Message, new() { ["attempt"] = e.Attempt, ["nextIn"] = e.Delay.ToString("c", CultureInfo.InvariantCulture) });
                break;
            case StageProgressed e when e.StageId == request.Stage && e.Time >= nextProgress:
                nextProgress = e.Time + TimeSpan.FromSeconds(1);
                var text = Text(e.Progress);
                journal.Progress(request.JobId, token, text, jobs);
                if (e.Time < nextEntry)
                    break;
                nextEntry = e.Time + options.ProgressInterval;
                journal.Add(request, number++, e.Time, "Stage progress", text, []);
                break;
        }
    }

    private static string Text(Pipelines.Contract.Progress progress) => string.Create(
        CultureInfo.InvariantCulture, $"{progress.Completed}{(progress.Total is { } total ? $" of {total}" : "")} {progress.Unit}{(progress.Detail is { } detail ? $", {detail}" : "")}");
}
