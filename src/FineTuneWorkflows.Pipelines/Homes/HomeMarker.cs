using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;

namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>The file that makes a folder a home: <c>home.json</c> with the version of the home's layout and an id that no other home has.</summary>
internal static class HomeMarker
{
    public const string FileName = "home.json";

    private const int Format = 1;

    /// <summary>The id in a folder's marker; null where it has none.</summary>
    /// <exception cref="HomeException">The marker is damaged, or of a newer version.</exception>
    public static string? Read(string root)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.GetProperty("format").GetInt32() is > Format and var newer)
                throw new HomeException($"the home folder {root} was made by a newer version of this program (format {newer}; this one knows {Format}); update the program, or choose another home with --home or FINETUNE_HOME");
            return json.RootElement.GetProperty("id").GetString() is { Length: > 0 } id ? id : throw Damaged(path, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Marks a folder. Of several processes that do so at once one makes the marker, and all have its id.</summary>
    public static string Make(string root)
    {
        var path = Path.Combine(root, FileName);
        var id = Guid.NewGuid().ToString("n");
        return DurableFile.TryCreate(path, Encoding.ASCII.GetBytes($"{{\"format\":{Format},\"id\":\"{id}\"}}\n")) ? id : Read(root) ?? throw new HomeException($"the marker {path} went away while it was made");
    }

    private static HomeException Damaged(string path, Exception? inner) =>
        new($"{path} is damaged: it must be a JSON object with a format and an id; delete it to have the home marked anew", inner);
}
