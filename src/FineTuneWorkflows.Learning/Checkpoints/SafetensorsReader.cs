using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>
/// Reads a safetensors file by memory mapping: the header is checked completely on opening, tensors are copied only when asked for.
/// Format: https://github.com/huggingface/safetensors, "Format".
/// </summary>
public sealed unsafe class SafetensorsReader : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private bool _disposed;

    private SafetensorsReader(
        string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, Dictionary<string, TensorEntry> entries,
        Dictionary<string, string> metadata)
    {
        (Path, _file, _view, Entries, Metadata) = (path, file, view, entries, metadata);
        _start = start;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>The file's <c>__metadata__</c>; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens the file and checks its header; nothing is allocated by sizes that the file only claims.</summary>
    /// <exception cref="CheckpointException">The file is missing, is a pickle, or its header breaks a rule of the format.</exception>
    public static SafetensorsReader Open(string path)
    {
        RefusePickle(path);
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new CheckpointException($"{path} does not exist.");
        long length = info.Length;
        if (length < 8)
            throw SafetensorsHeader.Problem(path, $"it has {length} bytes, less than the 8 of the header's length");

        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += view.PointerOffset;
            ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, 8));
            if (headerLength > SafetensorsHeader.MaxHeaderBytes)
                throw SafetensorsHeader.Problem(path,
                    $"its header claims {headerLength} bytes, more than the {SafetensorsHeader.MaxHeaderBytes} allowed");
            if (headerLength > (ulong)(length - 8))
                throw SafetensorsHeader.Problem(path, $"its header claims {headerLength} bytes, but the file has {length}");
            long dataStart = 8 + (long)headerLength;
            var (entries, metadata) = SafetensorsHeader.Parse(new ReadOnlySpan<byte>(start + 8, (int)headerLength), dataStart, length, path);
            return new SafetensorsReader(path, file, view, start, entries, metadata);
        }
        catch (Exception exception)
        {
            view?.Dispose();
            file?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
                throw new CheckpointException($"{path} cannot be opened: {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>Copies a tensor into new memory of libtorch, on the CPU, in the type it has in the file.</summary>
    /// <exception cref="CheckpointException">The file has no tensor of that name.</exception>
    public torch.Tensor Read(string name)
    {
        TensorEntry entry = Entry(name);
        TorchRuntime.EnsureLoaded();
        torch.Tensor tensor = torch.empty([.. entry.Shape], TensorTypes.ToTorch(entry.Type));
        byte* target = TensorMemory.Pointer(tensor);
        Buffer.MemoryCopy(_start + entry.Offset, target, entry.Length, entry.Length);
        return tensor;
    }

    /// <summary>
    /// Copies a tensor's values into <paramref name="target"/>, converting its type and device, piece by piece: no second copy of the tensor arises.
    /// </summary>
    /// <exception cref="CheckpointException">The file has no tensor of that name, it has another shape, or numbers are asked for where the file has
    /// integers or truth values.</exception>
    public void ReadInto(string name, torch.Tensor target) => ReadInto(name, target, requireFinite: false);

    internal void ReadInto(string name, torch.Tensor target, bool requireFinite)
    {
        TensorEntry entry = Entry(name);
        if (!target.shape.AsSpan().SequenceEqual(entry.Shape.ToArray()))
            throw new CheckpointException($"{Path}: tensor '{name}' has shape {entry.ShapeText}, but [{string.Join(", ", target.shape)}] is needed.");
        if (target.is_floating_point() && !TensorTypes.IsFloatingPoint(entry.Type))
            throw new CheckpointException($"{Path}: tensor '{name}' has element type {entry.Type}, but a weight must be F32, F16, BF16 or F64.");
        long bad = WeightCopier.Copy(_start + entry.Offset, entry.Type, target, requireFinite);
        if (bad >= 0)
            throw new CheckpointException($"{Path}: tensor '{name}' has a value that is no finite number (NaN or infinity) at place {bad} of "
                + $"{entry.ElementCount}. The checkpoint comes from a training that diverged, or it is damaged.");
        MappedPages.Release(_start + entry.Offset, entry.Length);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private TensorEntry Entry(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Entries.TryGetValue(name, out TensorEntry? entry) ? entry : throw new CheckpointException($"{Path} has no tensor '{name}'.");
    }

    private static void RefusePickle(string path)
    {
        string extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        if (extension is ".bin" or ".pt" or ".pth" or ".pkl" or ".ckpt")
            throw new CheckpointException($"{path} is a pickle, which can run code when it is read, so it is never opened. Convert it where it came "
                + $"from: {PickleAdvice}");
    }

    internal const string PickleAdvice =
        "in Python, load the model with transformers and call model.save_pretrained(folder, safe_serialization=True), which writes "
            + "model.safetensors.";
}
