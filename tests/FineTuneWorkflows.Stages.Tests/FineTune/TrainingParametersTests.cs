using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Pretrain;

namespace FineTuneWorkflows.Stages.Tests.FineTune;

/// <summary>What the training stages' parameters are by default, and that each reaches the training.</summary>
public sealed class TrainingParametersTests
{
    public static TheoryData<string, string> Options()
    {
        var data = new TheoryData<string, string>();
        foreach (var stage in (StageDescriptor[])[FineTune, Pretrain])
            foreach (var parameter in stage.Parameters.Where(p => typeof(TrainingOptions).GetProperty(p.Name) is not null))
                data.Add(stage.Type, parameter.Name);
        return data;
    }

    private static StageDescriptor FineTune { get; } = StageDescriptor.Of(typeof(FineTuneStage));

    private static StageDescriptor Pretrain { get; } = StageDescriptor.Of(typeof(PretrainStage));

    [Theory]
    [MemberData(nameof(Options))]
    public void A_parameter_that_the_training_has_too_reaches_it(string type, string name)
    {
        var descriptor = type == FineTune.Type ? FineTune : Pretrain;
        var (parameter, option) = (descriptor.Parameter(name)!, typeof(TrainingOptions).GetProperty(name)!);
        var other = Other(parameter);
        var values = new Dictionary<string, object?> { [name] = other };
        if (name == nameof(TrainingOptions.SchedulePower)) values[nameof(TrainingOptions.Schedule)] = ScheduleKind.Polynomial;
        var bound = (TrainingStage)StageBinding.Bind(descriptor, values, "a.json", "Train");
        Assert.Equal(other, option.GetValue(bound.Training));
        Assert.Equal(other, parameter.Get(bound));
        Assert.NotEqual(other, parameter.DefaultValue);
        Assert.Equal(parameter.DefaultValue, parameter.Get(descriptor.Create()));
    }

    [Fact]
    public void Every_option_of_a_training_is_a_parameter_of_FineTune() =>
        Assert.Empty(typeof(TrainingOptions).GetProperties().Select(p => p.Name).Except(FineTune.Parameters.Select(p => p.Name)));

    [Fact]
    public void Pretrain_chooses_by_the_loss_and_has_no_head_to_train() =>
        Assert.Equal(["BestMetric", "ClassWeights", "HeadLearningRate", "LayerDecay"], typeof(TrainingOptions).GetProperties().Select(p => p.Name).Except(Pretrain.Parameters.Select(p => p.Name)).Order());

    [Fact]
    public void The_defaults_are_those_that_the_documentation_states()
    {
        var stage = new FineTuneStage();
        Assert.Equal(("tiny", null, null, null, null, null), (stage.BaseModel, stage.Layers, stage.HiddenSize, stage.Heads, stage.IntermediateSize, stage.Dropout));
        Assert.Equal((3, 2e-5, 32, 0, 0), (stage.Training.Epochs, stage.Training.LearningRate, stage.Training.BatchSize, stage.Training.BatchTokens, stage.Training.MicroBatchSize));
        Assert.Equal((0.01, 0.1, null, ScheduleKind.Linear, 1.0, 1.0), (stage.Training.WeightDecay, stage.Training.WarmupRatio, stage.Training.WarmupSteps, stage.Training.Schedule, stage.Training.SchedulePower, stage.Training.GradientClip));
        Assert.Equal((0.0, 0.9, 0.999, 1e-8), (stage.Training.LabelSmoothing, stage.Training.Beta1, stage.Training.Beta2, stage.Training.Epsilon));
        Assert.Equal((0.15, 0.8, 0.1), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
        Assert.Equal((42L, 0, 0, 300, 2), (stage.Training.Seed, stage.Training.EarlyStoppingPatience, stage.Training.CheckpointEverySteps, stage.Training.CheckpointEverySeconds, stage.Training.KeepCheckpoints));
        Assert.Equal(("auto", 0, false, Precision.Float32, false), (stage.Device, stage.Training.Threads, stage.Training.GradientCheckpointing, stage.Training.Precision, stage.Training.Deterministic));
        Assert.Equal((FineTuneTask.Auto, null, null, 0, false), (stage.Task, stage.ClassifierDropout, stage.Pooling, stage.FreezeLayers, stage.FreezeEmbeddings));
        Assert.Equal((null, 16.0, 0.0, 0, true), (stage.LoraRank, stage.LoraAlpha, stage.LoraDropout, stage.LoraTargets.Count, stage.LoraMerge));
        Assert.Equal((ClassWeighting.None, 1.0, null, BestMetrics.Loss), (stage.Training.ClassWeights, stage.Training.LayerDecay, stage.Training.HeadLearningRate, stage.Training.BestMetric));
        Assert.Empty(stage.Check());
    }

    [Fact]
    public void Pretrain_has_the_defaults_of_pre_training()
    {
        var stage = new PretrainStage();
        Assert.Equal((5e-4, 64, 0.05, 0.0, 0), (stage.Training.LearningRate, stage.Training.BatchSize, stage.Training.WarmupRatio, stage.Dropout, stage.Training.EarlyStoppingPatience));
        Assert.Equal((0.15, 0.8, 0.1), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
        var own = new[] { "LearningRate", "BatchSize", "WarmupRatio", "Dropout" };
        foreach (var parameter in Pretrain.Parameters.Where(p => !own.Contains(p.Name)))
            Assert.True(Equals(FineTune.Parameter(parameter.Name)!.DefaultValue, parameter.DefaultValue), parameter.Name);
        Assert.Empty(stage.Check());
    }

    [Fact]
    public void Masks_have_the_same_defaults_as_in_the_library()
    {
        var (stage, options) = (new PretrainStage(), new MaskingOptions { MaskTokenId = 1, SpecialTokenIds = [] });
        Assert.Equal((options.Probability, options.MaskShare, options.RandomShare), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
    }

    [Fact]
    public void The_choices_of_BestMetric_are_all_metrics_that_there_are() => Assert.Equal(BestMetrics.All, FineTune.Parameter(nameof(TrainingOptions.BestMetric))!.AllowedValues);

    private static object Other(ParameterDescriptor parameter)
    {
        var value = parameter.DefaultValue;
        if (parameter.Kind.IsEnum)
            return Enum.GetValues(parameter.Kind.ClrType).Cast<object>().First(other => !other.Equals(value));
        if (parameter.AllowedValues.Count > 0)
            return parameter.AllowedValues.First(choice => !choice.Equals(value));
        return Type.GetTypeCode(parameter.Kind.ClrType) switch
        {
            TypeCode.Boolean => !(bool)value!,
            TypeCode.Int32 => (int)(value ?? 0) + 1,
            TypeCode.Int64 => (long)(value ?? 0L) + 1,
            TypeCode.Double => ((double)(value ?? 0.0) / 2) + 0.01,
            _ => throw new NotSupportedException($"{parameter.Name} is a {parameter.Type.Name}."),
        };
    }
}
