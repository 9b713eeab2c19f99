using CsCheck;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training.Resuming;

/// <summary>A training with a combination of strategies, and how it is interrupted.</summary>
/// <param name="Kind">Family and task.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="Structure">Dropout, pooling, what is frozen, adapters.</param>
/// <param name="HasValidation">Whether there is validation data.</param>
/// <param name="Room">The most sequences that memory holds at once; 0 for all.</param>
/// <param name="Interruptions">How it ends before its time, one after the other.</param>
internal sealed record ResumeCase(
    ModelKind Kind, TrainingOptions Options, StructureOptions Structure, bool HasValidation, int Room, IReadOnlyList<(Interruption How, double When)> Interruptions)
{
    private static readonly Precision[] Precisions =
        PrecisionSupport.Problem(TorchDevice.Cpu, Precision.BFloat16) is null ? [Precision.Float32, Precision.BFloat16] : [Precision.Float32];

    public static Gen<ResumeCase> Any { get; } =
        from kind in Gen.Enum<ModelKind>()
        from shape in Gen.Select(Gen.Int[1, 3], Gen.Int[3, 16], Gen.OneOfConst(0, 30, 90), Gen.OneOfConst(0, 2, 3))
        from schedule in Gen.Select(Gen.Enum<ScheduleKind>(), Gen.OneOfConst(0.0, 0.3), Gen.OneOfConst<int?>(null, 0, 2), Gen.OneOfConst(1.0, 2.0), Gen.OneOfConst(5e-3, 1e-3))
        from adam in Gen.Select(Gen.OneOfConst(0.0, 0.1), Gen.OneOfConst(0.9, 0.5), Gen.OneOfConst(0.999, 0.9), Gen.OneOfConst(1e-8, 1e-3), Gen.OneOfConst(0.0, 0.5))
        from choice in Gen.Select(Gen.OneOfConst(0.0, 0.1), Gen.OneOfConst(0, 1), Gen.Int[0, 5], Gen.Enum<ClassWeighting>(), Gen.Bool)
        from saving in Gen.Select(Gen.OneOfConst(0, 1, 3), Gen.OneOfConst(1, 2), Gen.Long[1, 1000], Gen.OneOfConst(1, 1, 2))
        from rates in Gen.Select(Gen.OneOfConst(1.0, 0.8), Gen.OneOfConst<double?>(null, 1e-2), Gen.Bool, Gen.OneOfConst(Precisions))
        from drop in Gen.Select(Gen.OneOfConst<double?>(null, 0.0, 0.3), Gen.OneOfConst<double?>(null, 0.4), Gen.OneOfConst<SequencePooling?>(null, SequencePooling.Mean))
        from trained in Gen.Select(Gen.Int[0, 4], Gen.OneOfConst(0, 0, 2, 5))
        from ends in Gen.Select(Gen.Enum<Interruption>(), Gen.Double[0, 1]).List[1, 3]
        let hasValidation = choice.Item5
        select new ResumeCase(
            kind,
            new TrainingOptions
            {
                Epochs = shape.Item1,
                BatchSize = shape.Item2,
                BatchTokens = shape.Item3,
                MicroBatchSize = Math.Min(shape.Item4, shape.Item2),
                Schedule = schedule.Item1,
                WarmupRatio = schedule.Item2,
                WarmupSteps = schedule.Item3,
                SchedulePower = schedule.Item1 == ScheduleKind.Polynomial ? schedule.Item4 : 1,
                LearningRate = schedule.Item5,
                WeightDecay = adam.Item1,
                Beta1 = adam.Item2,
                Beta2 = adam.Item3,
                Epsilon = adam.Item4,
                GradientClip = adam.Item5,
                LabelSmoothing = kind == ModelKind.BertMultiLabel ? 0 : choice.Item1,
                EarlyStoppingPatience = hasValidation ? choice.Item2 : 0,
                BestMetric = hasValidation ? kind.Metrics()[choice.Item3 % kind.Metrics().Count] : BestMetrics.Loss,
                ClassWeights = kind.HasOneClass() ? choice.Item4 : ClassWeighting.None,
                LayerDecay = rates.Item1,
                HeadLearningRate = rates.Item2,
                GradientCheckpointing = rates.Item3,
                Precision = rates.Item4,
                CheckpointEverySteps = saving.Item1,
                CheckpointEverySeconds = 0,
                KeepCheckpoints = saving.Item2,
                Seed = saving.Item3,
                Threads = saving.Item4,
            },
            new StructureOptions
            {
                Dropout = drop.Item1,
                ClassifierDropout = kind is ModelKind.BertClasses or ModelKind.BertMultiLabel or ModelKind.BertTokens ? drop.Item2 : null,
                Pooling = kind is ModelKind.BertClasses or ModelKind.BertMultiLabel ? drop.Item3 : null,
                MultiLabel = kind == ModelKind.BertMultiLabel,
                FreezeLayers = trained.Item1 is 1 or 2 ? 1 : 0,
                FreezeEmbeddings = trained.Item1 == 2,
                Lora = trained.Item1 == 3 ? new LoraOptions { Rank = 2, Dropout = 0.1 } : null,
            },
            hasValidation, trained.Item2, ends);
}
