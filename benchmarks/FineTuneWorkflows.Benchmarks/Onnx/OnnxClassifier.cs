using Microsoft.ML.OnnxRuntime;

namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>A classifier of sequences run by ONNX Runtime on the CPU, with all of its optimizations of graphs and a thread for each core, as the product has them.</summary>
internal sealed class OnnxClassifier : IDisposable
{
    private static readonly string[] Inputs = [BertGraph.TokenIds, BertGraph.Positions, BertGraph.Mask], Outputs = [BertGraph.Logits];

    private readonly InferenceSession session;
    private readonly RunOptions options = new();

    /// <param name="path">The ONNX file.</param>
    /// <param name="optimized">Where the graph is written as it is run; null does not write it.</param>
    public OnnxClassifier(string path, string? optimized = null)
    {
        using var sessionOptions = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = Environment.ProcessorCount,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (optimized is not null)
            sessionOptions.OptimizedModelFilePath = optimized;
        // Its threads wait by spinning within a run, but leave the cores to the other between runs.
        sessionOptions.AddSessionConfigEntry("session.force_spinning_stop", "1");
        session = new(path, sessionOptions);
    }

    /// <summary>The logits of sequences at once, padded to the longest of them: [sequences, classes], row by row.</summary>
    public float[] Logits(IReadOnlyList<int[]> sequences)
    {
        var longest = sequences.Max(s => s.Length);
        long[] ids = new long[sequences.Count * longest], positions = new long[ids.Length], mask = new long[ids.Length];
        for (var row = 0; row < sequences.Count; row++)
        {
            for (var i = 0; i < longest; i++)
                positions[(row * longest) + i] = i;
            for (var i = 0; i < sequences[row].Length; i++)
                (ids[(row * longest) + i], mask[(row * longest) + i]) = (sequences[row][i], 1);
        }

        long[] shape = [sequences.Count, longest];
        using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, shape), positionValue = OrtValue.CreateTensorValueFromMemory(positions, shape), maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var results = session.Run(options, Inputs, [idValue, positionValue, maskValue], Outputs);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }
}
