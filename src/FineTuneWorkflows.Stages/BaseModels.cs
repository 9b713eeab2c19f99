using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Stages;

/// <summary>What <c>BaseModel</c> parameters take.</summary>
internal static class BaseModels
{
    /// <summary>For the message that a base model's folder is missing.</summary>
    public static string Advice { get; } = $"a base model is a folder in Hugging Face's layout, or one of the presets {string.Join(", ", ModelPresets.Names)}, which start from scratch";
}
