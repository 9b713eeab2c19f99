using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>
/// Writes safetensors files whose bytes depend on the tensors alone: names in ordinal order, header padded with blanks to a multiple of 8, data
/// without gaps, metadata <c>{"format":"pt"}</c> so that transformers accepts them. Written atomically and streamed, one tensor at a time.
/// </summary>
public static unsafe class SafetensorsWriter
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Writes the tensors to <paramref name="path"/> and returns the file's SHA-256 in lower-case hexadecimal.</summary>
    /// <param name="path">The file; an old one is replaced once the new one is safely on disk.</param>
    /// <param name="tensors">The tensors by name; non-contiguous ones and ones on a GPU are copied one at a time.</param>
    /// <param name="metadata">More entries for <c>__metadata__</c>.</param>
    /// <param name="type">The element type to write, one tensor converted at a time; null, the default, writes each as it is.</param>
    public static string Write(
        string path, IEnumerable<KeyValuePair<string, torch.Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null,
        torch.ScalarType? type = null)
    {
        KeyValuePair<string, torch.Tensor>[] sorted = [.. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        byte[] header = Header(sorted, metadata, type);
        string digest = "";
        DurableFile.Write(path, stream =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            Put(stream, hash, length);
            Put(stream, hash, header);
            foreach ((_, torch.Tensor tensor) in sorted)
                PutTensor(stream, hash, tensor, type ?? tensor.dtype);
            digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        });
        return digest;
    }

    private static byte[] Header(KeyValuePair<string, torch.Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata, torch.ScalarType? type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            var entries = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" };
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
                entries[key] = value;
            foreach ((string key, string value) in entries)
                json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, torch.Tensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                TensorType written = TensorTypes.FromTorch(type ?? tensor.dtype);
                json.WriteString("dtype", written.ToString());
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += tensor.NumberOfElements * TensorTypes.Size(written);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        byte[] header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void PutTensor(Stream stream, IncrementalHash hash, torch.Tensor tensor, torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor plain = tensor.detach().cpu().to(type).contiguous();
        byte* start = TensorMemory.Pointer(plain);
        long length = TensorMemory.Length(plain);
        for (long done = 0; done < length; done += ChunkBytes)
            Put(stream, hash, new ReadOnlySpan<byte>(start + done, (int)Math.Min(ChunkBytes, length - done)));
    }

    private static void Put(Stream stream, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        stream.Write(bytes);
    }
}
