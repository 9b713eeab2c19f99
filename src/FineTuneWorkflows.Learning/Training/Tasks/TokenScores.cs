namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Sums over predicted tokens.</summary>
internal sealed class TokenScores
{
    private double _loss;
    private long _count, _right;

    /// <summary>Mean cross-entropy; 0 without tokens.</summary>
    public double Loss => _count == 0 ? 0 : _loss / _count;

    /// <summary>The share of tokens whose most probable class is right; 0 without tokens.</summary>
    public double Accuracy => _count == 0 ? 0 : (double)_right / _count;

    public void Add(double loss, bool right)
    {
        _loss += loss;
        _count++;
        _right += right ? 1 : 0;
    }
}
