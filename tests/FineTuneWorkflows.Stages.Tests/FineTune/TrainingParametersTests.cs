using System.ComponentModel.DataAnnotations;
using System.Reflection;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Pretrain;

namespace FineTuneWorkflows.Stages.Tests.FineTune;

/// <summary>What the training stages' parameters are by default, and that each reaches the training.</summary>
public sealed class TrainingParametersTests
{
    public static TheoryData<Type, string> SharedWithTheTraining()
    {
        var data = new TheoryData<Type, string>();
        foreach (var type in (Type[])[typeof(FineTuneStage), typeof(PretrainStage)])
        {
            foreach (var property in Parameters(type).Where(p => typeof(TrainingOptions).GetProperty(p.Name) is not null))
                data.Add(type, property.Name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(SharedWithTheTraining))]
    public void A_parameter_that_the_training_has_too_reaches_it(Type type, string name)
    {
        var stage = (TrainingStage)Activator.CreateInstance(type)!;
        var (parameter, option) = (type.GetProperty(name)!, typeof(TrainingOptions).GetProperty(name)!);
        Assert.Equal(Same(parameter.GetValue(stage)), Same(option.GetValue(stage.Options())));
        var other = Other(parameter, parameter.GetValue(stage));
        parameter.SetValue(stage, other);
        Assert.Equal(Same(other), Same(option.GetValue(stage.Options())));
    }

    [Fact]
    public void Every_option_of_a_training_is_a_parameter_of_FineTune() =>
        Assert.Empty(typeof(TrainingOptions).GetProperties().Select(p => p.Name).Except(Parameters(typeof(FineTuneStage)).Select(p => p.Name)));

    [Fact]
    public void FineTune_has_the_defaults_of_a_training()
    {
        var (stage, options) = (new FineTuneStage(), new TrainingOptions());
        foreach (var option in typeof(TrainingOptions).GetProperties())
            Assert.True(Equals(Same(option.GetValue(options)), Same(typeof(FineTuneStage).GetProperty(option.Name)!.GetValue(stage))), option.Name);
    }

    [Fact]
    public void The_defaults_are_those_that_the_documentation_states()
    {
        var stage = new FineTuneStage();
        Assert.Equal(("tiny", null, null, null, null, null), (stage.BaseModel, stage.Layers, stage.HiddenSize, stage.Heads, stage.IntermediateSize, stage.Dropout));
        Assert.Equal((3, 2e-5, 32, 0, 0), (stage.Epochs, stage.LearningRate, stage.BatchSize, stage.BatchTokens, stage.MicroBatchSize));
        Assert.Equal((0.01, 0.1, null, ScheduleKind.Linear, 1.0, 1.0), (stage.WeightDecay, stage.WarmupRatio, stage.WarmupSteps, stage.Schedule, stage.SchedulePower, stage.GradientClip));
        Assert.Equal((0.0, 0.9, 0.999, 1e-8), (stage.LabelSmoothing, stage.Beta1, stage.Beta2, stage.Epsilon));
        Assert.Equal((0.15, 0.8, 0.1), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
        Assert.Equal((42L, 0, 0, 300, 2), (stage.Seed, stage.EarlyStoppingPatience, stage.CheckpointEverySteps, stage.CheckpointEverySeconds, stage.KeepCheckpoints));
        Assert.Equal(("auto", 0, false, Precision.Float32, false), (stage.Device, stage.Threads, stage.GradientCheckpointing, stage.Precision, stage.Deterministic));
        Assert.Equal((FineTuneTask.Auto, null, null, 0, false), (stage.Task, stage.ClassifierDropout, stage.Pooling, stage.FreezeLayers, stage.FreezeEmbeddings));
        Assert.Equal((null, 16.0, 0.0, 0, true), (stage.LoraRank, stage.LoraAlpha, stage.LoraDropout, stage.LoraTargets.Count, stage.LoraMerge));
        Assert.Equal((ClassWeighting.None, 1.0, null, BestMetrics.Loss), (stage.ClassWeights, stage.LayerDecay, stage.HeadLearningRate, stage.BestMetric));
        Assert.Empty(stage.Check());
    }

    [Fact]
    public void Pretrain_has_the_defaults_of_pre_training()
    {
        var stage = new PretrainStage();
        Assert.Equal((5e-4, 64, 0.05, 0.0, 0), (stage.LearningRate, stage.BatchSize, stage.WarmupRatio, stage.Dropout, stage.EarlyStoppingPatience));
        Assert.Equal((0.15, 0.8, 0.1), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
        var own = new[] { "LearningRate", "BatchSize", "WarmupRatio", "Dropout" };
        var usual = new FineTuneStage();
        foreach (var property in Parameters(typeof(TrainingStage)).Where(p => !own.Contains(p.Name)))
            Assert.True(Equals(property.GetValue(usual), property.GetValue(stage)), property.Name);
        Assert.Empty(stage.Check());
    }

    [Fact]
    public void Masks_have_the_same_defaults_as_in_the_library()
    {
        var (stage, options) = (new PretrainStage(), new MaskingOptions { MaskTokenId = 1, SpecialTokenIds = [] });
        Assert.Equal((options.Probability, options.MaskShare, options.RandomShare), (stage.MaskProbability, stage.MaskShare, stage.RandomShare));
    }

    [Fact]
    public void The_choices_of_BestMetric_are_all_metrics_that_there_are() =>
        Assert.Equal(BestMetrics.All, typeof(FineTuneStage).GetProperty(nameof(FineTuneStage.BestMetric))!.GetCustomAttribute<ChoicesAttribute>()!.Values);

    private static IEnumerable<PropertyInfo> Parameters(Type type) => type.GetProperties().Where(p => p.GetCustomAttribute<ParameterAttribute>() is not null);

    // A whole number of 32 bits is one of 64.
    private static object? Same(object? value) => value is int number ? (long)number : value;

    private static object Other(PropertyInfo property, object? value)
    {
        if (property.GetCustomAttribute<ChoicesAttribute>() is { } choices)
            return choices.Values.First(choice => !choice.Equals(value));
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value));
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => !(bool)value!,
            TypeCode.Int32 => (int)(value ?? 0) + 1,
            TypeCode.Int64 => (long)(value ?? 0L) + 1,
            TypeCode.Double => ((double)(value ?? 0.0) / 2) + 0.01,
            _ => throw new NotSupportedException($"{property.Name} is a {type.Name}."),
        };
    }
}
