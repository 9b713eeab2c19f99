using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Stages.RegisterModel;

/// <summary>The <c>registration</c> artifact: <c>registration.json</c> says which version a model became, and all that the registry knows of it.</summary>
/// <param name="Name">The registered model.</param>
/// <param name="Version">The version.</param>
/// <param name="Model">The digest of the model artifact.</param>
/// <param name="Run">The run that registered it.</param>
/// <param name="Alias">The alias that was pointed to it; null where none was.</param>
/// <param name="Gate">What the gate said.</param>
/// <param name="Data">The digests of its data.</param>
/// <param name="Created">When; null in files of earlier versions.</param>
/// <param name="Description">For people; null for none.</param>
/// <param name="Metrics">Its metrics; null in files of earlier versions.</param>
internal sealed record RegistrationFile(
    string Name, int Version, string Model, string Run, string? Alias, string? Gate, IReadOnlyList<string> Data, DateTimeOffset? Created = null, string? Description = null,
    IReadOnlyDictionary<string, double>? Metrics = null)
{
    private const string FileName = "registration.json";

    public static void Write(string folder, ModelVersion version, string? alias, string? gate)
    {
        using var stream = File.Create(Path.Combine(folder, FileName));
        JsonSerializer.Serialize(
            stream,
            new(version.Name, version.Version, version.Digest, version.RunId, alias, gate, version.DataDigests, version.Created, version.Description, version.Metrics),
            RegistrationJson.Default.RegistrationFile);
    }

    /// <summary>The file in a folder; null where there is none that can be read.</summary>
    public static RegistrationFile? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistrationJson.Default.RegistrationFile) is { Run: not null, Data: not null } file ? file : null;
        }
        catch (JsonException)
        {
            // Damaged: what it says, the journal says in less detail.
            return null;
        }
    }
}

/// <summary>How a registration is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RegistrationFile))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
