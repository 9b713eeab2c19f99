using System.CommandLine;
using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Learning.Training.Memory;
using FineTuneWorkflows.Stages.Estimates;

namespace FineTuneWorkflows.Cli.Commands.Estimate;

/// <summary><c>finetune estimate</c></summary>
internal sealed class EstimateCommand : CliCommand
{
    private PipelineOptions? pipelineOptions;

    public override void Configure(Command command) => pipelineOptions = new(command, withTargets: true);

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var pipeline = pipelineOptions!.Read(parsed, context);
        context.Interruption.Listen();
        var trainings = PipelinePreflight.Of(pipeline);
        trainings.Refuse();
        foreach (var note in trainings.Notes)
            context.Ink.WriteText(context.Out, $"note: {note}");
        var estimates = await TrainingEstimator.OfAsync(pipeline, context.CancellationToken).ConfigureAwait(false);
        if (estimates.Count == 0)
            context.Out.WriteLine($"{pipeline.Definition.File}: no stage trains a model");
        foreach (var estimate in estimates)
            Write(estimate, context);
        return ExitCode.Done;
    }

    private static void Write(StageEstimate estimate, CommandContext context)
    {
        var (own, other) = (estimate.AsItIs, estimate.Otherwise);
        context.Ink.WriteText(context.Out, $"{estimate.Stage} ({estimate.Type}) on {estimate.Device}: {Number(own.ParameterCount)} parameters, {Number(own.TrainableCount)} of them trained");
        context.Ink.WriteText(context.Out, $"{Number(own.Batch.Places)} tokens at once, padding included, in texts of {Number(estimate.Longest)} tokens at most", "  ");
        foreach (var assumption in estimate.Assumptions)
            context.Ink.WriteText(context.Out, $"assumed: {assumption}", "  ");
        var table = new TextTable("", "as it is", estimate.Checkpointing ? "without checkpointing" : "with checkpointing").AlignRight(1, 2);
        foreach (var (name, part) in (ReadOnlySpan<(string, Func<MemoryEstimate, long>)>)
            [("weights", e => e.Weights), ("gradients", e => e.Gradients), ("moments", e => e.Moments), ("activations", e => e.Activations), ("temporaries", e => e.Temporaries), ("together at most", e => e.Peak)])
            table.Add(name, Words.Size(part(own)), Words.Size(part(other)));
        if (estimate.Available is { } available)
            table.Add(estimate.Device.IsCuda ? "the device has" : "the machine has", Words.Size(available));
        table.Write(context.Out, context.Ink, "  ");
        if (!estimate.Fits)
            context.Ink.WriteText(context.Out, $"warning: it does not fit into {estimate.Device}'s memory; {StageEstimate.Advice}", "  ");
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
