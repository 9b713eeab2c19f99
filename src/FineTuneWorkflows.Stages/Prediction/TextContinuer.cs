using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Texts that go on from others, or answers in a model's chat format.</summary>
internal sealed class TextContinuer : TextPredictor
{
    private readonly TextGeneratorModel model;
    private readonly Tokenizer tokenizer;
    private readonly GenerationOptions options;
    private readonly ChatEncoder? chat;
    private readonly string? system;

    public TextContinuer(string folder, Tokenizer tokenizer, TorchDevice device, PredictionOptions options)
        : base(folder)
    {
        this.tokenizer = tokenizer;
        chat = options.Raw ? null : Chat();
        system = options.System;
        if (system is not null && chat is null)
            throw new PredictionInputException($"--system has no place: the model in {folder} goes on from texts, {(options.Raw ? "as --raw asks for" : "it was not trained on conversations")}; leave it out");
        var ends = GenerationConfig.Read(folder)?.EndTokenIds ?? [];
        int?[] own = [tokenizer.SpecialTokens.End, chat?.EndOfTurn];
        this.options = options.Generation with { StopTokenIds = [.. options.Generation.StopTokenIds.Concat(ends).Concat(own.OfType<int>()).Distinct()] };
        model = TextGeneratorModel.Load(folder, device, options.Threads, BaseModels.Folder);
    }

    public override IReadOnlyList<string> Labels => [];

    private protected override IReadOnlyList<TextPrediction> PredictCore(IReadOnlyList<TextExample> inputs, int batchSize, CancellationToken cancellationToken) =>
        [.. inputs.Select(input => (chat is null ? Continue(input.Text, cancellationToken) : new TextPrediction("", []) { Continuation = Answer(chat, input, cancellationToken) }) with
        {
            UnknownShare = UnknownTokens.Share(tokenizer.Encode(input.Messages.Count > 0 ? string.Join('\n', input.Messages.Select(m => m.Content)) : input.Text)),
        })];

    private protected override string? Refusal(TextExample input) => base.Refusal(chat is null ? input : input with { Messages = [] });

    protected override void Dispose(bool disposing) => model.Dispose();

    /// <summary>The chat format of a model that was trained on conversations; of one whose folder does not say what it was trained on, of its chat template, if it has one.</summary>
    private ChatEncoder? Chat()
    {
        if (Input is not null && Input.Kind != DataKind.Conversations)
            return null;
        try
        {
            return ChatTemplate.Of(tokenizer) is { } template ? new ChatEncoder(tokenizer, template)
                : Input is null ? null : throw new StageException($"the model in {Folder} was trained on conversations, but its tokenizer has lost its chat template (tokenizer_config.json, chat_template); --raw goes on from texts as they are");
        }
        catch (TextDataException e)
        {
            throw new StageException($"{Path.Combine(Folder, e.File ?? "")}: {e.Problem}. --raw goes on from texts as they are, without a chat template", e);
        }
    }

    private string Answer(ChatEncoder chat, TextExample input, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> messages = input.Messages.Count > 0 ? input.Messages : [new("user", input.Text)];
        if (system is not null)
            messages = messages[0].Role == "system"
                ? throw new PredictionInputException("--system: the conversation begins with a system's message of its own; leave one of them out")
                : [new("system", system), .. messages];
        int[] prompt;
        try
        {
            prompt = chat.Prompt(messages, input.Tools, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new PredictionInputException($"the chat template of the model in {Folder} cannot write the conversation: {e.Message}");
        }
        if (prompt.Length >= model.MaxTokens)
            throw new PredictionInputException($"the conversation has {prompt.Length} tokens in the model's chat format, but the model in {Folder} has {model.MaxTokens} positions; shorten it");
        return tokenizer.Decode([.. model.Generate(prompt, options, cancellationToken)]).Trim();
    }

    private TextPrediction Continue(string text, CancellationToken cancellationToken)
    {
        var prompt = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false }).Ids;
        if (tokenizer.SpecialTokens.Begin is { } begin && (prompt.Length == 0 || prompt[0] != begin))
            prompt = [begin, .. prompt];
        if (prompt.Length == 0)
            throw new StageException("an empty text cannot be gone on from: the tokenizer has no token that begins a text");
        // A prompt that is too long leaves its beginning out: what comes next depends most on its end.
        var most = Math.Max(1, model.MaxTokens - options.MaxNewTokens);
        var cut = Math.Max(0, prompt.Length - most);
        prompt = prompt[cut..];
        // Decoded together, since a word's pieces may only be whole with what stands before them.
        var written = model.Generate(prompt, options, cancellationToken);
        var before = tokenizer.Decode(prompt);
        var whole = tokenizer.Decode([.. prompt, .. written]);
        return new("", []) { Continuation = whole.StartsWith(before, StringComparison.Ordinal) ? whole[before.Length..] : tokenizer.Decode([.. written]), CutTokens = cut };
    }
}
