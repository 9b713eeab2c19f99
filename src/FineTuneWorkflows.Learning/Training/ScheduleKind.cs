namespace FineTuneWorkflows.Learning.Training;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Falls in a straight line towards 0.</summary>
    Linear,

    /// <summary>Falls along half a cosine towards 0 (Loshchilov and Hutter 2016, arXiv:1608.03983).</summary>
    Cosine,

    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Falls as a power of the steps that are left, towards 0; power 1 is the straight line.</summary>
    Polynomial,
}
