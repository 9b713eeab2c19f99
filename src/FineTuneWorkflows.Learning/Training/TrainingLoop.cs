using System.Globalization;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Epochs, steps, validation, checkpoints and resumption of one training, whatever the task.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly ITrainingTask _task;
    private readonly TrainingOptions _options;
    private readonly ITrainingObserver _observer;
    private readonly CheckpointStore _checkpoints;
    private readonly TorchSession _session;
    private readonly AdamW _optimizer;
    private readonly StepRunner _steps;
    private readonly DivergenceSearch _divergence;
    private readonly LearningRateSchedule _schedule;
    private readonly BatchPlan _plan;
    private readonly IEnumerable<string> _otherWorkFolders;
    private readonly TimeProvider _clock;
    private long _checkpointAt;
    private TrainingState _state;
    private int[] _batch = [];
    private readonly double _deviceRate;
    private double _secondsOfSteps;
    private long _stepsTimed;

    public TrainingLoop(ITrainingTask task, TrainingOptions options, string workFolder, ITrainingObserver observer, IEnumerable<string>? otherWorkFolders = null, TimeProvider? clock = null)
    {
        (_otherWorkFolders, _clock) = (otherWorkFolders ?? [], clock ?? TimeProvider.System);
        (_task, _options, _observer) = (task, options, observer);
        _plan = new BatchPlan(task.Training, options);
        _schedule = new LearningRateSchedule(options, _plan.TotalSteps);
        _checkpoints = new CheckpointStore(workFolder, options.KeepCheckpoints);
        _session = TorchSession.Enter(options.Threads, options.Deterministic && task.Device.IsCuda, options.Precision == Precision.TensorFloat32);
        try
        {
            _optimizer = new AdamW(task.Parameters, options, _session.Threads, task.RateShares);
            _deviceRate = DeviceSpeed.MatrixProduct(_session, task.Device, options.Precision);
            _steps = new StepRunner(task, _optimizer, options, observer);
            _divergence = new DivergenceSearch(task, _steps);
            SortedDictionary<string, string> settings = TrainingIdentity.Of(options, task);
            _state = new TrainingState
            {
                Identity = TrainingIdentity.Digest(settings),
                Settings = settings,
                Step = 0,
                Epoch = 0,
                StepInEpoch = 0,
                EpochFinished = false,
                EpochLossSum = 0,
                EpochWeight = 0,
                MicroBatchSize = options.MicroBatchSize,
                MicroBatchSizeAsked = options.MicroBatchSize,
                EpochsWithoutImprovement = 0,
                History = [],
                Threads = _session.Threads,
                Device = task.Device.ToString(),
                Deterministic = options.Deterministic && task.Device.IsCuda,
                TorchVersion = TorchRuntime.Version,
            };
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public TrainingResult Run(CancellationToken cancellation)
    {
        string? resumedFrom = Resume();
        _observer.OnStarted(new TrainingStarted(
            _state.Step, _plan.TotalSteps, _plan.StepsOf(0), resumedFrom, _session.Threads, _task.Device.ToString(),
            _task.Parameters.Sum(p => p.Value.NumberOfElements)));
        _checkpointAt = _clock.GetTimestamp();
        try
        {
            while (!IsDone())
            {
                if (_state.EpochFinished)
                    _state = _state with { Epoch = _state.Epoch + 1, StepInEpoch = 0, EpochFinished = false, EpochLossSum = 0, EpochWeight = 0 };
                RunEpoch(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (_state.Step > 0 && _checkpoints.Newest?.State != _state)
                WriteCheckpoint();
            throw;
        }
        return Finish();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _session.Dispose();
    }

    private bool IsDone() => _state.EpochFinished && (_state.Epoch + 1 >= _options.Epochs || StoppedEarly());

    private bool StoppedEarly() => _options.EarlyStoppingPatience > 0 && _state.EpochsWithoutImprovement >= _options.EarlyStoppingPatience;

    private string? Resume()
    {
        _checkpoints.Prepare();
        TrainingCheckpoint? checkpoint = _checkpoints.FindNewest(_state, _observer.OnCheckpointSkipped);
        if (checkpoint is null)
        {
            foreach (string note in AbandonedTrainings.Notes(_otherWorkFolders, _state))
                _observer.OnNote(note);
            return null;
        }
        LoadWeights(checkpoint);
        using (SafetensorsReader moments = SafetensorsReader.Open(checkpoint.OptimizerPath))
            _optimizer.Load(moments);
        TrainingState before = checkpoint.State, now = _state;
        foreach (string note in ResumeNotes.Of(before, now))
            _observer.OnNote(note);
        // Pieces that were halved when memory ran out stay so: an uninterrupted training would have gone on with them too.
        _steps.MicroBatchSize = before.MicroBatchSizeAsked == now.MicroBatchSizeAsked ? before.MicroBatchSize : now.MicroBatchSize;
        _state = before with { Threads = now.Threads, Device = now.Device, Deterministic = now.Deterministic, TorchVersion = now.TorchVersion,
            MicroBatchSizeAsked = now.MicroBatchSizeAsked, MicroBatchSize = _steps.MicroBatchSize };
        return checkpoint.Folder;
    }

    private void RunEpoch(CancellationToken cancellation)
    {
        int count = _plan.StepsOf(_state.Epoch);
        if (_state.StepInEpoch < count)
        {
            int[][] batches = _plan.Of(_state.Epoch);
            while (_state.StepInEpoch < count)
            {
                cancellation.ThrowIfCancellationRequested();
                RunStep(batches[_state.StepInEpoch], cancellation);
                // The end of an epoch gets its checkpoint after the validation.
                if (_state.StepInEpoch < count && IsCheckpointDue())
                    WriteCheckpoint();
            }
        }
        FinishEpoch(cancellation);
    }

    private void RunStep(int[] indices, CancellationToken cancellation)
    {
        long started = _clock.GetTimestamp();
        long step = _state.Step + 1;
        _batch = indices;
        double rate = _schedule.At(_state.Step);
        StepOutcome outcome = _steps.Run(indices, _state.Epoch, _state.StepInEpoch, rate, step, cancellation);
        if (!double.IsFinite(outcome.LossSum))
            throw Diverged("loss", outcome.Loss, gradients: false);
        if (!double.IsFinite(outcome.GradientNorm))
            throw Diverged("gradient norm", outcome.GradientNorm, gradients: true);
        _state = _state with
        {
            Step = step,
            StepInEpoch = _state.StepInEpoch + 1,
            EpochLossSum = _state.EpochLossSum + outcome.LossSum,
            EpochWeight = _state.EpochWeight + outcome.Weight,
            MicroBatchSize = _steps.MicroBatchSize,
        };
        double seconds = _clock.GetElapsedTime(started).TotalSeconds;
        _secondsOfSteps += seconds;
        _stepsTimed++;
        _observer.OnStep(new TrainingStep(
            step, _plan.TotalSteps, _state.Epoch + 1, outcome.Loss, rate, outcome.GradientNorm, outcome.Tokens,
            1 - ((double)outcome.Tokens / outcome.Places), seconds, outcome.UpdateSeconds,
            outcome.Operations / seconds / _deviceRate, _secondsOfSteps / _stepsTimed * (_plan.TotalSteps - step)));
    }

    private void FinishEpoch(CancellationToken cancellation)
    {
        long started = _clock.GetTimestamp();
        double trainingLoss = _state.EpochWeight > 0 ? _state.EpochLossSum / _state.EpochWeight : 0;
        IReadOnlyDictionary<string, double> metrics = _task.HasValidation ? _task.Validate(cancellation, _observer.OnNote) : new SortedDictionary<string, double>();
        bool improved = true;
        double value = trainingLoss;
        if (_task.HasValidation)
        {
            // The loss first: where it is none, others are none for that reason.
            foreach ((string name, double metric) in metrics.OrderBy(pair => pair.Key != BestMetrics.Loss))
            {
                if (!double.IsFinite(metric))
                    throw Diverged(name.Replace('/', ' '), metric);
            }
            value = metrics[_options.BestMetric];
            improved = _state.Best is null || BestMetrics.IsBetter(_options.BestMetric, value, _state.Best.Value);
        }
        _state = _state with
        {
            EpochFinished = true,
            Best = improved ? new BestEpoch(_state.Epoch, _state.Step, value) : _state.Best,
            EpochsWithoutImprovement = improved ? 0 : _state.EpochsWithoutImprovement + 1,
            History = [.. _state.History, new EpochRecord(_state.Epoch, _state.Step, trainingLoss, metrics)],
        };
        double seconds = _clock.GetElapsedTime(started).TotalSeconds;
        WriteCheckpoint();
        _observer.OnEvaluation(new TrainingEvaluation(_state.Epoch + 1, _state.Step, trainingLoss, metrics, improved, seconds));
    }

    private TrainingResult Finish()
    {
        BestEpoch best = _state.Best!;
        if (best.Step != _state.Step)
            LoadWeights(_checkpoints.ReadStep(best.Step));
        return new TrainingResult(
            _state.Step, best.Epoch + 1, best.Step, _state.Epoch + 1 < _options.Epochs, _state.History[best.Epoch].Metrics, _state.History);
    }

    private bool IsCheckpointDue() =>
        (_options.CheckpointEverySteps > 0 && _state.Step % _options.CheckpointEverySteps == 0)
        || (_options.CheckpointEverySeconds > 0 && _clock.GetElapsedTime(_checkpointAt).TotalSeconds >= _options.CheckpointEverySeconds);

    /// <summary>Writes a checkpoint of finite numbers only, so that whatever is resumed from is sound.</summary>
    private void WriteCheckpoint()
    {
        KeyValuePair<string, torch.Tensor>[] weights = [.. _task.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))];
        if (Finiteness.FirstProblem(weights.Concat(_optimizer.State())) is { } name)
            throw Diverged($"update left {name} with numbers that are not finite", _state.Step, _state.StepInEpoch, _batch, "");
        TrainingCheckpoint checkpoint = _checkpoints.Write(_state, weights, _optimizer.State());
        _checkpointAt = _clock.GetTimestamp();
        _observer.OnCheckpointWritten(checkpoint.Folder, _state.Step);
    }

    private void LoadWeights(TrainingCheckpoint checkpoint)
    {
        using SafetensorsReader weights = SafetensorsReader.Open(checkpoint.ModelPath);
        foreach (ModelParameter parameter in _task.Parameters)
            weights.ReadInto(parameter.Name, parameter.Value);
    }

    /// <summary>The batch under way has a loss or gradient that is no finite number, and was not learned from.</summary>
    private DivergenceException Diverged(string what, double value, bool gradients)
    {
        string finding = _divergence.OfWeights() ?? _divergence.OfExamples(_batch, _state.Epoch, _state.StepInEpoch, gradients);
        return Diverged($"{what} became {Number(value)}", _state.Step + 1, _state.StepInEpoch + 1, _batch, finding);
    }

    /// <summary>The validation after the last batch gave what is no finite number.</summary>
    private DivergenceException Diverged(string what, double value) =>
        Diverged($"{what} became {Number(value)}", _state.Step, _state.StepInEpoch, [], _divergence.OfWeights() ?? "");

    private DivergenceException Diverged(string what, long step, int batch, int[] examples, string finding)
    {
        string? checkpoint = _checkpoints.Newest?.Folder;
        return new DivergenceException(
            string.Create(CultureInfo.InvariantCulture,
                $"The {what} at step {step} of {_plan.TotalSteps}, in epoch {_state.Epoch + 1}, batch {batch} of {_plan.StepsOf(_state.Epoch)}")
            + (examples.Length > 0 ? $" ({DivergenceSearch.Names(examples)}). " : ". ") + finding
            + string.Create(CultureInfo.InvariantCulture, $"Try a lower LearningRate (it is {_options.LearningRate}) or a longer WarmupRatio. ")
            + (checkpoint is null ? "There is no checkpoint before it." : $"The last good checkpoint is {checkpoint}."),
            _state.Epoch + 1, step, batch, examples, checkpoint);
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
