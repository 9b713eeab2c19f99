using System.Text;
using CsCheck;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Tests.Labelling;

public sealed class TextOffsetsTests
{
    [Fact]
    public void Code_points_count_as_Python_counts_them_and_translate_back() =>
        Gen.OneOf(Gen.Int[0x20, 0x7F], Gen.Int[0x20, 0x2FFFF].Where(Rune.IsValid)).Array[0, 20].Sample(points =>
        {
            var text = string.Concat(points.Select(p => new Rune(p).ToString()));
            var offsets = new TextOffsets(text, OffsetUnit.CodePoints);
            Assert.Equal(points.Length, offsets.Length);
            Assert.Equal(text.Length > points.Length, TextOffsets.Differ(text));
            for (var i = 0; i <= points.Length; i++)
            {
                Assert.Equal(points.Take(i).Sum(p => new Rune(p).Utf16SequenceLength), offsets.ToUtf16(i));
                Assert.Equal(i, offsets.FromUtf16(offsets.ToUtf16(i)));
            }
        });

    [Fact]
    public void Utf16_places_are_those_of_NET()
    {
        var offsets = new TextOffsets("😀a", OffsetUnit.Utf16);
        Assert.Equal((3, 2, 2), (offsets.Length, offsets.ToUtf16(2), offsets.FromUtf16(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => offsets.ToUtf16(4));
        Assert.Equal(0, new TextOffsets("😀a", OffsetUnit.CodePoints).FromUtf16(1));
    }
}
