namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>A cheap model that a fine-tuned one is shown beside.</summary>
public enum BaselineKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>ML.NET's text featurizer (word and character n-grams) and maximum entropy by SDCA.</summary>
    MlNet,

    /// <summary>Multinomial naive Bayes over words.</summary>
    NaiveBayes,

    /// <summary>The most frequent class, whatever the text.</summary>
    MostFrequent,
}
