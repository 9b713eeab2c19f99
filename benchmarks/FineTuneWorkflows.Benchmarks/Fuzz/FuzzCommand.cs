using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>
/// <c>fuzz [TARGET...] [--minutes M] [--seed N]</c>: reads mutated inputs for M minutes a target (10). Exit code 1 where one crashed, was read for more than 5 seconds, or took more than 1 GB.
/// <c>fuzz TARGET --seed N --number I</c> reads one of them again, and says what comes of it.
/// </summary>
internal static class FuzzCommand
{
    private static readonly IFuzzTarget[] All = [new ReadersTarget(), new TokenizersTarget(), new TemplatesTarget(), new DefinitionsTarget(), new MlflowTarget()];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine($"error: the arguments are [TARGET...] [--minutes M] [--seed N] [--number I]; targets are {string.Join(", ", All.Select(t => t.Name))}");
            return 2;
        }

        try
        {
            if (options.Number is { } number) return ReadOne(options.Targets[0], options.Seed, number);
            var finds = 0;
            foreach (var target in options.Targets)
                finds += await new FuzzRun(target, options.Seed, TimeSpan.FromMinutes(options.Minutes)).RunAsync();
            Console.WriteLine(finds == 0 ? "no crash, no hang over 5 s, no memory over 1 GB" : $"{finds} finds");
            return finds == 0 ? 0 : 1;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return 1;
        }
    }

    /// <summary>What the process of a run does: <c>TARGET SEED FROM FOLDER</c>.</summary>
    public static int Work(string[] arguments) => FuzzWorker.Run(
        All.Single(t => t.Name == arguments[0]), ulong.Parse(arguments[1], CultureInfo.InvariantCulture), long.Parse(arguments[2], CultureInfo.InvariantCulture), arguments[3]);

    private static int ReadOne(IFuzzTarget target, ulong seed, long number)
    {
        using var scratch = new ScratchFolder();
        var (input, variant) = FuzzWorker.Input(target, seed, number);
        var problem = FuzzWorker.Problem(target, input, scratch.Under("work"), variant);
        Console.WriteLine($"{input.Name}, {input.Bytes.Length} bytes, variant {variant}: {problem?.ToString() ?? "read, or refused as documented"}");
        return problem is null ? 0 : 1;
    }

    private static (IReadOnlyList<IFuzzTarget> Targets, double Minutes, ulong Seed, long? Number)? Parse(string[] arguments)
    {
        var targets = new List<IFuzzTarget>();
        var (minutes, seed) = (10.0, (ulong)DateTime.UtcNow.Ticks % 1_000_000);
        long? number = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isOption = arguments[i].StartsWith("--", StringComparison.Ordinal);
            if (isOption) i++;
            if (arguments[i - (isOption ? 1 : 0)] switch
                {
                    "--minutes" => !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out minutes) || minutes is not (> 0 and < 100_000),
                    "--seed" => !ulong.TryParse(value, CultureInfo.InvariantCulture, out seed),
                    "--number" => !Number(value, out number),
                    var name => Array.Find(All, t => t.Name == name) is not { } target || !Added(target),
                }) return null;
        }
        if (number is not null && targets.Count != 1) return null;
        return (targets.Count > 0 ? targets : All, minutes, seed, number);

        bool Added(IFuzzTarget target)
        {
            targets.Add(target);
            return true;
        }

        static bool Number(string text, out long? number)
        {
            number = long.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
            return number is not null;
        }
    }
}
