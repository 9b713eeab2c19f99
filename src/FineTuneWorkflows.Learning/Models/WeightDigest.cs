using System.Security.Cryptography;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>One digest of all weights of a model: their names, element types, shapes and bytes.</summary>
internal static unsafe class WeightDigest
{
    private const int PieceBytes = 1 << 24;

    /// <summary>The SHA-256 of the weights' own, in lower-case hexadecimal. About a second for 2 GB on one thread where the CPU has instructions for it.</summary>
    /// <param name="parameters">The weights, in an order that is always the same.</param>
    /// <param name="threads">How many threads compute it.</param>
    public static string Of(IReadOnlyList<ModelParameter> parameters, int threads)
    {
        string[] digests = new string[parameters.Count];
        // From a GPU one at a time: a copy of each is in memory while it is read.
        bool copies = parameters.Any(parameter => parameter.Value.device_type != DeviceType.CPU);
        Parallel.For(0, digests.Length, new ParallelOptions { MaxDegreeOfParallelism = copies ? 1 : Math.Max(1, threads) }, i => digests[i] = Of(parameters[i]));
        return ContentDigest.Of(string.Join('\n', digests));
    }

    private static string Of(ModelParameter parameter)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor plain = parameter.Value.detach().cpu().contiguous();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte* start = TensorMemory.Pointer(plain);
        long length = TensorMemory.Length(plain);
        for (long done = 0; done < length; done += PieceBytes)
            hash.AppendData(new ReadOnlySpan<byte>(start + done, (int)Math.Min(PieceBytes, length - done)));
        return $"{parameter.Name} {plain.dtype} [{string.Join(',', plain.shape)}] {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
