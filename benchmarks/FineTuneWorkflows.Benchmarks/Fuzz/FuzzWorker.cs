using System.Diagnostics;
using System.Globalization;
using System.Text;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>
/// The process that reads mutated inputs: what it reads next it first writes to <see cref="Current"/>, so that it is there when the process dies of it or is killed. It says on standard output how far it
/// is, and what it found.
/// </summary>
internal static class FuzzWorker
{
    public const string Current = "current";

    /// <summary>Reads inputs until it is stopped.</summary>
    /// <param name="target">What reads them.</param>
    /// <param name="seed">With a number it gives one input.</param>
    /// <param name="from">The first number.</param>
    /// <param name="folder">Where inputs and finds go.</param>
    public static int Run(IFuzzTarget target, ulong seed, long from, string folder)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
        // Code that is compiled for the first time is not slow code.
        foreach (var input in target.Corpus) _ = Problem(target, input, work, 0);
        Console.WriteLine($"at {from}");
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var number = from; ; number++)
        {
            var (input, variant) = Input(target, seed, number);
            File.WriteAllBytes(Path.Combine(folder, Current), input.Bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at {number} {input.Name}"));
            if (Problem(target, input, work, variant) is not { } e || !known.Add(Key(e))) continue;
            var small = Shrunk(target, input, work, variant, Key(e));
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{number}-{input.Name}"));
            File.WriteAllBytes(file, small.Bytes);
            Console.WriteLine($"found {file} {Convert.ToBase64String(Encoding.UTF8.GetBytes(e.ToString()))}");
        }
    }

    /// <summary>The input of a number, and the way to read it.</summary>
    public static (FuzzInput Input, int Variant) Input(IFuzzTarget target, ulong seed, long number)
    {
        var random = new SeededRandom(seed ^ ((ulong)number * 0xD6E8FEB86659FD93));
        return (new Mutator(random, target.Corpus, target.Pieces).Next(), random.Next(1 << 20));
    }

    /// <summary>What reading an input throws that it may not; null where all is well.</summary>
    public static Exception? Problem(IFuzzTarget target, FuzzInput input, string work, int variant)
    {
        var folder = Directory.CreateDirectory(Path.Combine(work, "in")).FullName;
        try
        {
            target.Run(input, folder, variant);
            return null;
        }
        catch (Exception e) when (target.IsDocumented(e))
        {
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
            Directory.CreateDirectory(work);
        }
    }

    // One find for each place.
    private static string Key(Exception e) => e.GetType().Name + e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("FineTuneWorkflows", StringComparison.Ordinal));

    /// <summary>A smaller input with the same problem: stretches are left out, long ones first, for some seconds.</summary>
    private static FuzzInput Shrunk(IFuzzTarget target, FuzzInput input, string work, int variant, string key)
    {
        var watch = Stopwatch.StartNew();
        for (var size = Math.Max(1, input.Bytes.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < input.Bytes.Length && watch.Elapsed < TimeSpan.FromSeconds(3);)
            {
                var smaller = input with { Bytes = [.. input.Bytes[..at], .. input.Bytes[Math.Min(input.Bytes.Length, at + size)..]] };
                Console.WriteLine("shrinking");
                if (Problem(target, smaller, work, variant) is { } e && Key(e) == key) input = smaller;
                else at += size;
            }
        }
        return input;
    }
}
