using System.Runtime.InteropServices;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Gives the path of a TorchSharp library that loads on this system: the original where it does, else a copy, made once per user, whose unused needs
/// of a newer C++ runtime are marked weak.
/// </summary>
internal static class CompatibleLibrary
{
    /// <summary>Returns <paramref name="original"/>, or the path of a patched copy.</summary>
    /// <param name="original">The library as the package brought it; only read.</param>
    /// <param name="cacheFolders">Folders for the copy, tried in order until one can be written.</param>
    /// <param name="diagnostic">Hears what was found and done.</param>
    /// <exception cref="TorchRuntimeException">The library needs what this system lacks, or no folder can be written.</exception>
    public static string Resolve(string original, IReadOnlyList<string> cacheFolders, Action<string> diagnostic)
    {
        if (!OperatingSystem.IsLinux())
            return original;
        string runtime = LocateCppRuntime();
        try
        {
            return Resolve(original, new ElfImage(File.ReadAllBytes(runtime)).ReadVersionDefinitions(), runtime, cacheFolders, diagnostic);
        }
        catch (ElfFormatException exception)
        {
            diagnostic($"{original} or {runtime} is not understood ({exception.Message}); using the original as it is.");
            return original;
        }
    }

    /// <summary>The same for a C++ runtime that provides the given versions.</summary>
    internal static string Resolve(
        string original, IReadOnlySet<string> provided, string runtime, IReadOnlyList<string> cacheFolders, Action<string> diagnostic)
    {
        byte[] bytes = File.ReadAllBytes(original);
        var image = new ElfImage(bytes);
        IReadOnlyList<ElfVersionNeed> unmet = WeakVersionPatch.UnmetNeeds(image, provided);
        if (unmet.Count == 0)
        {
            diagnostic($"{runtime} has all versions that {Path.GetFileName(original)} needs.");
            return original;
        }
        string versions = string.Join(", ", unmet.Select(need => need.Version));
        diagnostic($"{runtime} lacks {versions}, which {Path.GetFileName(original)} asks for.");
        byte[] patched;
        try
        {
            patched = WeakVersionPatch.Apply(bytes, image, unmet);
        }
        catch (ElfFormatException exception)
        {
            throw new TorchRuntimeException(
                $"{original} cannot be loaded here: {exception.Message}. Install a newer libstdc++ (GCC 13 or later has GLIBCXX_3.4.32).", exception);
        }
        return Store(original, patched, ContentDigest.Of(bytes), cacheFolders, diagnostic);
    }

    /// <summary>The per-user folders for patched copies: <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, then the temporary folder.</summary>
    public static IReadOnlyList<string> DefaultCacheFolders()
    {
        var folders = new List<string>();
        string? xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (!string.IsNullOrEmpty(xdg) && Path.IsPathRooted(xdg))
            folders.Add(Path.Combine(xdg, "finetune", "native"));
        else if (home.Length > 0)
            folders.Add(Path.Combine(home, ".cache", "finetune", "native"));
        folders.Add(Path.Combine(Path.GetTempPath(), "finetune-" + Environment.UserName, "native"));
        return folders;
    }

    private static string Store(string original, byte[] patched, string digest, IReadOnlyList<string> cacheFolders, Action<string> diagnostic)
    {
        var problems = new List<string>();
        foreach (string root in cacheFolders)
        {
            string folder = Path.Combine(root, digest);
            string path = Path.Combine(folder, Path.GetFileName(original));
            try
            {
                // What lies there is used only if it is what would be written: the cache may be shared, stale or cut short.
                if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(patched))
                {
                    diagnostic($"Using the patched copy {path}.");
                    return path;
                }
                Directory.CreateDirectory(folder);
                DurableFile.Write(path, patched);
                diagnostic($"Wrote the patched copy {path}; the original {original} is untouched.");
                return path;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{root}: {exception.Message}");
                diagnostic($"{root} cannot be used for the patched copy: {exception.Message}");
            }
        }
        throw new TorchRuntimeException(
            $"{original} needs a patched copy to load on this system, and no folder for it can be written ({string.Join("; ", problems)}). Set "
                + "XDG_CACHE_HOME to a writable folder.");
    }

    private static string LocateCppRuntime()
    {
        if (!NativeLibrary.TryLoad(WeakVersionPatch.CppRuntime, out _))
            throw new TorchRuntimeException($"{WeakVersionPatch.CppRuntime} is not installed. On Debian and Ubuntu: apt-get install libstdc++6.");
        // The loaded file, whichever search path led to it.
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            int slash = line.IndexOf('/', StringComparison.Ordinal);
            if (slash >= 0 && Path.GetFileName(line[slash..]).StartsWith("libstdc++.so.6", StringComparison.Ordinal))
                return line[slash..];
        }
        throw new TorchRuntimeException($"{WeakVersionPatch.CppRuntime} was loaded, but its file could not be found in /proc/self/maps.");
    }
}
