using System.Runtime.InteropServices;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>Finds native libraries where .NET puts them: beside the program, in <c>runtimes/&lt;rid&gt;/native</c>, or in the package
/// folder.</summary>
internal static class NativeFolders
{
    /// <summary>The folder beside the program where this project's build puts libtorch, out of the way of .NET's own search.</summary>
    private const string LibtorchFolder = "libtorch";

    /// <summary>The folders that .NET searches by itself, nearest first, each once.</summary>
    public static IReadOnlyList<string> Standard()
    {
        var roots = new List<string> { AppContext.BaseDirectory };
#pragma warning disable IL3000 // An empty location, as in a single-file program, is handled.
        string assembly = typeof(torch).Assembly.Location;
#pragma warning restore IL3000
        if (assembly.Length > 0)
            roots.Add(Path.GetDirectoryName(assembly)!);
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string folders)
            roots.AddRange(folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        string native = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string portable = Path.Combine("runtimes", PortableIdentifier(), "native");
        return Existing(roots.SelectMany(root => new[] { root, Path.Combine(root, native), Path.Combine(root, portable) }));
    }

    /// <summary>All folders that may hold packaged libraries, nearest first, each once.</summary>
    public static IReadOnlyList<string> All()
    {
        IReadOnlyList<string> standard = Standard();
        return Existing(standard.Select(folder => Path.Combine(folder, LibtorchFolder)).Concat(standard));
    }

    /// <summary>The first folder's file of that name, or null.</summary>
    public static string? Find(IEnumerable<string> folders, string fileName) =>
        folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    /// <summary>A library's file name on this system: <c>libtorch_cpu.so</c>, <c>torch_cpu.dll</c>, <c>libtorch_cpu.dylib</c>.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : "lib" + library + (OperatingSystem.IsMacOS() ? ".dylib" : ".so");

    private static IReadOnlyList<string> Existing(IEnumerable<string> folders) =>
        [.. folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            .Distinct(StringComparer.Ordinal).Where(Directory.Exists)];

    private static string PortableIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return system + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
    }
}
