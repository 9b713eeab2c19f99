namespace FineTuneWorkflows.Tracking.Models;

/// <summary>A model in the layout of the Hugging Face Hub, and what Python needs to know to load it.</summary>
public sealed record TransformersModel
{
    /// <summary>The folder with <c>config.json</c>, weights as safetensors and the tokenizer's files.</summary>
    public required string Folder { get; init; }

    /// <summary>The SHA-256 of the model, in hexadecimal, from which it has its <c>model_uuid</c>; null leaves that out.</summary>
    public string? Digest { get; init; }

    /// <summary>
    /// The task, as <c>transformers.pipeline</c> names it: <c>text-classification</c>, <c>token-classification</c>, <c>text-generation</c> or
    /// <c>fill-mask</c>; null for that of the model's class.
    /// </summary>
    public string? Task { get; init; }

    /// <summary>Texts that show what goes in, at least one; null for one that fits the task, with the tokenizer's mask in it where words are to be guessed.</summary>
    public IReadOnlyList<string>? InputExample { get; init; }

    /// <summary>What the model is called or was made from. Default: <c>finetuned</c>.</summary>
    public string SourceModelName { get; init; } = "finetuned";

    /// <summary>The class of the model; null for the first of <c>architectures</c> in <c>config.json</c>.</summary>
    public string? ModelClass { get; init; }

    /// <summary>
    /// The class of the tokenizer; null for <c>tokenizer_class</c> in <c>tokenizer_config.json</c>, else the usual one of the model's type.
    /// </summary>
    public string? TokenizerClass { get; init; }

    /// <summary>The type of the weights. Default: <c>torch.float32</c>.</summary>
    public string TorchDtype { get; init; } = "torch.float32";

    /// <summary>A folder with a LoRA adapter in PEFT's layout, which Python puts onto the model; null for none.</summary>
    public string? AdapterFolder { get; init; }
}
