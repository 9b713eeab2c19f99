namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads the <c>post_processor</c> of a tokenizer.json: which special tokens go around a text, and whether spans are trimmed.</summary>
internal static class PostProcessorReader
{
    private const string Known = "BertProcessing, ByteLevel, RobertaProcessing, Sequence and TemplateProcessing";

    public static (SequenceTemplate Template, bool TrimsSpans) Read(JsonPart part)
    {
        if (!part.Exists) return (SequenceTemplate.Bare, false);
        switch (part["type"].Text())
        {
            case "ByteLevel":
                return (SequenceTemplate.Bare, part["trim_offsets"].Flag(true));
            case "BertProcessing":
                return (SequenceTemplate.Bert(Token(part["cls"]), Token(part["sep"])), false);
            case "RobertaProcessing":
                return (SequenceTemplate.Roberta(Token(part["cls"]), Token(part["sep"])), part["trim_offsets"].Flag(true));
            case "TemplateProcessing":
                var single = Parts(part["single"], part["special_tokens"]);
                var pair = Parts(part["pair"], part["special_tokens"]);
                return (new SequenceTemplate(Check(single, part["single"], 1), Check(pair, part["pair"], 2)), false);
            case "Sequence":
                return Sequence(part["processors"]);
            default:
                throw part.Unknown("post-processor", Known);
        }
    }

    private static (SequenceTemplate Template, bool TrimsSpans) Sequence(JsonPart part)
    {
        var (template, trims) = (SequenceTemplate.Bare, false);
        foreach (var step in part.Items().Select(Read))
        {
            trims |= step.TrimsSpans;
            if (ReferenceEquals(step.Template, SequenceTemplate.Bare)) continue;
            if (!ReferenceEquals(template, SequenceTemplate.Bare))
                throw new TextDataException($"'{part.Place}' has two post-processors that put special tokens; one is supported", part.File);
            template = step.Template;
        }
        return (template, trims);
    }

    // ["[SEP]", 102]
    private static int Token(JsonPart part)
    {
        var items = part.Items().ToList();
        return items.Count == 2 ? items[1].Id() : throw part.Wrong("a token and its number");
    }

    private static List<TemplatePart> Parts(JsonPart parts, JsonPart specialTokens)
    {
        var result = new List<TemplatePart>();
        foreach (var part in parts.Items())
        {
            if (part["Sequence"].Exists)
            {
                var type = part["Sequence"]["type_id"].Number();
                result.Add(part["Sequence"]["id"].Text() switch
                {
                    "A" => TemplatePart.First(type),
                    "B" => TemplatePart.Second(type),
                    _ => throw part["Sequence"]["id"].Wrong("A or B"),
                });
                continue;
            }
            var token = part["SpecialToken"];
            foreach (var id in specialTokens[token["id"].Text()]["ids"].Items()) result.Add(TemplatePart.Special(id.Id(), token["type_id"].Number()));
        }
        return result;
    }

    private static List<TemplatePart> Check(List<TemplatePart> parts, JsonPart place, int texts)
    {
        var found = parts.Where(p => p.Text >= 0).Select(p => p.Text).ToList();
        return found.Order().SequenceEqual(Enumerable.Range(0, texts)) && parts.TrueForAll(p => p.Type is 0 or 1) ? parts
            : throw new TextDataException(
                $"'{place.Place}' must have {(texts == 1 ? "the text A" : "the texts A and B")} once, and type numbers of 0 or 1", place.File);
    }
}
