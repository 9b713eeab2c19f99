using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static FineTuneWorkflows.Text.Tests.Sources.FaultyServer;

namespace FineTuneWorkflows.Text.Tests.Sources;

/// <summary>
/// Answers as the Hugging Face Hub does: the API names commit and files; small files come from the hub with git's SHA-1 as ETag, by way of a relative
/// reference; large ones lie on another server, with the SHA-256 in the headers of the answer that refers there.
/// </summary>
internal sealed class HubServer : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567", Later = "89abcdef0123456789abcdef0123456789abcdef",
        Latest = "fedcba9876543210fedcba9876543210fedcba98";

    private readonly FaultyServer _hub;
    private readonly FaultyServer _store;

    public HubServer()
    {
        _store = new FaultyServer(r => FromStore(r));
        _hub = new FaultyServer(r => Answer(r));
    }

    /// <summary>The commit that the branch main means.</summary>
    public string Main { get; set; } = Commit;

    /// <summary>The files of all commits.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal)
    {
        ["config.json"] = "{}"u8.ToArray(), ["vocab.txt"] = "[PAD]\n"u8.ToArray(), ["model.safetensors"] = [.. Enumerable.Range(0, 200_000).Select(i => (byte)((i * 31) + (i >> 8)))], ["README.md"] = "---\nlicense: mit\n---\n"u8.ToArray(), ["notes.txt"] = "x"u8.ToArray(),
    };

    /// <summary>Whether the API tells the files' lengths where it is asked for them, as mirrors may not.</summary>
    public bool TellsSizes { get; set; } = true;

    /// <summary>What the hub answers instead, or null.</summary>
    public Func<Request, Response?> Instead { get; set; } = _ => null;

    /// <summary>How the store answers.</summary>
    public Func<Request, byte[], Response> Store { get; set; } = Serve;

    public string Endpoint => _hub.Address("");

    public IEnumerable<Request> HubRequests => _hub.Requests;

    public IEnumerable<Request> StoreRequests => _store.Requests;

    public IEnumerable<string> Fetched => HubRequests.Where(r => r.Line.StartsWith("GET", StringComparison.Ordinal)).Select(r => r.Line.Split(' ')[1]);

    public static Response Refusal(int status, string code) => new(status, []) { Headers = $"X-Error-Code: {code}\r\n" };

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static bool IsLarge(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal);

    private Response Answer(Request request)
    {
        if (Instead(request) is { } other) return other;
        var (path, query) = request.Line.Split(' ')[1].Split('?') is [var first, .. var rest] ? (first, string.Concat(rest)) : ("", "");
        if (path.StartsWith("/api/models/owner/name/revision/", StringComparison.Ordinal))
        {
            var siblings = Files.Select(f => TellsSizes && query == "blobs=true" ? (object)new { rfilename = f.Key, size = f.Value.Length } : new { rfilename = f.Key });
            return path.EndsWith("/main", StringComparison.Ordinal) || path.EndsWith(Main, StringComparison.Ordinal)
                ? new Response(200, JsonSerializer.SerializeToUtf8Bytes(new { sha = Main, siblings })) : Refusal(404, "RevisionNotFound");
        }
        if (path.StartsWith("/cache/", StringComparison.Ordinal)) return Small(path["/cache/".Length..], request);
        var prefix = $"/owner/name/resolve/{Main}/";
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || !Files.TryGetValue(path[prefix.Length..], out var content)) return Refusal(404, "EntryNotFound");
        var name = path[prefix.Length..];
        return IsLarge(name)
            ? new Response(302, [])
            {
                Headers = $"X-Linked-Etag: \"{Convert.ToHexStringLower(SHA256.HashData(content))}\"\r\nX-Linked-Size: {content.Length}\r\nLocation: {_store.Address("/blob/" + name)}?signature=secret\r\n",
            }
            : new Response(307, []) { Headers = $"Location: /cache/{name}\r\n" };
    }

    private Response Small(string name, Request request)
    {
        var content = Files[name];
        byte[] blob = [.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content];
        return Serve(request, content) with { Headers = $"ETag: W/\"{Convert.ToHexStringLower(SHA1.HashData(blob))}\"\r\n" };
    }

    private Response FromStore(Request request) => Store(request, Files[request.Line.Split(' ')[1].Split('?')[0]["/blob/".Length..]]);
}
