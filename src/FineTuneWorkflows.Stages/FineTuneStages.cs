using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Augment;
using FineTuneWorkflows.Stages.Evaluate;
using FineTuneWorkflows.Stages.FetchData;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Pretrain;
using FineTuneWorkflows.Stages.RegisterModel;
using FineTuneWorkflows.Stages.Tokenize;

namespace FineTuneWorkflows.Stages;

/// <summary>The stages that this product comes with.</summary>
public static class FineTuneStages
{
    /// <summary>All of them, in the order in which a pipeline usually has them.</summary>
    public static StageCatalog Catalog { get; } = new(
        typeof(FetchDataStage), typeof(AugmentStage), typeof(TrainTokenizerStage), typeof(TokenizeStage), typeof(PretrainStage), typeof(FineTuneStage), typeof(EvaluateStage), typeof(RegisterModelStage));
}
