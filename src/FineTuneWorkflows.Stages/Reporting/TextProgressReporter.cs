using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text;

namespace FineTuneWorkflows.Stages.Reporting;

/// <summary>Shows the progress of Text's long operations as the stage's.</summary>
internal sealed class TextProgressReporter(StageContext context) : IProgress<TextProgress>
{
    public void Report(TextProgress value) => context.Report(new(value.Done, value.Total, value.Unit, value.Phase));
}
