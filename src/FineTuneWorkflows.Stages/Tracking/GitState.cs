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
