using System.Text;
using System.Text.Json;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Reads and checks the JSON header of a safetensors file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The longest header that is read, as in the reference implementation.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    // What a header says is repeated in memory and in messages, so that it must not say much at once.
    private const int MaxNameBytes = 4096;
    private const int MaxMetadataBytes = 1 << 24;
    private const int MaxShownBytes = 64;

    // More than any model has in one file.
    private const int MaxTensors = 262_144;

    /// <summary>Parses the header and checks that the tensors fill the data part exactly.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataStart">Where the data part begins in the file.</param>
    /// <param name="fileLength">The file's length.</param>
    /// <param name="path">The file, for messages.</param>
    public static (Dictionary<string, TensorEntry> Entries, Dictionary<string, string> Metadata) Parse(
        ReadOnlySpan<byte> json, long dataStart, long fileLength, string path)
    {
        var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject, path, "its header is no JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Require(reader.ValueSpan.Length <= MaxNameBytes, path, $"its header has a name of {reader.ValueSpan.Length} bytes");
                Require(entries.Count < MaxTensors, path, $"its header names more than {MaxTensors} tensors");
                string name = reader.GetString()!;
                reader.Read();
                if (name == "__metadata__")
                    ReadMetadata(ref reader, metadata, path);
                else if (!entries.TryAdd(name, ReadEntry(ref reader, name, dataStart, fileLength, path)))
                    throw Problem(path, $"its header names tensor '{name}' twice");
            }
            while (reader.Read())
            {
                // Anything but blanks after the object makes Read throw.
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Problem(path, $"its header is no valid JSON ({exception.Message})", exception);
        }
        CheckCoverage(entries.Values, dataStart, fileLength, path);
        return (entries, metadata);
    }

    /// <summary>An error that names the file and what is wrong with it.</summary>
    public static CheckpointException Problem(string path, string problem, Exception? cause = null) =>
        new($"{path} is not a valid safetensors file: {problem}. It is damaged or incomplete; get it again.", cause);

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string path)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, path, "its __metadata__ is no object");
        int bytes = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Count(ref reader);
            string key = reader.GetString()!;
            reader.Read();
            Require(reader.TokenType == JsonTokenType.String, path, $"its metadata '{Shown(key)}' is no text");
            Count(ref reader);
            metadata[key] = reader.GetString()!;
        }

        void Count(ref Utf8JsonReader part)
        {
            bytes += part.ValueSpan.Length;
            Require(bytes <= MaxMetadataBytes, path, $"its metadata has more than {MaxMetadataBytes} bytes");
        }
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataStart, long fileLength, string path)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, path, $"tensor '{name}' is not described by an object");
        string? typeName = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = Start(ref reader);
            reader.Read();
            switch (field)
            {
                case "dtype":
                    typeName = Start(ref reader);
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, name, field, path);
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader, name, field, path);
                    break;
                default:
                    throw Problem(path, $"tensor '{name}' has the unknown field '{field}'");
            }
        }
        Require(typeName is not null && shape is not null && offsets is { Count: 2 }, path,
            $"tensor '{name}' lacks dtype, shape or two data_offsets");
        if (!Enum.TryParse(typeName, ignoreCase: false, out TensorType type) || !Enum.IsDefined(type) || char.IsDigit(typeName![0]))
            throw new CheckpointException($"{path}: tensor '{name}' has element type '{typeName}'. Known are "
                + $"{string.Join(", ", Enum.GetNames<TensorType>())}.");

        long length = TensorTypes.Size(type);
        foreach (long size in shape!)
        {
            Require(size == 0 || length <= long.MaxValue / size, path, $"tensor '{name}' is impossibly large");
            length *= size;
        }
        (long begin, long end) = (offsets![0], offsets[1]);
        Require(begin <= end && end <= fileLength - dataStart, path,
            $"tensor '{name}' claims bytes {begin} to {end}, but the data has {fileLength - dataStart} bytes");
        Require(end - begin == length, path,
            $"tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] needs {length} bytes, but claims {end - begin}");
        return new TensorEntry(name, type, shape, dataStart + begin, length);
    }

    /// <summary>A name of the format; of a long one, which is none, the beginning.</summary>
    private static string Start(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= MaxShownBytes ? reader.GetString()
        ?? throw new JsonException("a text is null") : Encoding.UTF8.GetString(reader.ValueSpan[..MaxShownBytes]) + "...";

    private static string Shown(string text) => text.Length <= MaxShownBytes ? text : text[..MaxShownBytes] + "...";

    private static List<long> ReadNumbers(ref Utf8JsonReader reader, string name, string field, string path)
    {
        var numbers = new List<long>();
        Require(reader.TokenType == JsonTokenType.StartArray, path, $"{field} of tensor '{name}' is no list");
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            Require(reader.TryGetInt64(out long number) && number >= 0, path, $"{field} of tensor '{name}' has a value that is no size");
            Require(numbers.Count < 16, path, $"{field} of tensor '{name}' has too many values");
            numbers.Add(number);
        }
        Require(reader.TokenType == JsonTokenType.EndArray, path, $"{field} of tensor '{name}' has a value that is no number");
        return numbers;
    }

    private static void CheckCoverage(IEnumerable<TensorEntry> entries, long dataStart, long fileLength, string path)
    {
        long position = dataStart;
        foreach (TensorEntry entry in entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Length))
        {
            Require(entry.Offset >= position, path, $"tensor '{entry.Name}' overlaps another");
            Require(entry.Offset == position, path, $"there is a hole of {entry.Offset - position} bytes before tensor '{entry.Name}'");
            position += entry.Length;
        }
        Require(position == fileLength, path, $"{fileLength - position} bytes at its end belong to no tensor");
    }

    private static void Require(bool condition, string path, string problem)
    {
        if (!condition)
            throw Problem(path, problem);
    }
}
