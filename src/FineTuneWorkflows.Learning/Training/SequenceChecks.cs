using System.Buffers.Binary;
using System.Security.Cryptography;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Compares sequences with what a model can take, before anything is computed.</summary>
internal static class SequenceChecks
{
    /// <summary>Refuses an empty data set, empty or too long sequences, and labels and token ids out of range. Returns a digest of all of
    /// it.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="name">What they are called in messages, such as <c>training</c>.</param>
    /// <param name="config">The model's sizes.</param>
    /// <param name="classCount">The number of classes, or null if labels do not matter.</param>
    public static string Check(ISequenceDataset data, string name, BertConfig config, int? classCount)
    {
        if (data.Count == 0)
            throw new TrainingException($"The {name} data is empty; it needs one example or more.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int[] tokens = new int[config.MaxPositions];
        byte[] bytes = new byte[8 + (4 * config.MaxPositions)];
        for (int index = 0; index < data.Count; index++)
        {
            int length = data.Length(index);
            int label = classCount is null ? 0 : data.Label(index);
            if (length < 1)
                throw new TrainingException($"Example {index} of the {name} data has no tokens; it needs one or more.");
            if (length > config.MaxPositions)
            {
                throw new TrainingException(
                    $"Example {index} of the {name} data has {length} tokens, but the model has {config.MaxPositions} positions "
                        + "(max_position_embeddings). Tokenize with a smaller MaxLength.");
            }
            if (classCount is int classes && (uint)label >= (uint)classes)
                throw new TrainingException($"Example {index} of the {name} data has label {label}; with {classes} classes it must be 0 to "
                    + $"{classes - 1}.");
            data.CopyTokens(index, tokens.AsSpan(0, length));
            BinaryPrimitives.WriteInt32LittleEndian(bytes, label);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), length);
            for (int i = 0; i < length; i++)
            {
                if ((uint)tokens[i] >= (uint)config.VocabSize)
                {
                    throw new TrainingException(
                        $"Example {index} of the {name} data has token id {tokens[i]} at place {i}; the model's vocabulary has "
                            + $"{config.VocabSize} (vocab_size). Tokenize with the model's own vocabulary.");
                }
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 + (4 * i)), tokens[i]);
            }
            hash.AppendData(bytes, 0, 8 + (4 * length));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
