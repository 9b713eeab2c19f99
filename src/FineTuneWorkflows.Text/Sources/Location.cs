namespace FineTuneWorkflows.Text.Sources;

/// <summary>Addresses as they may be shown: without user, password, query and fragment, any of which may hold a secret.</summary>
internal static class Location
{
    public static bool IsWeb(string location) =>
        location.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || location.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    public static string Shown(Uri address)
    {
        var shown = address.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.Port | UriComponents.Path, UriFormat.UriEscaped);
        return address.Query.Length > 0 ? shown + "?..." : shown;
    }

    /// <summary>The last part of the path as a file name, <c>download</c> where there is none.</summary>
    public static string FileName(Uri address)
    {
        var name = Uri.UnescapeDataString(address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..]);
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.');
        return safe.Length == 0 ? "download" : safe;
    }
}
