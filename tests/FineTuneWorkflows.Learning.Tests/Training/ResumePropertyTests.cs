using CsCheck;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>Whatever the strategies and wherever it is killed: a resumed training ends with the weights of one that was never interrupted.</summary>
public class ResumePropertyTests
{
    private static readonly ToyData Data = ToyData.Make(45), Validation = ToyData.Make(20, seed: 2);

    private static readonly Gen<TrainingOptions> AnyOptions =
        from shape in Gen.Select(Gen.Int[1, 3], Gen.Int[3, 16], Gen.OneOfConst(0, 30, 90), Gen.OneOfConst(0, 2, 3))
        from schedule in Gen.Select(Gen.Enum<ScheduleKind>(), Gen.OneOfConst(0.0, 0.3), Gen.OneOfConst(1.0, 2.0))
        from rest in Gen.Select(Gen.OneOfConst(0.0, 0.5), Gen.OneOfConst(0.0, 0.1), Gen.OneOfConst(0, 1), Gen.OneOfConst(BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1))
        from saving in Gen.Select(Gen.OneOfConst(0, 1, 3), Gen.OneOfConst(1, 2), Gen.Long[1, 1000])
        from more in Gen.Select(Gen.Enum<ClassWeighting>(), Gen.OneOfConst(1.0, 0.8), Gen.Bool, Gen.OneOfConst<double?>(null, 1e-2))
        select new TrainingOptions
        {
            ClassWeights = more.Item1,
            LayerDecay = more.Item2,
            GradientCheckpointing = more.Item3,
            HeadLearningRate = more.Item4,
            Epochs = shape.Item1,
            BatchSize = shape.Item2,
            BatchTokens = shape.Item3,
            MicroBatchSize = Math.Min(shape.Item4, shape.Item2),
            Schedule = schedule.Item1,
            WarmupRatio = schedule.Item2,
            SchedulePower = schedule.Item1 == ScheduleKind.Polynomial ? schedule.Item3 : 1,
            GradientClip = rest.Item1,
            LabelSmoothing = rest.Item2,
            EarlyStoppingPatience = rest.Item3,
            BestMetric = rest.Item4,
            CheckpointEverySteps = saving.Item1,
            CheckpointEverySeconds = 0,
            KeepCheckpoints = saving.Item2,
            Seed = saving.Item3,
            LearningRate = 5e-3,
            Threads = 1,
        };

    [Fact]
    public void Killed_twice_anywhere_and_resumed_the_weights_have_the_same_digest() =>
        AnyOptions.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Sample(
            (options, first, second) =>
            {
                using TemporaryFolder whole = new(), killed = new();
                (string expected, long steps) = Train(whole, options, killAtStep: 0);
                long atFirst = 1 + (long)(first * (steps - 1)), atSecond = Math.Min(steps, atFirst + 1 + (long)(second * (steps - atFirst)));
                Assert.Throws<KilledException>(() => Train(killed, options, atFirst));
                if (atSecond > atFirst)
                    Assert.Throws<KilledException>(() => Train(killed, options, atSecond));
                return Train(killed, options, killAtStep: 0).Digest == expected;
            },
            iter: 12, threads: 1);

    private static (string Digest, long Steps) Train(TemporaryFolder folder, TrainingOptions options, long killAtStep)
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        TrainingResult result = Trainer.Run(model, Data, Validation, options, folder["work"], new Killer(killAtStep));
        return (model.Save(folder["model"]), result.Steps);
    }

    private sealed class Killer(long atStep) : ITrainingObserver
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == atStep)
                throw new KilledException();
        }
    }
}
