namespace FineTuneWorkflows.Server.Activities;

/// <summary>What a stage's bookmark carries: its job, so that a crash between saving the instance and queueing the job loses nothing.</summary>
/// <param name="Job">The <see cref="Jobs.StageJobRequest"/> as JSON.</param>
public sealed record StageStimulus(string Job);
