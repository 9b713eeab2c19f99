using FineTuneWorkflows.Foundation.Parameters;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// One unit of work of a pipeline. A stage is a record whose properties marked <see cref="ParameterAttribute"/> are its parameters;
/// what it reads and makes is declared with <see cref="ConsumesAttribute"/> and <see cref="ProducesAttribute"/> on the class.
/// </summary>
/// <remarks>
/// A stage writes only below <see cref="StageContext.WorkFolder"/> and must give the same artifacts for the same parameters, input files and
/// input artifacts: the executor skips it when all of these are unchanged. It may find files in its work folder that an interrupted
/// attempt of the very same fingerprint left there, and go on from them.
/// </remarks>
public abstract record Stage
{
    /// <summary>Whether the stage takes part in the run. When false it is skipped. Default: true.</summary>
    [Parameter("Run this stage only when true.", Category = "Execution", Order = 1000, AffectsResult = false)]
    public bool Condition { get; init; } = true;

    /// <summary>Whether the run goes on after this stage failed; stages that need its artifacts are skipped. Default: false.</summary>
    [Parameter("Let the run go on when this stage fails.", Category = "Execution", Order = 1001, AffectsResult = false)]
    public bool ContinueOnError { get; init; }

    /// <summary>How often a failed attempt is repeated. Default: 0.</summary>
    [Parameter("How often a failed attempt is repeated.", Category = "Execution", Order = 1002, AffectsResult = false)]
    [System.ComponentModel.DataAnnotations.Range(0, 100)]
    public int Retries { get; init; }

    /// <summary>The wait before the first repetition; it doubles with each further one. Default: 2 seconds.</summary>
    [Parameter("Wait before the first repetition; doubles with each further one.", Category = "Execution", Order = 1003, AffectsResult = false)]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest one attempt may take, without the download of remote inputs; zero means without limit. Default: zero.</summary>
    [Parameter("The longest one attempt may take; zero is without limit.", Category = "Execution", Order = 1004, AffectsResult = false)]
    public TimeSpan Timeout { get; init; }

    /// <summary>The resource that the stage holds while it runs. Default: <see cref="StageResource.Cpu"/>.</summary>
    public virtual StageResource Resource => StageResource.Cpu;

    /// <summary>Whether it usually takes minutes or more, as training does. A server has slots for such stages, and others for short ones, which wait for none of them. Default: false.</summary>
    public virtual bool IsLong => false;

    /// <summary>
    /// The files outside the artifact store that the stage reads. Their content takes the place of the parameter's text in the fingerprint, so
    /// that a changed file reruns the stage and a moved one does not; of files that come from another machine, what their name means takes it. Asked for every plan: it must
    /// neither read nor download them.
    /// </summary>
    public virtual IEnumerable<InputPath> InputPaths() => [];

    /// <summary>
    /// Problems that only several parameters together have, one sentence each, beginning with the parameters' names. Asked before anything runs.
    /// </summary>
    public virtual IEnumerable<string> Check() => [];

    /// <summary>
    /// The names of all metrics that the stage may log, from its parameters alone; null where it does not say. With them a name that nothing measures is found before anything runs.
    /// </summary>
    public virtual IReadOnlyCollection<string>? Measures => null;

    /// <summary>The metrics that the stage looks up in what stages above it measured. Default: none.</summary>
    public virtual IEnumerable<NeededMetric> NeededMetrics() => [];

    /// <summary>Does the work.</summary>
    /// <param name="context">Inputs, outputs, metrics and services.</param>
    /// <param name="cancellationToken">Cancelled by the user or by <see cref="Timeout"/>: stop at the next whole step, keep checkpoints.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Task RunAsync(StageContext context, CancellationToken cancellationToken);
}
