using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Opens a fine-tuned model.</summary>
/// <param name="model">A folder with a model, as a full path; or a registered one, <c>NAME@ALIAS</c>.</param>
/// <param name="services">The services over the home whose registry knows registered models.</param>
/// <param name="device">Where to compute: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
/// <param name="options">How answers are given.</param>
/// <exception cref="Hosting.CommandException">There is no such model, or it cannot be read.</exception>
public delegate ITextPredictor OpenTextPredictor(string model, StageServices services, string device, PredictionOptions options);
