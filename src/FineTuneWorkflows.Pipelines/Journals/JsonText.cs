using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// Writes JSON objects of texts and numbers, byte for byte as <see cref="Utf8JsonWriter"/> does. A text of printable ASCII, as nearly all are, is written here; for any other
/// the library's own encoder is asked. (That writer's first use in a process takes milliseconds.)
/// </summary>
internal sealed class JsonText
{
    private readonly StringBuilder text = new("{", 1024);
    private readonly Escaping escaping;
    private bool first = true;

    private JsonText(Escaping escaping) => this.escaping = escaping;

    /// <summary>Which characters are written as escapes.</summary>
    internal enum Escaping
    {
        /// <summary>All that the library escapes by default, those of HTML included.</summary>
        Default,

        /// <summary>As few as <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/>.</summary>
        Least,
    }

    /// <summary>An object, as UTF-8.</summary>
    public static byte[] Object(Escaping escaping, Action<JsonText> members)
    {
        var json = new JsonText(escaping);
        members(json);
        return Encoding.UTF8.GetBytes(json.text.Append('}').ToString());
    }

    public void Text(string name, string value)
    {
        Name(name);
        Quoted(value);
    }

    /// <summary>Writes nothing for null.</summary>
    public void Optional(string name, string? value)
    {
        if (value is not null)
            Text(name, value);
    }

    public void Number(string name, int value)
    {
        Name(name);
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What is no number becomes the text <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</summary>
    public void Number(string name, double value)
    {
        if (!double.IsFinite(value))
        {
            Text(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
            return;
        }

        Name(name);
        text.Append(value.ToString("R", CultureInfo.InvariantCulture));
    }

    public void Flag(string name, bool value)
    {
        Name(name);
        text.Append(value ? "true" : "false");
    }

    public void Time(string name, DateTimeOffset value)
    {
        Name(name);
        text.Append('"').Append(value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)).Append('"');
    }

    public void Texts(string name, IReadOnlyDictionary<string, string> texts) => Object(name, () =>
    {
        foreach (var (key, value) in texts)
            Text(key, value);
    });

    /// <summary>Writes a list of texts; nothing for null.</summary>
    public void Optional(string name, IReadOnlyList<string>? items)
    {
        if (items is null)
            return;
        Name(name);
        Inside('[', ']', () =>
        {
            foreach (var item in items)
            {
                Separate();
                Quoted(item);
            }
        });
    }

    public void Numbers(string name, IReadOnlyDictionary<string, double> numbers) => Object(name, () =>
    {
        foreach (var pair in numbers)
            Number(pair.Key, pair.Value);
    });

    public void Object(string name, Action members)
    {
        Name(name);
        Inside('{', '}', members);
    }

    public void Objects<T>(string name, IReadOnlyList<T> items, Action<T> members)
        where T : class
    {
        Name(name);
        Inside('[', ']', () =>
        {
            foreach (var item in items)
            {
                Separate();
                Inside('{', '}', () => members(item));
            }
        });
    }

    private void Inside(char open, char close, Action content)
    {
        text.Append(open);
        first = true;
        content();
        text.Append(close);
        first = false;
    }

    private void Separate()
    {
        if (!first)
            text.Append(',');
        first = false;
    }

    private void Name(string name)
    {
        Separate();
        Quoted(name);
        text.Append(':');
    }

    private void Quoted(string value)
    {
        text.Append('"');
        if (!TryAppend(value))
            text.Append(JsonEncodedText.Encode(value, escaping == Escaping.Least ? JavaScriptEncoder.UnsafeRelaxedJsonEscaping : JavaScriptEncoder.Default).Value);
        text.Append('"');
    }

    // Printable ASCII is written here; a text with anything else is left to the library as a whole.
    private bool TryAppend(string value)
    {
        foreach (var c in value)
            if (c is < ' ' or > '~')
                return false;
        foreach (var c in value)
        {
            if (c == '\\')
                text.Append("\\\\");
            else if (c == '"' && escaping == Escaping.Least)
                text.Append("\\\"");
            else if (escaping == Escaping.Default && (c is '"' or '<' or '>' or '&' or '\'' or '+' or '`'))
                text.Append("\\u00").Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }

        return true;
    }
}
