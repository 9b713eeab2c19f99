using System.Buffers;
using System.Text;

namespace FineTuneWorkflows.Text.Files;

/// <summary>
/// Guesses which encoding bytes are that are not UTF-8, for advice only: nothing is ever read by a guess. Goes by scripts and by the most frequent
/// Chinese characters.
/// </summary>
internal static class EncodingGuess
{
    private static readonly SearchValues<char> Simplified = SearchValues.Create(
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运差错");
    private static readonly SearchValues<char> Traditional = SearchValues.Create(
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運差錯");

    /// <summary>The likeliest encoding of bytes that are not UTF-8.</summary>
    /// <param name="sample">Some of a file, lines whole as far as possible.</param>
    public static string Of(ReadOnlySpan<byte> sample)
    {
        if (Share("Shift_JIS", sample, IsKana) > 0.3) return "Shift_JIS";
        if (Share("EUC-JP", sample, IsKana) > 0.3) return "EUC-JP";
        var simplified = Share("GB18030", sample, c => Simplified.Contains(c));
        var traditional = Share("Big5", sample, c => Traditional.Contains(c));
        var hangul = Share("EUC-KR", sample, c => c is >= '\uAC00' and <= '\uD7A3');
        if (hangul > 0.9 && Math.Max(simplified, traditional) < 0.4) return "EUC-KR";
        if (Math.Max(simplified, traditional) > 0.15) return simplified >= traditional ? "GB18030" : "Big5";
        // Where another alphabet is written, hardly a letter is of ASCII; its frequent letters tell which it is.
        if (LettersBeyondAscii(sample) < 0.5) return "windows-1252";
        var russian = Share("windows-1251", sample, c => "оеаинтсрвлкі".Contains(c));
        var koi8 = Share("KOI8-R", sample, c => "оеаинтсрвлк".Contains(c));
        var greek = Share("windows-1253", sample, c => "αοιετσνηυρςόήάίέ".Contains(c));
        var most = Math.Max(russian, Math.Max(koi8, greek));
        return most < 0.4 ? "windows-1252" : most == russian ? "windows-1251" : most == koi8 ? "KOI8-R" : "windows-1253";
    }

    private static double LettersBeyondAscii(ReadOnlySpan<byte> sample)
    {
        int beyond = 0, ascii = 0;
        foreach (var b in sample)
        {
            if (b >= 0xC0) beyond++;
            else if (char.IsAsciiLetter((char)b)) ascii++;
        }
        return (double)beyond / Math.Max(1, beyond + ascii);
    }

    /// <summary>The share of the characters beyond ASCII that are as expected; 0 where the bytes cannot be of the encoding.</summary>
    private static double Share(string encoding, ReadOnlySpan<byte> sample, Func<char, bool> expected)
    {
        string text;
        try
        {
            text = TextEncoding.Find(encoding)!.Strict.GetString(sample);
        }
        catch (DecoderFallbackException)
        {
            return 0;
        }
        int all = 0, found = 0;
        foreach (var c in text)
        {
            if (c < 0x80) continue;
            all++;
            if (expected(c)) found++;
        }
        return all == 0 ? 0 : (double)found / all;
    }

    private static bool IsKana(char c) => c is >= '\u3041' and <= '\u30FE';
}
