using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Loads libtorch and TorchSharp's native library once per process. It does itself what TorchSharp's own loader would do, because that one fails
/// where libstdc++ is older than GCC 13's, then copies 600 MB, and takes the libraries beside the program even when another libtorch was asked for.
/// </summary>
public static class TorchRuntime
{
    /// <summary>The environment variable naming the folder of an installed libtorch (or its <c>lib</c> folder) to use instead of the packaged
    /// one.</summary>
    public const string LibtorchVariable = "FINETUNE_LIBTORCH";

    private static readonly Lock Gate = new();
    private static IReadOnlyDictionary<string, IntPtr> _handles = new Dictionary<string, IntPtr>();
    private static bool _loaded;
    private static TorchRuntimeException? _failure;

    /// <summary>
    /// Loads libtorch if that has not been done. Safe to call from any thread, any number of times. All classes of this project call it themselves.
    /// </summary>
    /// <param name="diagnostic">Hears, on the call that loads, which files are used and whether a patched copy was needed.</param>
    /// <exception cref="TorchRuntimeException">A library is missing or does not load; the message says which and what to do.</exception>
    public static void EnsureLoaded(Action<string>? diagnostic = null)
    {
        lock (Gate)
        {
            if (_loaded)
                return;
            // Half-loaded libraries stay in the process, so a second attempt would only fail differently.
            if (_failure is not null)
                throw new TorchRuntimeException(_failure.Message, _failure);
            try
            {
                Load(Environment.GetEnvironmentVariable(LibtorchVariable), diagnostic ?? (static _ => { }));
                _loaded = true;
            }
            catch (TorchRuntimeException exception)
            {
                _failure = exception;
                throw;
            }
        }
    }

    /// <summary>The version of libtorch that TorchSharp was built for, such as <c>2.10.0</c>.</summary>
    public static string Version => torch.__version__;

    /// <summary>A library that is loaded, such as <c>torch_cpu</c>.</summary>
    internal static IntPtr Handle(string library)
    {
        EnsureLoaded();
        return _handles[library];
    }

    /// <summary>Finds the folder with libtorch below <paramref name="folder"/>: itself or its <c>lib</c>.</summary>
    /// <exception cref="TorchRuntimeException">Neither holds libtorch_cpu.</exception>
    internal static string InstalledLibtorch(string folder)
    {
        string file = NativeFolders.FileName("torch_cpu");
        foreach (string candidate in new[] { folder, Path.Combine(folder, "lib") })
        {
            if (File.Exists(Path.Combine(candidate, file)))
                return Path.GetFullPath(candidate);
        }
        throw new TorchRuntimeException(
            $"{LibtorchVariable} is '{folder}', but neither that folder nor its lib folder holds {file}. Point it at an unpacked libtorch, or unset "
                + "it to use the packaged one.");
    }

    private static void Load(string? installed, Action<string> diagnostic)
    {
        string? libtorch = string.IsNullOrWhiteSpace(installed) ? null : InstalledLibtorch(installed);
        string cpu = libtorch is null ? RequireFile("torch_cpu") : Path.Combine(libtorch, NativeFolders.FileName("torch_cpu"));
        string folder = Path.GetDirectoryName(cpu)!;
        if (libtorch is not null)
            RefuseSecondLibtorch(folder);
        diagnostic(libtorch is null ? $"Using the packaged libtorch in {folder}." : $"Using the libtorch of {LibtorchVariable} in {folder}.");

        OpenMpWaiting.KeepShort(diagnostic);
        string torchSharp = CompatibleLibrary.Resolve(RequireFile("LibTorchSharp"), CompatibleLibrary.DefaultCacheFolders(), diagnostic);

        // By full path and in order of need: whoever asks for these names later gets the loaded ones, not a second copy from elsewhere.
        var handles = new Dictionary<string, IntPtr>(StringComparer.Ordinal) { ["torch_cpu"] = LoadFile(cpu) };
        string cuda = Path.Combine(folder, NativeFolders.FileName("torch_cuda"));
        if (File.Exists(cuda))
            handles["torch_cuda"] = LoadFile(cuda);
        handles["torch"] = LoadFile(Path.Combine(folder, NativeFolders.FileName("torch")));
        handles["LibTorchSharp"] = LoadFile(torchSharp);
        _handles = handles;

        // TorchSharp's loader asks by name; where .NET finds nothing that loads, it asks here before giving up.
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += (_, name) => handles.GetValueOrDefault(name);
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => handles.GetValueOrDefault(name));
        Start(torchSharp, diagnostic);
    }

    private static void Start(string torchSharp, Action<string> diagnostic)
    {
        try
        {
            diagnostic($"Loaded {torchSharp}; libtorch {Version}, {torch.get_num_threads()} threads.");
        }
        catch (Exception exception) when (
            exception is TypeInitializationException or NotSupportedException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new TorchRuntimeException($"{torchSharp} was loaded, but TorchSharp does not start with it: "
                + $"{exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>TorchSharp would load a libtorch that .NET finds by itself besides the one asked for, and two of them abort the process.</summary>
    private static void RefuseSecondLibtorch(string folder)
    {
        string? other = NativeFolders.Find(NativeFolders.Standard(), NativeFolders.FileName("torch_cpu"));
        if (other is not null && Path.GetDirectoryName(other) != folder)
        {
            throw new TorchRuntimeException(
                $"{LibtorchVariable} asks for the libtorch in {folder}, but this program was built with its own at {other}, and a process cannot "
                + "have two. Build with -p:TorchBackend=none, or unset the variable.");
        }
    }

    private static string RequireFile(string library)
    {
        string file = NativeFolders.FileName(library);
        return NativeFolders.Find(NativeFolders.All(), file) ?? throw new TorchRuntimeException(
            $"{file} was not found in {string.Join(", ", NativeFolders.All())}. Build with -p:TorchBackend=cpu or cuda, or set {LibtorchVariable} to "
                + "the folder of an installed libtorch.");
    }

    private static IntPtr LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchRuntimeException($"{path} does not load: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }
}
