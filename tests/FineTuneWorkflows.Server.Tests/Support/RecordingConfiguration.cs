using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Remembers which settings were asked for.</summary>
internal sealed class RecordingConfiguration(Dictionary<string, string?> values) : IConfiguration
{
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public string? this[string key]
    {
        get
        {
            Asked.Add(key);
            return values.GetValueOrDefault(key);
        }

        set => values[key] = value;
    }

    public IEnumerable<IConfigurationSection> GetChildren() => [];

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    public IConfigurationSection GetSection(string key) => throw new NotSupportedException();
}
