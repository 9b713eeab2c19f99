using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Documents;

public sealed partial class LinkTests
{
    private static IEnumerable<string> Documents =>
        Directory.EnumerateFiles(Checkout.Root, "*.md").Concat(new[] { "docs", "data", "benchmarks", ".github" }.SelectMany(folder => Checkout.Files(folder, "*.md")));

    [Fact]
    public void Every_link_between_documents_leads_to_a_file_and_a_heading()
    {
        var broken = new List<string>();
        foreach (var document in Documents)
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                var (path, anchor) = (link.Groups["path"].Value, link.Groups["anchor"].Value);
                if (path.Contains("://", StringComparison.Ordinal))
                    continue;
                var target = path.Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, path));
                if (!File.Exists(target) && !Directory.Exists(target))
                    broken.Add($"{Checkout.Relative(document)}: there is no {path}");
                else if (anchor.Length > 0 && !Anchors(target).Contains(anchor))
                    broken.Add($"{Checkout.Relative(document)}: {path} has no heading #{anchor}");
            }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    /// <summary>In pieces of code of documents, and in workflows of GitHub; a walk that makes a new file says so in its line.</summary>
    [Fact]
    public void Every_path_of_the_repository_that_documents_and_workflows_name_exists()
    {
        var missing = Documents.Concat(Checkout.Files(".github", "*.yml"))
            .SelectMany(document => File.ReadLines(document).Where(line => !line.Contains("New file", StringComparison.Ordinal))
                .SelectMany(line => NamedPath().Matches(line).Select(match => match.Groups["path"].Value.TrimEnd('/', '.')))
                .Where(path => !File.Exists(Checkout.At(path)) && !Directory.Exists(Checkout.At(path)))
                .Select(path => $"{Checkout.Relative(document)}: there is no {path}")).ToList();

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    // As GitHub makes them: lower case, without punctuation, hyphens for spaces.
    private static IEnumerable<string> Anchors(string document) =>
        File.ReadLines(document).Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<=[`\s=])(\./)?(?<path>(src|tests|docs|workflows|benchmarks)/(?![\w\-./]*/bin/)[\w\-./]+|data/[\w\-]+[/.][\w\-./]+|(?<=\./)\w+\.sh)(?=[`\s])")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"[^\p{L}\p{Nd}\- _]")]
    private static partial Regex NotInAnchors();
}
