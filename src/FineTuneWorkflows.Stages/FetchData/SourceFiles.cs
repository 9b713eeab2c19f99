using System.Net.Http.Headers;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;
using FineTuneWorkflows.Text.Sources;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>The files of a stage's sources: those of a folder or glob that are data, and what is downloaded.</summary>
internal sealed class SourceFiles(FetchDataStage stage, StageContext context)
{
    /// <summary>The files with the examples to divide, brought here where they are on the web.</summary>
    /// <exception cref="StageException">There is none, it is not the pinned one, or its host is not allowed.</exception>
    public async Task<IReadOnlyList<string>> OfSourceAsync(TextProgressReporter progress, CancellationToken cancellationToken)
    {
        if (stage.IsWeb)
            return [await DownloadAsync(progress, cancellationToken).ConfigureAwait(false)];
        var files = Local(nameof(FetchDataStage.Source));
        NoteSplitNames(files);
        return files;
    }

    /// <summary>The files that another parameter names; none where it is empty.</summary>
    /// <exception cref="StageException">None of them is data.</exception>
    public IReadOnlyList<string> Of(string parameter, string value) => value.Length > 0 ? Local(parameter) : [];

    /// <summary>Where a split's examples came from, for a tracking server; null where that is several places, or an address that could not be read without a password or a signature.</summary>
    public string? LocationOf(SplitName split)
    {
        var parameter = split == SplitName.Test && stage.TestSource.Length > 0 ? nameof(FetchDataStage.TestSource)
            : split == SplitName.Validation && stage.ValidationSource.Length > 0 ? nameof(FetchDataStage.ValidationSource)
            : nameof(FetchDataStage.Source);
        if (parameter == nameof(FetchDataStage.Source) && stage.IsWeb)
            return Uri.TryCreate(stage.Source, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.Query.Length == 0 && stage.Authorization.Length == 0 ? stage.Source : null;
        var files = context.InputFiles(parameter);
        var folders = files.Select(f => Path.GetDirectoryName(f.FullPath)).Distinct(StringComparer.Ordinal).ToList();
        return files.Count == 1 ? files[0].FullPath : folders.Count == 1 ? folders[0] : null;
    }

    private async Task<string> DownloadAsync(TextProgressReporter progress, CancellationToken cancellationToken)
    {
        var host = new Uri(stage.Source).Host;
        if (!context.Sources.AllowsHost(host))
            throw new StageException($"parameter Source: {host} is not an allowed host; {context.Sources.Advice}");
        using var client = new HttpClient(new BoundedHttpHandler(context.Sources) { InnerHandler = BoundedHttpHandler.Sender() }) { Timeout = Timeout.InfiniteTimeSpan };
        if (stage.Authorization.Length > 0)
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.TryParse(EnvironmentReference.Resolve(nameof(stage.Authorization), stage.Authorization), out var header) ? header
                : throw new StageException("parameter Authorization: the value is no Authorization header; it is a scheme and a credential, such as Bearer TOKEN");
        var options = new DataSourceOptions { Sha256 = stage.Sha256, WorkFolder = Path.Combine(context.WorkFolder, "download"), MaxBytes = (long)stage.MaxDownloadGigabytes << 30 };
        return await DataSource.DownloadAsync(stage.Source, options, client, progress, cancellationToken).ConfigureAwait(false);
    }

    // A folder may hold a licence or a read-me beside its data; a file that was named is meant.
    private List<string> Local(string parameter)
    {
        var files = context.InputFiles(parameter);
        if (stage.Sha256.Length > 0 && parameter == nameof(FetchDataStage.Source) && (files.Count != 1 || !files[0].Sha256.Equals(stage.Sha256, StringComparison.OrdinalIgnoreCase)))
            throw new StageException(files.Count == 1
                ? $"parameter Sha256: {files[0].FullPath} has the SHA-256 {files[0].Sha256}, expected {stage.Sha256}"
                : $"parameter Sha256: pins one file, but Source means {files.Count} files");
        var data = files.Count == 1 || stage.Format is not null ? files : [.. files.Where(IsData)];
        if (data.Count == 0)
            throw new StageException($"parameter {parameter}: none of its {files.Count} files ends in .jsonl, .csv, .tsv or .conll, or .txt where Kind is PlainText, also with .gz");
        var others = files.Except(data).Select(f => f.RelativePath).ToList();
        if (others.Count > 0)
            context.Note($"{parameter}: {others.Count} of {files.Count} files are not read, as their names are not those of data: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", ..." : "")}");
        return [.. data.Select(f => f.FullPath)];
    }

    // Text files in a folder are licences and notes, but for those in CoNLL's form.
    private bool IsData(InputFile file) => DataSource.IsDataFile(file.FullPath, stage.Kind)
        || (stage.Kind is null or DataKind.TokenClassification && DataSource.IsDataFile(file.FullPath, DataKind.PlainText) && ExampleReader.IsConll(file.FullPath, stage.Reading));

    // Whose names say that they are a published split, but nothing else does.
    private void NoteSplitNames(List<string> files)
    {
        if (files.Count <= 1 || stage.SplitColumn.Length + stage.ValidationSource.Length + stage.TestSource.Length > 0)
            return;
        var splits = files.Select(Path.GetFileName).Where(name => SplitNames.TryParse(name!.Split('.', '-', '_')[0], out var split) && split != SplitName.Train).ToList();
        if (splits.Count > 0)
            context.Note($"{string.Join(" and ", splits.Take(3))} are read like the other files, and all rows are divided anew; to keep these splits, set Source, ValidationSource and TestSource to a file each");
    }
}
