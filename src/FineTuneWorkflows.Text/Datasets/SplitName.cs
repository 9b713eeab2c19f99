namespace FineTuneWorkflows.Text.Datasets;

/// <summary>The parts of a dataset.</summary>
public enum SplitName
{
    /// <summary>What a model learns from.</summary>
    Train,

    /// <summary>What training looks at to stop early and to choose the best checkpoint.</summary>
    Validation,

    /// <summary>What nothing looks at before the final evaluation.</summary>
    Test,
}
