namespace FineTuneWorkflows.Learning.Training;

/// <summary>Changes parameters by their gradients.</summary>
internal interface IOptimizer
{
    /// <summary>Applies one update from the parameters' gradients and clears them. A parameter without a gradient stays as it is.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of this update, from 1.</param>
    /// <param name="gradientScale">What the gradients are multiplied with first.</param>
    /// <returns>The norm of all scaled gradients together before clipping; if it is not finite nothing is changed.</returns>
    double Step(double rate, long step, double gradientScale = 1);

    /// <summary>Forgets the gradients.</summary>
    void ClearGradients();
}
