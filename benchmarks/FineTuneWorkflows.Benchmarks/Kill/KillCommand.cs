using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Kill;

/// <summary>
/// <c>kill [COUNT] [--seed N]</c>: COUNT times SIGKILL at random moments spread over the whole pipeline. Homes are killed once, twice or three times before they may finish. Exit code 1 on any violation.
/// </summary>
internal static class KillCommand
{
    private const int MostKillsInOneHome = 3;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments, 20) is not var (count, seed))
        {
            Console.Error.WriteLine("error: the arguments are [COUNT] [--seed N], COUNT from 1 to 100000, N a whole number");
            return 2;
        }

        try
        {
            return await RunAsync(count, seed) ? 0 : 1;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return 1;
        }
    }

    private static async Task<bool> RunAsync(int count, ulong seed)
    {
        using var scratch = new ScratchFolder();
        var definition = ShortPipeline.Write(scratch.Root);
        Console.WriteLine($"seed {seed}");
        var reference = await KilledHome.UninterruptedAsync(definition, scratch.Under("reference"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"uninterrupted: {reference.Milliseconds / 1000:0.0} s, model.safetensors {reference.ModelSha256}"));

        var random = new SeededRandom(seed);
        var violations = new List<string>();
        var (kills, homes, tooLate) = (0, 0, 0);
        while (kills < count && tooLate < count + 10)
        {
            var home = new KilledHome(definition, scratch.Under($"home{homes}"), reference);
            var planned = Math.Min(1 + random.Next(MostKillsInOneHome), count - kills);
            for (var i = 0; i < planned; i++)
            {
                var outcome = await home.KillAsync(Aim(kills, count, reference, random.NextDouble()));
                if (outcome is null)
                {
                    tooLate++;
                    break;
                }

                kills++;
                Console.WriteLine($"kill {kills} of {count}, home {homes + 1}: {outcome}");
            }

            await home.FinishAsync();
            violations.AddRange(home.Violations.Select(v => $"home {homes + 1}: {v}"));
            foreach (var violation in home.Violations)
                Console.WriteLine($"  VIOLATION: {violation}");
            Directory.Delete(home.Folder, recursive: true);
            homes++;
        }

        if (kills < count)
            violations.Add($"only {kills} of {count} kills came before the run had ended");
        Console.WriteLine(violations.Count == 0
            ? $"{kills} kills in {homes} homes: each run finished, no stage done before was repeated, every model.safetensors is the uninterrupted run's"
            : $"{kills} kills in {homes} homes, {violations.Count} violations:\n{string.Join('\n', violations)}");
        return violations.Count == 0;
    }

    // Every other kill aims at its own stretch of the whole time; most of these meet the longest stage. So the rest take the stages in turn, however short they are.
    private static double Aim(int kill, int count, KilledHome.Reference reference, double within)
    {
        if (kill % 2 == 0)
            return (kill + within) / count;
        var stage = reference.Order[kill / 2 % reference.Order.Count];
        return reference.Begins[stage] + (within * (reference.EndOf(stage) - reference.Begins[stage]));
    }

    /// <summary>Reads <c>[COUNT] [--seed N]</c>.</summary>
    /// <returns>Null when it is something else.</returns>
    public static (int Count, ulong Seed)? Parse(string[] arguments, int count)
    {
        var seed = (ulong)Environment.TickCount64;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--seed" && i + 1 < arguments.Length && ulong.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out seed))
                i++;
            else if (!int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > 100_000)
                return null;
        }

        return (count, seed);
    }
}
