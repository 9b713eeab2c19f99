using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Tests.Python;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>Saves every case, and has transformers and PEFT load all of them and predict, once, when that is first asked for.</summary>
public sealed class WrittenFolders : IDisposable
{
    private static readonly int[][] Texts = [[5, 9, 14, 19, 6], [7, 8], [10, 11, 12, 13, 5, 18, 17, 16]];
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _root;

    public WrittenFolders() => _root = new Lazy<string>(() =>
    {
        foreach (WrittenCase written in WrittenCase.All)
            Write(written, _folder[written.Name]);
        foreach (string name in ReferenceFiles.Models)
            WriteAgain(name, Again(name));
        ReferencePython.Run(ReferenceFiles.Script("read_models.py"), _folder.Path);
        return _folder.Path;
    });

    /// <summary>What predicted.</summary>
    internal TransformersVersion Version => TransformersVersion.Of(_root.Value);

    /// <summary>The folder of a case, with what was predicted from it.</summary>
    public string Of(string name) => Path.Combine(_root.Value, name);

    /// <summary>The folder of a model that transformers saved and that was loaded and saved again here.</summary>
    public string OfAgain(string name) => Path.Combine(_root.Value, Path.GetFileName(Again(name)));

    public void Dispose() => _folder.Dispose();

    private string Again(string name) => _folder["again " + name];

    private static void WriteAgain(string name, string folder)
    {
        string from = Path.Combine(ReferenceFiles.Committed, "models", name);
        using LanguageModel model = LanguageModel.Load(from);
        model.Save(folder);
        File.Copy(Path.Combine(from, "expected.safetensors"), Path.Combine(folder, "input.safetensors"));
        File.WriteAllText(Path.Combine(folder, "head.txt"), WrittenCase.HeadOf(model.Task));
    }

    private static void Write(WrittenCase written, string folder)
    {
        if (written.Structure?.Lora is not null)
        {
            WriteAdapter(written, folder);
        }
        else
        {
            using LanguageModel whole = RandomModel.Create(written.Config, written.Task, written.Labels);
            whole.Save(folder);
            if (written.Structure is not null)
            {
                using LanguageModel changed = LanguageModel.FromPretrained(folder, written.Task, written.Labels, written.Structure);
                changed.Save(folder);
            }
        }
        WriteInput(written, folder);
    }

    private static void WriteAdapter(WrittenCase written, string folder)
    {
        string place = Path.Combine(folder, "base");
        using (LanguageModel whole = RandomModel.Create(written.Config, written.Task, written.Labels))
        {
            whole.Save(place);
            if (written.Bare)
                DropHead(whole, place);
        }
        using LanguageModel model = LanguageModel.FromPretrained(place, written.Task, written.Labels, written.Structure);
        foreach (ModelParameter parameter in model.TrainableParameters)
            Randomize(parameter);
        model.SaveAdapter(Path.Combine(folder, "adapter"), new AdapterBase(place));
    }

    /// <summary>Writes the model as one that has no head, as pre-trained ones come.</summary>
    private static void DropHead(LanguageModel model, string folder)
    {
        string name = model.Config.Architectures[0];
        ConfigFile.Write(model.Config with { Architectures = [name[..name.IndexOf("For", StringComparison.Ordinal)] + "Model"], LabelById = null, ProblemType = null }, folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, ModelWeights.SingleFile),
            model.Parameters.Where(p => !model.Config.FamilyTable().IsHead(p.Name)).Select(p => KeyValuePair.Create(p.Name, p.Value)));
    }

    private static void Randomize(ModelParameter parameter)
    {
        using var noGrad = torch.no_grad();
        var random = new SplitMix64(DerivedSeed.For(7, parameter.Name));
        float[] noise = [.. Enumerable.Range(0, (int)parameter.Value.NumberOfElements).Select(_ => (random.NextBelow(2001) - 1000) * 5e-4f)];
        using torch.Tensor tensor = torch.tensor(noise, parameter.Value.shape);
        parameter.Value.copy_(tensor);
    }

    private static void WriteInput(WrittenCase written, string folder)
    {
        int width = Texts.Max(text => text.Length), pad = ModelConfig.Read(Directory.Exists(Path.Combine(folder, "base")) ? Path.Combine(folder, "base") : folder).PadTokenId ?? 0;
        long[] tokens = [.. Texts.SelectMany(text => text.Concat(Enumerable.Repeat(pad, width - text.Length))).Select(id => (long)id)];
        using torch.Tensor ids = torch.tensor(tokens, [Texts.Length, width]);
        using torch.Tensor lengths = torch.tensor(Texts.Select(text => (long)text.Length).ToArray()), labels = torch.zeros(Texts.Length, torch.int64);
        SafetensorsWriter.Write(
            Path.Combine(folder, "input.safetensors"), [KeyValuePair.Create("tokens", ids), KeyValuePair.Create("lengths", lengths), KeyValuePair.Create("labels", labels)]);
        File.WriteAllText(Path.Combine(folder, "head.txt"), WrittenCase.HeadOf(written.Task));
    }
}
