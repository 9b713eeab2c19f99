using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.CommitStates;
using FineTuneWorkflows.Server.Activities;

namespace FineTuneWorkflows.Server.Runtime;

/// <summary>
/// An instance is saved before each activity, so that after a crash no activity with an effect outside is done twice. A stage may be asked twice, and what only
/// holds stages may, too: before those the instance is saved only where something else was done since it was last saved. A burst of stages that are up to date is saved as it begins and as it ends.
/// </summary>
internal sealed class StageCommitStrategy : IActivityCommitStrategy
{
    private static readonly object Unsaved = new();

    public CommitAction ShouldCommit(ActivityCommitStateStrategyContext context)
    {
        var activity = context.ActivityExecutionContext.Activity;
        var marks = context.ActivityExecutionContext.WorkflowExecutionContext.TransientProperties;
        // Containers only order what is in them.
        if (activity is StageActivity or Container)
        {
            if (context.LifetimeEvent != ActivityLifetimeEvent.ActivityExecuting || !marks.Remove(Unsaved))
                return CommitAction.Skip;
            return CommitAction.Commit;
        }

        if (context.LifetimeEvent == ActivityLifetimeEvent.ActivityExecuted && activity is not Workflow)
            marks[Unsaved] = true;
        else if (context.LifetimeEvent == ActivityLifetimeEvent.ActivityExecuting)
            marks.Remove(Unsaved);
        return CommitAction.Default;
    }
}
