using System.Threading.Channels;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Entities;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// Writes what a running stage tells into the instance's journal in Elsa, where the designer shows it. Written in the background: a slow database never holds a stage up, and an entry that
/// cannot be written is logged and left out; the run's own journal in the home has it in any case.
/// </summary>
internal sealed class StageJournal(IServiceScopeFactory scopes, ILogger<StageJournal> logger) : BackgroundService
{
    private readonly Channel<Func<IServiceProvider, Task>> work = Channel.CreateBounded<Func<IServiceProvider, Task>>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Add(StageJobRequest request, long number, DateTimeOffset time, string eventName, string message, Dictionary<string, object> payload) => work.Writer.TryWrite(async services =>
    {
        await services.GetRequiredService<IWorkflowExecutionLogStore>().AddAsync(new()
        {
            Id = services.GetRequiredService<IIdentityGenerator>().GenerateId(),
            WorkflowDefinitionId = request.DefinitionId,
            WorkflowDefinitionVersionId = request.Journal.DefinitionVersionId,
            WorkflowInstanceId = request.InstanceId,
            WorkflowVersion = request.Journal.Version,
            ActivityInstanceId = request.ActivityInstanceId,
            ActivityId = request.ActivityId,
            ActivityType = request.StageType,
            ActivityTypeVersion = 1,
            ActivityName = request.Stage,
            ParentActivityInstanceId = request.Journal.ParentActivityInstanceId,
            ActivityNodeId = request.Journal.NodeId,
            Timestamp = time,
            Sequence = number,
            EventName = eventName,
            Message = message,
            Payload = payload,
        }).ConfigureAwait(false);
    });

    public void Progress(string jobId, long token, string text, StageJobStore jobs) =>
        work.Writer.TryWrite(_ => jobs.ReportAsync(jobId, token, text, CancellationToken.None));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var item in work.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await item(scope.ServiceProvider).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                logger.JournalEntryLost(e);
            }
        }
    }
}
