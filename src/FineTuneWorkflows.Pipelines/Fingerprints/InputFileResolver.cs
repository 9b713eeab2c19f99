using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Sources;
using Microsoft.Extensions.FileSystemGlobbing;

namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>Turns a file, folder or glob into the files it means, with their digests.</summary>
/// <param name="hashes">Knows the digests of files that have not changed.</param>
/// <param name="sources">Where files may be read.</param>
internal sealed class InputFileResolver(FileHashCache hashes, AllowedSources sources)
{
    /// <summary>The files of all of a parameter's paths, in their order.</summary>
    /// <param name="inputs">The paths of one parameter.</param>
    /// <param name="baseFolder">What a relative path counts from.</param>
    /// <param name="cancellationToken">Ends the hashing.</param>
    /// <exception cref="StageException">There is no such file, the folder is empty, or it cannot be read.</exception>
    public ResolvedInput Resolve(IReadOnlyList<InputPath> inputs, string baseFolder, CancellationToken cancellationToken)
    {
        var resolved = inputs.Select(input => Resolve(input, baseFolder, cancellationToken)).OfType<ResolvedInput>().ToList();
        return resolved.Count == 1
            ? resolved[0]
            : new([.. resolved.SelectMany(r => r.Files)], ContentDigest.Of(string.Concat(resolved.Select(r => r.Digest + "\n"))));
    }

    private ResolvedInput? Resolve(InputPath input, string baseFolder, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(input.Path, baseFolder);
        if (!sources.AllowsPath(full))
            throw Refused(input);
        try
        {
            if (FolderEntries.Fault(full) is { } fault)
                throw new StageException($"parameter {input.Parameter}: {fault}");
            if (File.Exists(full))
            {
                var file = Hashed(full, Path.GetFileName(full), cancellationToken);
                // Of its name only the extension counts, because it may say how to read the file.
                return new([file], DigestOf([file with { RelativePath = "*" + Path.GetExtension(full) }]));
            }

            if (Directory.Exists(full))
                return NotEmpty(Allowed(InFolder(full, Entries(input), cancellationToken), input), input, $"the folder {full} holds no files");
            if (input.Path.AsSpan().ContainsAny('*', '?'))
                return NotEmpty(Allowed(InGlob(full, Entries(input), cancellationToken), input), input, $"no file matches {full}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StageException($"parameter {input.Parameter}: {full} cannot be read: {e.Message}", e);
        }

        return input.Optional ? null : throw new StageException($"parameter {input.Parameter}: there is no file or folder {full}{(input.Advice is null ? "" : "; " + input.Advice)}");
    }

    private FolderEntries Entries(InputPath input) => new(link =>
    {
        if (!sources.AllowsPath(link))
            throw Refused(input);
    });

    // A folder that is allowed may hold links to what is not.
    private IReadOnlyList<InputFile> Allowed(IReadOnlyList<InputFile> files, InputPath input) =>
        sources.IsEverything || files.All(f => sources.AllowsPath(f.FullPath)) ? files : throw Refused(input);

    private StageException Refused(InputPath input) => new($"parameter {input.Parameter}: '{input.Path}' is outside the allowed folders; {sources.Advice}");

    // Of relative paths and contents, not of where they lie.
    private static string DigestOf(IReadOnlyList<InputFile> files) =>
        ContentDigest.Of(string.Concat(files.Select(f => $"{f.Sha256} {f.RelativePath}\n")));

    private static ResolvedInput NotEmpty(IReadOnlyList<InputFile> files, InputPath input, string message) =>
        files.Count > 0 ? new(files, DigestOf(files)) : throw new StageException($"parameter {input.Parameter}: {message}");

    private List<InputFile> InFolder(string folder, FolderEntries entries, CancellationToken cancellationToken) =>
        Sorted(entries.FilesBelow(new(folder)).Select(file => Hashed(file.FullName, Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), cancellationToken)));

    private List<InputFile> InGlob(string pattern, FolderEntries entries, CancellationToken cancellationToken)
    {
        var parts = pattern.Split(Path.DirectorySeparatorChar);
        var firstWild = Array.FindIndex(parts, part => part.AsSpan().ContainsAny('*', '?'));
        var root = string.Join(Path.DirectorySeparatorChar, parts[..firstWild]) + Path.DirectorySeparatorChar;
        if (!Directory.Exists(root))
            return [];
        var matcher = new Matcher(StringComparison.Ordinal);
        var wild = string.Join('/', parts[firstWild..]);
        matcher.AddInclude(wild.Replace('?', '*'));
        return Sorted(matcher.Execute(entries.ForGlobs(new(root))).Files
            .Where(match => !wild.Contains('?') || QuestionMarks.Match(wild, match.Path))
            .Select(match => Hashed(Path.Combine(root, match.Path), match.Path, cancellationToken)));
    }

    private static List<InputFile> Sorted(IEnumerable<InputFile> files) => [.. files.OrderBy(f => f.RelativePath, StringComparer.Ordinal)];

    private InputFile Hashed(string fullPath, string relativePath, CancellationToken cancellationToken)
    {
        var info = new FileInfo(fullPath);
        return new(fullPath, relativePath, hashes.HashOf(info, cancellationToken), info.Length);
    }

    internal sealed record ResolvedInput(IReadOnlyList<InputFile> Files, string Digest);
}
