using System.ComponentModel;
using System.Diagnostics;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What Git knows of the folder that a definition lies in.</summary>
/// <param name="Commit">The commit that is checked out.</param>
/// <param name="Branch">Its branch; null where none is checked out.</param>
/// <param name="Dirty">Whether files that Git tracks differ from it.</param>
/// <param name="Remote">The address of the remote <c>origin</c>; null where there is none.</param>
public sealed record GitState(string Commit, string? Branch, bool Dirty, string? Remote)
{
    private static readonly string[] CodeFiles =
    [
        "*.cs", "*.fs", "*.vb", "*.csproj", "*.fsproj", "*.props", "*.targets", "*.sln", "*.slnx", "*.slnf", "*.editorconfig", "*.razor", "*.cshtml", "*.js", "*.ts", "*.css", "*.py", "*.sh", "*.ps1", "*.cmd",
        "*.bat", "*.yml", "*.yaml", "*.toml", "*.sql", "Dockerfile", "Dockerfile.*",
    ];

    /// <summary>Asks Git, without taking any of its locks.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Ends the programs that were started.</param>
    /// <returns>Null where the folder lies in no repository, the repository has no commit, or there is no Git here.</returns>
    public static async Task<GitState?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (await GitAsync(folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=no"], cancellationToken).ConfigureAwait(false) is not { } status)
            return null;
        var lines = status.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var commit = Header(lines, "# branch.oid ");
        if (commit is null or "(initial)")
            return null;
        var branch = Header(lines, "# branch.head ");
        var remote = await GitAsync(folder, ["config", "--get", "remote.origin.url"], cancellationToken).ConfigureAwait(false);
        return new(commit, branch == "(detached)" ? null : branch, lines.Any(l => !l.StartsWith('#')), remote?.Trim() is { Length: > 0 } address ? address : null);
    }

    /// <summary>
    /// How the program and its configuration differ from the commit, as a patch. Only files of kinds that hold code are part of it, and the definition: data, texts and files that Git does not track are
    /// not; those that differ are named at its top.
    /// </summary>
    /// <param name="folder">A folder in the repository.</param>
    /// <param name="definition">The definition's file; null where there is none.</param>
    /// <param name="cancellationToken">Ends the programs that were started.</param>
    /// <returns>The patch; null where nothing that may be shown differs.</returns>
    public static async Task<string?> PatchAsync(string folder, string? definition, CancellationToken cancellationToken)
    {
        List<string> paths = [.. CodeFiles.Select(pattern => $":(top,icase,glob)**/{pattern}")];
        if (definition is not null)
            paths.Add($":(top,literal){(await GitAsync(folder, ["ls-files", "--full-name", "--", definition], cancellationToken).ConfigureAwait(false))?.Trim()}");
        paths.RemoveAll(path => path == ":(top,literal)");
        var patch = await GitAsync(folder, ["diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--", .. paths], cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(patch))
            return null;
        var all = await NamesAsync(folder, [], cancellationToken).ConfigureAwait(false);
        var left = all.Except(await NamesAsync(folder, paths, cancellationToken).ConfigureAwait(false), StringComparer.Ordinal).ToList();
        var top = left.Count == 0 ? "" : $"# These differ, too, and are left out, since they may hold data or texts: {string.Join(", ", left)}\n";
        return top + patch;
    }

    private static async Task<string[]> NamesAsync(string folder, List<string> paths, CancellationToken cancellationToken) =>
        (await GitAsync(folder, ["diff", "HEAD", "--name-only", "-z", "--", .. paths], cancellationToken).ConfigureAwait(false))?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The tags by which MLflow knows it.</summary>
    public IReadOnlyDictionary<string, string> ToTags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["mlflow.source.git.commit"] = Commit, ["mlflow.source.git.dirty"] = Dirty ? "true" : "false" };
        if (Branch is not null)
            tags["mlflow.source.git.branch"] = Branch;
        if (Remote is not null)
            tags["mlflow.source.git.repoURL"] = Remote;
        return tags;
    }

    private static string? Header(string[] lines, string name) => lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    private static async Task<string?> GitAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        using var git = new Process { StartInfo = start };
        try
        {
            git.Start();
        }
        catch (Win32Exception)
        {
            return null; // There is no Git here.
        }

        try
        {
            var output = git.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = git.StandardError.ReadToEndAsync(cancellationToken);
            await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            return git.ExitCode == 0 ? await output.ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException)
        {
            git.Kill();
            throw;
        }
    }
}
