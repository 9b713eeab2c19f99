using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>What the start and end of an entity count.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OffsetUnit>))]
public enum OffsetUnit
{
    /// <summary>Unicode code points, as Python's strings do: an emoji is one.</summary>
    CodePoints,

    /// <summary>UTF-16 code units, as JavaScript, Java and .NET do: an emoji is two or more.</summary>
    Utf16,
}
