namespace FineTuneWorkflows.Tracking.Models;

/// <summary>The versions of Python's libraries that what is written here was loaded with, and compared number by number.</summary>
internal static class TestedVersions
{
    internal const string Mlflow = "3.11.2.dev0";

    internal const string Transformers = "4.55.4";

    internal const string Python = "3.13.5";

    /// <summary>What <c>pip</c> is asked for: the versions tested and later ones that promise to be compatible.</summary>
    internal static readonly IReadOnlyList<string> Requirements =
    [
        "mlflow>=3.11,<4", "torch>=2.6,<3", $"transformers>={Transformers},<5", "tokenizers>=0.21", "safetensors>=0.4.5", "accelerate>=1.10", "pandas>=2.2,<3", "regex",
    ];

    internal const string Peft = "peft>=0.17.1,<1";
}
