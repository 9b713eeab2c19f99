using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Where the server's artifact proxy has the files of a run or logged model, derived from its <c>artifact_uri</c>.</summary>
internal readonly partial record struct ArtifactAddress(string Root)
{
    internal const string Proxy = "api/2.0/mlflow-artifacts/artifacts/";

    internal static ArtifactAddress Parse(string? artifactUri)
    {
        if (Uri.TryCreate(artifactUri, UriKind.Absolute, out var uri))
        {
            if (uri.Scheme == "mlflow-artifacts") return new(Uri.UnescapeDataString(uri.AbsolutePath).Trim('/'));
            if (uri.Scheme is "http" or "https" && uri.AbsolutePath.IndexOf('/' + Proxy, StringComparison.Ordinal) is >= 0 and var at)
                return new(Uri.UnescapeDataString(uri.AbsolutePath[(at + 1 + Proxy.Length)..]).Trim('/'));
        }

        throw new MlflowException(
            $"The artifacts are at '{artifactUri}', which the server does not pass on. "
            + "Start it with its artifact proxy (--serve-artifacts, on by default) and make new experiments in it.",
            "INVALID_STATE");
    }

    /// <summary>The address of a file for PUT and GET.</summary>
    internal string File(string path) => Proxy + Escape(Join(path));

    /// <summary>The path inside the proxy, for listing.</summary>
    internal string Join(string path) => path.Length == 0 ? Root : Root.Length == 0 ? Check(path) : $"{Root}/{Check(path)}";

    internal static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    // The server refuses '#', and decodes '%41' however often it was encoded.
    internal static string Check(string path) =>
        path.Split('/').Any(part => part is "" or "." or "..") || path.AsSpan().IndexOfAny('\\', '#', '\0') >= 0 || Encoded().IsMatch(path)
            ? throw new TrackingException(
                $"'{path}' is no path of an artifact: it must be relative, with '/' between names, "
                + "no '.' or '..', no '#', '\\' or NUL, and no '%' before two hexadecimal digits.")
            : path;

    [GeneratedRegex("%[0-9a-fA-F]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Encoded();
}
