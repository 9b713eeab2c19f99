using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>How a model's answers are given.</summary>
public sealed record PredictionOptions
{
    /// <summary>Whether probabilities of classes are those at the temperature that the training kept in <c>calibration.json</c>; default true. It never changes which class is predicted. False gives
    /// the model's own, which other tools get from the same weights.</summary>
    public bool Calibrated { get; init; } = true;

    /// <summary>How a text generation model chooses its tokens.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>Whether a text generation model goes on from the text as it is, though it was trained on conversations or has a chat template; default false: it is asked in its chat format.</summary>
    public bool Raw { get; init; }

    /// <summary>The system's message before each text that a chat model is asked with; default null: none.</summary>
    public string? System { get; init; }

    /// <summary>How many tokens a masked language model names for each mask; default 5.</summary>
    public int TopK { get; init; } = 5;

    /// <summary>What the places of entities count; default code points, as Python does.</summary>
    public OffsetUnit Offsets { get; init; }

    /// <summary>Threads to compute with on the CPU; 0, the default, takes as many as there are CPU cores.</summary>
    public int Threads { get; init; }
}
