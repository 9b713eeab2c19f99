namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Texts as a tree of their characters, so that all that begin at a place of a text are found in one go.</summary>
internal sealed class CharacterTree
{
    /// <summary>Where a search begins.</summary>
    public const int Root = 0;

    private readonly Dictionary<ulong, int> _nodes = [];
    private readonly List<int> _values = [-1];

    /// <summary>Puts a text in; of equal ones the last counts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">What it stands for; 0 or more.</param>
    public void Add(string text, int value)
    {
        var node = Root;
        foreach (var c in text)
        {
            var key = Key(node, c);
            if (!_nodes.TryGetValue(key, out var next))
            {
                next = _values.Count;
                _values.Add(-1);
                _nodes.Add(key, next);
            }
            node = next;
        }
        _values[node] = value;
    }

    /// <summary>Goes from a node along a character.</summary>
    public bool TryStep(int node, char c, out int next) => _nodes.TryGetValue(Key(node, c), out next);

    /// <summary>What the text that ends at a node stands for, or -1.</summary>
    public int ValueOf(int node) => _values[node];

    private static ulong Key(int node, char c) => ((ulong)(uint)node << 16) | c;
}
