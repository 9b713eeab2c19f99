using System.Text.Json.Nodes;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// Writes <c>chat_template</c> into a folder's <c>tokenizer_config.json</c>, the Jinja template by which Hugging Face's <c>apply_chat_template</c>
/// writes the same text as <see cref="ChatEncoder"/>.
/// </summary>
internal static class ChatTemplateFile
{
    private const string Config = "tokenizer_config.json", Own = "chat_template.jinja", Key = "chat_template";

    private const string ChatMl =
        @"{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private const string Llama3 =
        @"{{ '<|begin_of_text|>' }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + "
        + @"(message['content'] | trim) + '<|eot_id|>' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";

    private const string Llama2 =
        @"{% set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' if messages[0]['role'] == 'system' else '' %}"
        + @"{% for message in (messages[1:] if system else messages) %}{% if message['role'] == 'user' %}"
        + @"{{ '<s>[INST] ' + (((system if loop.first else '') + message['content']) | trim) + ' [/INST]' }}"
        + @"{% else %}{{ ' ' + (message['content'] | trim) + ' </s>' }}{% endif %}{% endfor %}";

    /// <summary>The template of a format.</summary>
    public static string Of(ChatFormat format) => format switch
    {
        ChatFormat.ChatMl => ChatMl,
        ChatFormat.Llama3 => Llama3,
        ChatFormat.Llama2 => Llama2,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no format"),
    };

    /// <summary>Adds the format's template where the tokenizer has none of its own.</summary>
    public static void AddTo(string folder, ChatFormat format)
    {
        var path = Path.Combine(folder, Config);
        var root = File.Exists(path) ? TextJson.Read<JsonObject>(path, "a tokenizer configuration") : [];
        if (root[Key] is not null || File.Exists(Path.Combine(folder, Own))) return;
        root[Key] = Of(format);
        TextJson.Write(path, root);
    }
}
