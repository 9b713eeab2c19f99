using System.Runtime.InteropServices;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>Finds native libraries where .NET puts them: beside the program, in <c>runtimes/&lt;rid&gt;/native</c>, or in the package folder.</summary>
internal static class NativeFolders
{
    /// <summary>The folders to search, nearest first, each once.</summary>
    public static IReadOnlyList<string> All()
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
        return [.. roots.SelectMany(root => new[] { root, Path.Combine(root, native), Path.Combine(root, portable) })
            .Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).Distinct(StringComparer.Ordinal).Where(Directory.Exists)];
    }

    /// <summary>The first folder's file of that name, or null.</summary>
    public static string? Find(string fileName) => All().Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    /// <summary>A library's file name on this system: <c>libtorch_cpu.so</c>, <c>torch_cpu.dll</c>, <c>libtorch_cpu.dylib</c>.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : "lib" + library + (OperatingSystem.IsMacOS() ? ".dylib" : ".so");

    private static string PortableIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return system + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
    }
}
