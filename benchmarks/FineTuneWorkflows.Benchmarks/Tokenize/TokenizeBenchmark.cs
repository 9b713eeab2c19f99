using System.Diagnostics;
using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;
using BertOptions = Microsoft.ML.Tokenizers.BertOptions;
using WordPieceTokenizer = FineTuneWorkflows.Text.Tokenization.WordPieceTokenizer;

namespace FineTuneWorkflows.Benchmarks.Tokenize;

/// <summary>
/// Speed: <see cref="TokenizedDataset.Write"/> from a dataset on the disk to token files on the disk, parsing and flushing included, beside Microsoft.ML.Tokenizers' BertTokenizer called text by text on
/// texts that lie in memory already and whose ids are thrown away. One thread against one, then as many as there are CPU cores against as many. Memory: the most that the process ever had in RAM, with few rows and with many.
/// Each measurement has a process of its own, in turn; the best speed and the median memory count.
/// </summary>
internal sealed class TokenizeBenchmark : IBenchmark, IFreshProcess
{
    private const int SpeedRows = 300_000;
    private const int FewRows = 10_000;
    private const int ManyRows = 1_000_000;
    private const int Repetitions = 5;

    public string Name => "tokenize";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        log("making texts");
        foreach (var rows in (int[])[FewRows, SpeedRows, ManyRows])
            GeneratedTexts.Write(scratch.Under($"rows{rows}"), rows);

        var results = new List<BenchmarkResult>();
        foreach (var threads in (int[])[1, Environment.ProcessorCount])
        {
            var ours = new List<double>();
            var rivals = new List<double>();
            for (var i = 0; i < Repetitions; i++)
            {
                rivals.Add((await MeasureAsync("rival", scratch.Under($"rows{SpeedRows}"), threads))["speed"]);
                ours.Add((await MeasureAsync("write", scratch.Under($"rows{SpeedRows}"), threads))["speed"]);
            }

            log($"ours, {threads} threads, tokens/s:  {ours.Spread()}");
            log($"rival, {threads} threads, tokens/s: {rivals.Spread()}");
            results.Add(BenchmarkResult.Against(
                $"tokenize-{threads}-thread{(threads == 1 ? "" : "s")}", ours.Max(), "tokens/s", "Microsoft.ML.Tokenizers BertTokenizer", rivals.Max(), "at least the rival's", 1, double.PositiveInfinity));
        }

        var few = new List<double>();
        var many = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            few.Add((await MeasureAsync("write", scratch.Under($"rows{FewRows}"), Environment.ProcessorCount))["peak"]);
            many.Add((await MeasureAsync("write", scratch.Under($"rows{ManyRows}"), Environment.ProcessorCount))["peak"]);
        }

        log($"peak at {FewRows} rows, MiB:   {few.Spread()}");
        log($"peak at {ManyRows} rows, MiB: {many.Spread()}");
        results.Add(BenchmarkResult.Against(
            "tokenize-memory", many.Median(), "MiB", string.Create(CultureInfo.InvariantCulture, $"itself at {FewRows:#,0} instead of {ManyRows:#,0} rows"), few.Median(), "equal within 20%", 0.8, 1.2));
        return results;
    }

    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var (what, folder, threads) = (arguments[0], arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture));
        var speed = what == "write" ? Write(folder, threads) : Rival(folder, threads);
        return await Task.FromResult(new Dictionary<string, double> { ["speed"] = speed, ["peak"] = Machine.PeakMebibytes() });
    }

    private Task<Dictionary<string, double>> MeasureAsync(string what, string folder, int threads) =>
        this.InFreshProcessAsync(what, folder, threads.ToString(CultureInfo.InvariantCulture));

    private static double Write(string folder, int threads)
    {
        var tokenizer = WordPieceTokenizer.Load(Repository.Vocabulary);
        var source = DatasetFolder.Open(folder);
        var output = Path.Combine(folder, "tokens");
        var watch = Stopwatch.StartNew();
        var tokens = TokenizedDataset.Write(source, tokenizer, new() { Threads = threads }, output);
        var seconds = watch.Elapsed.TotalSeconds;
        Directory.Delete(output, recursive: true);
        return tokens.Info.Splits.Values.Sum(s => s.Tokens) / seconds;
    }

    private static double Rival(string folder, int threads)
    {
        using var vocabulary = File.OpenRead(Repository.Vocabulary);
        var tokenizer = BertTokenizer.Create(vocabulary, new BertOptions());
        var source = DatasetFolder.Open(folder);
        var texts = SplitNames.All.SelectMany(split => source.Read(split)).Select(example => example.Text).ToArray();
        var watch = Stopwatch.StartNew();
        long tokens = 0;
        if (threads == 1)
            foreach (var text in texts)
                tokens += tokenizer.EncodeToIds(text).Count;
        else
            Parallel.For(
                0, texts.Length, new() { MaxDegreeOfParallelism = threads }, () => 0L, (i, _, count) => count + tokenizer.EncodeToIds(texts[i]).Count, count => Interlocked.Add(ref tokens, count));
        return tokens / watch.Elapsed.TotalSeconds;
    }
}
