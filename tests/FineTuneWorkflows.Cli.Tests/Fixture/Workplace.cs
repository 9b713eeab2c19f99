using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>A folder of a test's own, with a definition, its data and a home; runs command lines in it.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("finetune-cli-").FullName;
        Write("six.json", Definitions.Six);
        Write("data.txt", "good\nbad\n");
    }

    public string Folder { get; }

    public CliHost Host { get; set; } = TestStages.Host;

    public Home Home => Home.Open(Path.Combine(Folder, "home"));

    /// <summary>What stands on standard input.</summary>
    public string StandardInput { get; set; } = "";

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public bool Has(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>Runs a command line in this process, with the home of this place where the command takes one.</summary>
    public async Task<Answer> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await App(output, error).RunAsync(WithHome(args));
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>The same at a terminal of that width.</summary>
    public async Task<Answer> RunAtAsync(int width, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await App(output, error, terminal: true, width: width).RunAsync(WithHome(args));
        return new(code, output.ToString(), error.ToString());
    }

    public CliApp App(TextWriter output, TextWriter error, Action<int>? exit = null, bool terminal = false, int width = 120) => new(Host, new(output, error)
    {
        Folder = Folder, IsTerminal = terminal, Width = width, StandardInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(StandardInput)), Exit = exit ?? (code => throw new InvalidOperationException($"exit {code}")),
    });

    public string[] WithHome(params string[] args) =>
        args is ["run" or "status" or "sweep" or "runs" or "clean" or "predict", ..] && !args.Contains("--home") ? [.. args, "--home", "home"] : args;

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>What came of a command line.</summary>
    internal sealed record Answer(int Code, string Out, string Error);
}
