namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Something that reads what may come from anywhere.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Real inputs, which are mutated.</summary>
    IReadOnlyList<FuzzInput> Corpus { get; }

    /// <summary>Pieces that such inputs are made of.</summary>
    IReadOnlyList<string> Pieces { get; }

    /// <summary>Whether an exception is how the reader says that an input is no good.</summary>
    bool IsDocumented(Exception e);

    /// <summary>Reads an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="folder">A folder to write to, which is empty.</param>
    /// <param name="variant">Chooses among the ways to read it.</param>
    void Run(FuzzInput input, string folder, int variant);
}
