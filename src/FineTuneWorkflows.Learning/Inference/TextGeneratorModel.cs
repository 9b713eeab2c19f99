using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A saved causal language model that goes on with a text. Each token is computed once: keys and values of those before it are kept.</summary>
public sealed class TextGeneratorModel : SavedModel
{
    private TextGeneratorModel(string folder, TorchDevice device, int threads, Func<string, string>? findBase)
        : base(folder, ModelTask.CausalLanguageModeling, device, threads, findBase)
    {
    }

    /// <summary>Loads a Hugging Face-layout folder.</summary>
    /// <param name="folder">The folder with <c>config.json</c> and <c>model.safetensors</c>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="threads">Threads to compute with; 0 takes as many as the machine has CPU cores.</param>
    /// <param name="findBase">Gives the folder of an adapter's base by its name; see <see cref="LanguageModel.Load"/>.</param>
    /// <exception cref="LearningException">The folder cannot be used; the message says why.</exception>
    public static TextGeneratorModel Load(string folder, TorchDevice device = default, int threads = 0, Func<string, string>? findBase = null) =>
        new(folder, device, threads, findBase);

    /// <summary>Writes tokens after a prompt until one ends the text, as many as asked for are written, or the model's positions are used up.</summary>
    /// <param name="prompt">The tokens to go on from: one or more, fewer than <see cref="SavedModel.MaxTokens"/>.</param>
    /// <param name="options">How tokens are chosen; null takes the defaults.</param>
    /// <param name="cancellation">Ends the writing between tokens.</param>
    /// <returns>The new tokens; one that ends the text is not among them.</returns>
    /// <exception cref="ModelException">The prompt or an option is out of range.</exception>
    public IReadOnlyList<int> Generate(IReadOnlyList<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Check();
        if (prompt.Count == 0 || prompt.Count >= MaxTokens)
            throw new ModelException($"The prompt has {prompt.Count} tokens; it must have 1 to {MaxTokens - 1}, as the model has {MaxTokens} positions.");
        if (prompt.FirstOrDefault(id => (uint)id >= (uint)Config.VocabSize, -1) is >= 0 and var wrong)
            throw new ModelException($"The prompt has token id {wrong}; the model's vocabulary has {Config.VocabSize} (vocab_size).");
        var ends = new HashSet<int>(((DecoderConfig)Config).EndTokenIds.Concat(options.StopTokenIds));
        var sampler = new TokenSampler(options);
        var written = new List<int>();
        int most = Math.Min(options.MaxNewTokens, MaxTokens - prompt.Count);
        using TorchSession session = Enter();
        using var noGrad = torch.no_grad();
        using var cache = new KeyValueCache(Config.LayerCount, prompt.Count + most);
        int[] next = [.. prompt];
        while (written.Count < most)
        {
            cancellation.ThrowIfCancellationRequested();
            int chosen = sampler.Choose(Logits(next, cache), cache.Length);
            if (ends.Contains(chosen))
                break;
            written.Add(chosen);
            next = [chosen];
        }
        return written;
    }

    private float[] Logits(int[] tokens, KeyValueCache cache)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor ids = torch.tensor(Array.ConvertAll(tokens, id => (long)id), [1, tokens.Length]).to(Model.Device.ToTorch());
        return [.. Model.Continue(ids, cache).cpu().data<float>()];
    }
}
