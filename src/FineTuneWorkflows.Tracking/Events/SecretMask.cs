using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// Takes secrets out of what is stored and sent: values that are known to be secret, references to environment variables
/// (<c>${env:NAME}</c>), user and password in addresses, signatures in query strings, and the values of keys that say they are
/// secret (<c>...Password</c>, <c>api_key</c>, <c>AccessToken</c>, ...). Names of data sets, paths and tags are masked alike; the contents
/// of files are not.
/// </summary>
public sealed partial class SecretMask
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Shown = "***";

    private const int ShortestKnownValue = 4;

    private readonly string[] _values;

    /// <summary>Makes a mask.</summary>
    /// <param name="secretValues">Values that must not be seen, wherever they stand; those under 4 characters are left out, since they would
    /// mask innocent text.</param>
    public SecretMask(IEnumerable<string>? secretValues = null) => _values = (secretValues ?? [])
        .Where(value => value.Length >= ShortestKnownValue).Distinct(StringComparer.Ordinal)
        .OrderByDescending(value => value.Length).ThenBy(value => value, StringComparer.Ordinal).ToArray();

    /// <summary>Masks secrets inside a text.</summary>
    public string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var value in _values) text = text.Replace(value, Shown, StringComparison.Ordinal);
        if (text.Contains("${env:", StringComparison.OrdinalIgnoreCase)) text = Reference().Replace(text, Shown);
        if (text.Contains("://", StringComparison.Ordinal)) text = Credentials().Replace(text, $"$1{Shown}@");
        if (text.Contains('=', StringComparison.Ordinal)) text = Query().Replace(text, $"$1{Shown}");
        return text;
    }

    /// <summary>Masks the value of a key: wholly when the key says that it is secret.</summary>
    public string Mask(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsSecretKey(key) ? Shown : Mask(value);
    }

    /// <summary>Whether a key says that its value is secret.</summary>
    public bool IsSecretKey(string key) => SecretKey().IsMatch(key);

    /// <summary>The event without secrets. Local paths and digests are left alone: they are not sent.</summary>
    public TrackingEvent Mask(TrackingEvent item) => item switch
    {
        RunStarted started => started with { Name = Mask(started.Name), Experiment = Optional(started.Experiment) },
        ParametersLogged parameters => parameters with { Parameters = Pairs(parameters.Parameters) },
        TagsSet tags => tags with { Tags = Pairs(tags.Tags) },
        DatasetUsed dataset => dataset with { Name = Mask(dataset.Name), Source = Mask(dataset.Source), Profile = Optional(dataset.Profile) },
        RunDescribed described => described with { Markdown = Mask(described.Markdown) },
        ModelLogged { Parameters: { } parameters } model => model with { Parameters = Pairs(parameters) },
        ModelRegistered registered => registered with
        {
            Description = Optional(registered.Description), About = Optional(registered.About), Tags = registered.Tags is { } tags ? Pairs(tags) : null,
        },
        _ => item,
    };

    private string? Optional(string? text) => text is null ? null : Mask(text);

    private List<KeyValuePair<string, string>> Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs) =>
        pairs.Select(pair => KeyValuePair.Create(pair.Key, Mask(pair.Key, pair.Value))).ToList();

    [GeneratedRegex(@"\$\{env:[^}]*\}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"([a-z][a-z0-9+.\-]*://)[^\s/@""']+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();

    [GeneratedRegex(
        @"([?&;](?:[\w\-]*(?:signature|token|password|secret|credential|api_?key)|sig|pwd)=)[^&\s""']+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Query();

    // The last word decides, so that maxTokens and tokenizer are no secrets.
    [GeneratedRegex(
        @"(?:(?i:passw(?:or)?d|passphrase|pwd|secret|credentials?|(?:api|access|secret|private|account)[_\-. ]?key)"
        + @"|(?:^|[_\-./ ])(?i:token)|(?<=[a-z])Token)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex SecretKey();
}
