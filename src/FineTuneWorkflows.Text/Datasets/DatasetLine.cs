using System.Buffers;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>Parses lines of texts with one label into buffers that are used again: <c>{"text":...,"label":...}</c>.</summary>
internal sealed class DatasetLine
{
    private char[] _text = new char[1024];
    private char[] _label = new char[64];
    private int _textLength;
    private int _labelLength;

    /// <summary>The text of the line last parsed.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _textLength);

    /// <summary>The label of the line last parsed.</summary>
    public ReadOnlySpan<char> Label => _label.AsSpan(0, _labelLength);

    /// <summary>Parses a line.</summary>
    /// <exception cref="TextDataException">The line is not such an object, or its text or label is empty.</exception>
    public void Parse(ReadOnlySpan<byte> line, string path, long number)
    {
        _textLength = _labelLength = 0;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) Property(ref reader);
                if (reader.Read()) throw new JsonException();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TextDataException("the dataset is damaged: the line is not valid JSON", path, number, e);
        }
        if (Text.IsWhiteSpace() || Label.IsWhiteSpace())
            throw new TextDataException("the dataset is damaged: the line has no text or no label", path, number);
    }

    private void Property(ref Utf8JsonReader reader)
    {
        var isText = reader.ValueTextEquals("text"u8);
        var isLabel = reader.ValueTextEquals("label"u8);
        reader.Read();
        if (isText && reader.TokenType == JsonTokenType.String) _textLength = Copy(ref reader, ref _text);
        else if (isLabel && reader.TokenType == JsonTokenType.String) _labelLength = Copy(ref reader, ref _label);
        else reader.Skip();
    }

    private static int Copy(ref Utf8JsonReader reader, ref char[] destination)
    {
        // UTF-8 never has fewer bytes than UTF-16 has characters.
        var most = reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length;
        if (destination.Length < most) destination = new char[Math.Max(most, destination.Length * 2)];
        return reader.CopyString(destination);
    }
}
