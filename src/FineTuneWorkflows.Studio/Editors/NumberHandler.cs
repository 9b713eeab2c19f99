using Elsa.Studio.Contracts;
using Elsa.Studio.Models;
using Microsoft.AspNetCore.Components;

namespace FineTuneWorkflows.Studio.Editors;

/// <summary>Offers <see cref="NumberEditor"/> for inputs with the hint <c>finetune-number</c>.</summary>
internal sealed class NumberHandler : IUIHintHandler
{
    /// <summary>The hint.</summary>
    public const string Hint = "finetune-number";

    public string UISyntax => "Literal";

    public bool GetSupportsUIHint(string uiHint) => uiHint == Hint;

    public RenderFragment DisplayInputEditor(DisplayInputEditorContext context) => builder =>
    {
        builder.OpenComponent<NumberEditor>(0);
        builder.AddAttribute(1, nameof(NumberEditor.EditorContext), context);
        builder.CloseComponent();
    };
}
