using System.Text.Json.Nodes;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// The formats' Jinja templates, and <c>chat_template</c> in a folder's <c>tokenizer_config.json</c>, by which Hugging Face's <c>apply_chat_template</c> writes the same text as
/// <see cref="ChatEncoder"/>.
/// </summary>
internal static class ChatTemplateFile
{
    public const string Config = "tokenizer_config.json", Own = "chat_template.jinja", Key = "chat_template";

    private const string ChatMl =
        @"{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private const string Llama3 =
        @"{{ '<|begin_of_text|>' }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + "
        + @"(message['content'] | trim) + '<|eot_id|>' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";

    private const string Llama2 =
        @"{% set system = '<<SYS>>\n' + messages[0]['content'] + '\n<</SYS>>\n\n' if messages[0]['role'] == 'system' else '' %}"
        + @"{% for message in (messages[1:] if system else messages) %}" + Turns
        + @"{% if message['role'] == 'user' %}"
        + @"{{ '<s>[INST] ' + (((system if loop.first else '') + message['content']) | trim) + ' [/INST]' }}"
        + @"{% else %}{{ ' ' + (message['content'] | trim) + ' </s>' }}{% endif %}{% endfor %}";

    private const string Mistral =
        @"{% set system = messages[0]['content'] + '\n\n' if messages[0]['role'] == 'system' else '' %}{{ bos_token }}"
        + @"{% for message in (messages[1:] if system else messages) %}" + Turns
        + @"{% if message['role'] == 'user' %}"
        + @"{{ '[INST] ' + (((system if loop.first else '') + message['content']) | trim) + ' [/INST]' }}"
        + @"{% else %}{{ ' ' + (message['content'] | trim) + eos_token }}{% endif %}{% endfor %}";

    private const string Zephyr =
        @"{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + eos_token + '\n' }}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}";

    private const string Plain =
        @"{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\n' }}"
        + @"{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\n' }}"
        + @"{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + message['content'] + eos_token + '\n' }}"
        + @"{% else %}" + Unknown + @"{% endif %}{% endfor %}"
        + @"{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

    private const string Unknown = @"{{ raise_exception('this format has no role ' + message['role']) }}";

    // What is not the user's is the assistant's.
    private const string Turns =
        @"{% if message['role'] not in ['user', 'assistant'] %}" + Unknown + @"{% endif %}"
        + @"{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('in this format user and assistant take turns, the user first') }}{% endif %}";

    /// <summary>The template of a format.</summary>
    public static string Of(ChatFormat format) => format switch
    {
        ChatFormat.ChatMl => ChatMl,
        ChatFormat.Llama3 => Llama3,
        ChatFormat.Llama2 => Llama2,
        ChatFormat.Mistral => Mistral,
        ChatFormat.Zephyr => Zephyr,
        ChatFormat.Plain => Plain,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no format"),
    };

    /// <summary>Makes the format's template that of the folder's tokenizer, in place of the one it may have.</summary>
    public static void Write(string folder, ChatFormat format)
    {
        var path = Path.Combine(folder, Config);
        var root = File.Exists(path) ? TextJson.Read<JsonObject>(path, "a tokenizer configuration") : [];
        root[Key] = Of(format);
        TextJson.Write(path, root);
        // It would count before the other.
        File.Delete(Path.Combine(folder, Own));
    }
}
