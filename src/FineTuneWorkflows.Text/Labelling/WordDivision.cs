using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>How a text is divided into the words that tags are given to, see <see cref="TextWords"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WordDivision>))]
public enum WordDivision
{
    /// <summary>By script: runs of letters, marks and digits where the script writes spaces, else each user-perceived character.</summary>
    Words,

    /// <summary>Each user-perceived character that is not white space, whatever the script.</summary>
    Characters,
}
