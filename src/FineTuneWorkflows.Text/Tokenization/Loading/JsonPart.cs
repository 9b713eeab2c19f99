using System.Text.Json;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>A value in a JSON file that knows where it stands, so that whatever is wrong with it can be told.</summary>
internal readonly record struct JsonPart(JsonElement Value, string Place, string File)
{
    private const int MostSteps = 1_000;

    /// <summary>Whether it is there and not null.</summary>
    public bool Exists => Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>A member, which may be missing.</summary>
    public JsonPart this[string name]
    {
        get
        {
            var place = Place.Length == 0 ? name : Place + "." + name;
            return Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var member) ? new JsonPart(member, place, File)
                : new JsonPart(default, place, File);
        }
    }

    /// <summary>Reads a file whole and hands its top object on; whatever is wrong in it is an error that names it.</summary>
    public static T Read<T>(byte[] bytes, string file, Func<JsonPart, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(StartsWithMark(bytes) ? 3 : 0));
            var root = new JsonPart(document.RootElement, "", file);
            if (root.Value.ValueKind != JsonValueKind.Object) throw root.Wrong("an object");
            return read(root);
        }
        catch (JsonException e)
        {
            throw new TextDataException($"the file is damaged or no JSON: {e.Message}", file, inner: e);
        }
        catch (InvalidOperationException e)
        {
            // A string with half of a surrogate pair or bytes that are no UTF-8.
            throw new TextDataException("the file has a string that is no valid text", file, inner: e);
        }
    }

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("a string");

    public string Text(string otherwise) => Exists ? Text() : otherwise;

    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public bool Flag(bool otherwise) => Exists ? Flag() : otherwise;

    public int Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) ? number : throw Wrong("a whole number");

    public int Number(int otherwise) => Exists ? Number() : otherwise;

    /// <summary>A token's number.</summary>
    public int Id()
    {
        var id = Number();
        return id is >= 0 and <= TokenizerLoader.MostTokens ? id
            : throw new TextDataException($"'{Place}' is {id}; a token's number is from 0 to {TokenizerLoader.MostTokens}", File);
    }

    public double Real() => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) && double.IsFinite(number) ? number
        : throw Wrong("a finite number");

    public char Character(char otherwise)
    {
        if (!Exists) return otherwise;
        var text = Text();
        return text.Length == 1 ? text[0] : throw Wrong("one character");
    }

    /// <summary>The items of a list.</summary>
    public IEnumerable<JsonPart> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Wrong("a list");
        var index = 0;
        foreach (var item in Value.EnumerateArray()) yield return new JsonPart(item, $"{Place}[{index++}]", File);
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, JsonPart Value)> Members()
    {
        if (Value.ValueKind != JsonValueKind.Object) throw Wrong("an object");
        foreach (var member in Value.EnumerateObject()) yield return (member.Name, new JsonPart(member.Value, Place + "." + member.Name, File));
    }

    /// <summary>Refuses a sequence of more steps than any tokenizer has: each goes over each text.</summary>
    /// <param name="list">The member that lists a sequence's steps.</param>
    public void RequireFewSteps(string list)
    {
        if (Steps(list) > MostSteps) throw new TextDataException($"'{Place}' has more than {MostSteps} steps", File);
    }

    private int Steps(string list) => this[list].Value.ValueKind != JsonValueKind.Array ? 1 : this[list].Items().Sum(step => step.Value.ValueKind == JsonValueKind.Object ? step.Steps(list) : 1);

    /// <summary>The error for a value of another kind.</summary>
    public TextDataException Wrong(string expected)
    {
        var found = Value.ValueKind switch
        {
            JsonValueKind.Undefined => "is missing",
            JsonValueKind.Array => "is a list",
            JsonValueKind.Object => "is an object",
            _ => "is " + Shortened(Value.GetRawText()),
        };
        return new TextDataException(Place.Length == 0 ? $"the file {found}; it must be {expected}" : $"'{Place}' {found}; it must be {expected}", File);
    }

    /// <summary>The error for a part that is not known here.</summary>
    public TextDataException Unknown(string what, string known) =>
        new($"the {what} '{Shortened(this["type"].Exists ? this["type"].Text() : Value.GetRawText())}' ('{Place}') is not supported; known are {known}",
            File);

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static bool StartsWithMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8);
}
