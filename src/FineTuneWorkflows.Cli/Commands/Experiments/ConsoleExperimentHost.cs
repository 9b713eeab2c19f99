using System.Globalization;
using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Experiments;

namespace FineTuneWorkflows.Cli.Commands.Experiments;

/// <summary>Runs the parts of an experiment here and shows how they go on.</summary>
internal sealed class ConsoleExperimentHost(OpenHome open, CommandContext context, string metric = "") : IExperimentHost
{
    private bool ranked;

    public void Begins(string part)
    {
        if (ranked)
            context.Out.WriteLine();
        context.Ink.WriteText(context.Out, part);
    }

    public async Task<RunResult> RunAsync(Pipeline pipeline, string name, string parentRunId)
    {
        RunResult result;
        await using (var hosted = RunObservers.Of(context, open.Services))
        await using (var console = ConsoleObserver.Create(pipeline, context, asJson: false))
            result = await open.Engine.Runner.RunAsync(pipeline, new() { Labels = new() { Name = name }, Parent = parentRunId, BeforeFirst = Preflight.Of(pipeline) }, [console, .. hosted.All], context.CancellationToken).ConfigureAwait(false);
        RunReport.WriteFailures(result, context);
        return result;
    }

    public void Ranked(IReadOnlyList<Candidate> ranking)
    {
        var values = ranking[0].Values.Count;
        var table = new TextTable(["", .. ranking[0].Values.Select(v => v.Key), metric, "std. dev.", "trials"]);
        table.AlignRight([.. Enumerable.Range(values + 1, 3)]).Cut([.. Enumerable.Range(1, values)]).LeaveOut(values + 3, values + 2);
        for (var i = 0; i < ranking.Count; i++)
            table.Add([(i + 1).ToString(CultureInfo.InvariantCulture), .. ranking[i].Values.Select(v => (TextTable.Cell)v.Value), Words.Number(ranking[i].Mean),
                double.IsNaN(ranking[i].Deviation) ? "" : Words.Number(ranking[i].Deviation), ranking[i].Scores.Count.ToString(CultureInfo.InvariantCulture)]);
        context.Out.WriteLine();
        table.Write(context.Out, context.Ink);
        ranked = true;
    }
}
