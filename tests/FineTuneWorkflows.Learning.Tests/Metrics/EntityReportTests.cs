using CsCheck;
using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Tests.Metrics;

public class EntityReportTests
{
    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "PER 0-2, LOC 3-4")]
    [InlineData("B-PER B-PER", "PER 0-1, PER 1-2")]
    [InlineData("O I-PER I-PER", "PER 1-3")]
    [InlineData("B-PER I-LOC I-LOC", "PER 0-1, LOC 1-3")]
    [InlineData("I-PER B-PER I-PER O I-PER", "PER 0-1, PER 1-3, PER 4-5")]
    [InlineData("O O", "")]
    public void Entities_are_read_as_conlleval_reads_them(string tags, string expected) =>
        Assert.Equal(expected, string.Join(", ", EntityChunk.Of(tags.Split(' ')).Select(c => $"{c.Kind} {c.Start}-{c.End}")));

    [Fact]
    public void Figures_equal_those_of_seqevals_published_example()
    {
        // The example of seqeval's own documentation, whose report says precision, recall and F1 0.50 for both averages and 1.00 and 0.00 for PER and MISC.
        EntityReport report = EntityReport.Compute(
            [Tags("O O O B-MISC I-MISC I-MISC O"), Tags("B-PER I-PER O")], [Tags("O O B-MISC I-MISC I-MISC I-MISC O"), Tags("B-PER I-PER O")]);
        Assert.Equal((0.5, 0.5, 0.5), (report.Micro.Precision, report.Micro.Recall, report.Micro.F1));
        Assert.Equal((0.5, 0.5, 0.5), (report.Macro.Precision, report.Macro.Recall, report.Macro.F1));
        Assert.Equal([new ClassMetrics("MISC", 0, 0, 0, 1), new ClassMetrics("PER", 1, 1, 1, 1)], report.Kinds);
        Assert.Equal(0.8, report.TagAccuracy, 1e-12);
    }

    [Fact]
    public void What_is_predicted_right_scores_one_and_counts_follow_from_the_chunks() =>
        Gen.OneOfConst("O", "B-A", "I-A", "B-B", "I-B").Array[0, 12].Array[1, 5].Sample(sentences =>
        {
            EntityReport same = EntityReport.Compute(sentences, sentences);
            EntityReport none = EntityReport.Compute(sentences, [.. sentences.Select(s => (IReadOnlyList<string>)[.. s.Select(_ => "O")])]);
            int entities = sentences.Sum(s => EntityChunk.Of(s).Count);
            return same.Support == entities && none.Support == entities && none.Micro.F1 == 0 && same.Micro.F1 == (entities > 0 ? 1 : 0);
        }, iter: 300);

    [Fact]
    public void The_most_frequent_tag_is_what_a_word_gets()
    {
        var baseline = MostFrequentTagBaseline.Train(
            [["from", "Munich", "to", "Munich"], ["Munich"]], [["O", "B-Start", "O", "B-Dest"], ["B-Dest"]]);
        Assert.Equal(["O", "B-Dest", "O"], baseline.Predict(["From", "munich", "Rome"]));
    }

    private static string[] Tags(string text) => text.Split(' ');
}
