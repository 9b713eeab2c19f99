using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Compares sequences with what a model can take, before anything is computed.</summary>
internal sealed class SequenceChecks(ISequenceDataset data, string name, ModelConfig config, LabelKind labels, int classCount)
{
    private readonly int[] _tokens = new int[config.MaxTokens], _tokenLabels = new int[config.MaxTokens];
    private readonly bool[] _classes = new bool[classCount];

    /// <summary>
    /// Refuses an empty data set, empty or too long sequences, and labels and token ids out of range. Returns a digest of all of it.
    /// </summary>
    /// <param name="data">The sequences.</param>
    /// <param name="name">What they are called in messages, such as <c>training</c>.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="labels">What labels matter.</param>
    /// <param name="classCount">The number of classes; of no matter without labels.</param>
    public static string Check(ISequenceDataset data, string name, ModelConfig config, LabelKind labels, int classCount)
    {
        if (data.Count == 0)
            throw new TrainingException($"The {name} data is empty; it needs one example or more.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var checks = new SequenceChecks(data, name, config, labels, classCount);
        for (int index = 0; index < data.Count; index++)
            checks.CheckExample(index, hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void CheckExample(int index, IncrementalHash hash)
    {
        int length = data.Length(index);
        if (length < 1)
            throw Refusal(index, "no tokens; it needs one or more");
        if (length > config.MaxTokens)
            throw Refusal(index, $"{length} tokens, but the model has {config.MaxTokens} positions (max_position_embeddings). Tokenize with a smaller "
                + "MaxLength");
        Span<int> tokens = _tokens.AsSpan(0, length);
        data.CopyTokens(index, tokens);
        for (int i = 0; i < length; i++)
        {
            if ((uint)tokens[i] >= (uint)config.VocabSize)
                throw Refusal(index, $"token id {tokens[i]} at place {i}; the model's vocabulary has {config.VocabSize} (vocab_size). Tokenize with the "
                    + "model's own vocabulary");
        }
        int second = data.SecondStart(index);
        if (second < 0 || second > length)
            throw Refusal(index, $"its second text at place {second}; with {length} tokens it must be 0 to {length}");
        Append(hash, [length, second]);
        Append(hash, tokens);
        switch (labels)
        {
            case LabelKind.Class:
                Append(hash, [CheckedLabel(index)]);
                break;
            case LabelKind.Classes:
                data.CopyClasses(index, _classes);
                hash.AppendData(MemoryMarshal.AsBytes(_classes.AsSpan()));
                break;
            case LabelKind.Tokens or LabelKind.NextTokens when labels == LabelKind.Tokens || data.HasTokenLabels:
                Append(hash, CheckedTokenLabels(index, length));
                break;
        }
    }

    private int CheckedLabel(int index)
    {
        int label = data.Label(index);
        return (uint)label < (uint)classCount ? label : throw Refusal(index, $"label {label}; with {classCount} classes it must be 0 to {classCount - 1}");
    }

    private Span<int> CheckedTokenLabels(int index, int length)
    {
        int bound = labels == LabelKind.Tokens ? classCount : config.VocabSize;
        Span<int> tokenLabels = _tokenLabels.AsSpan(0, length);
        data.CopyTokenLabels(index, tokenLabels);
        for (int i = 0; i < length; i++)
        {
            if (tokenLabels[i] != TokenTargets.Ignored && (uint)tokenLabels[i] >= (uint)bound)
                throw Refusal(index, $"label {tokenLabels[i]} at place {i}; it must be 0 to {bound - 1}, or {TokenTargets.Ignored} where a token does not count");
        }
        return tokenLabels;
    }

    private TrainingException Refusal(int index, string what) => new($"Example {index} of the {name} data has {what}.");

    // The same bytes on every machine that .NET runs on; all of them are little-endian.
    private static void Append(IncrementalHash hash, ReadOnlySpan<int> values) => hash.AppendData(MemoryMarshal.AsBytes(values));
}
