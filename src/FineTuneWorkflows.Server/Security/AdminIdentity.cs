using Elsa.Identity.Contracts;
using Elsa.Identity.Entities;
using Elsa.Identity.Models;

namespace FineTuneWorkflows.Server.Security;

/// <summary>Elsa's view of the one user there is, the admin.</summary>
internal sealed class AdminIdentity(SecretStore secrets) : IUserProvider, IUserCredentialsValidator
{
    private const string RoleId = "admin";

    private static User Admin => new() { Id = SecretStore.AdminName, Name = SecretStore.AdminName, Roles = [RoleId] };

    public Task<User?> FindAsync(UserFilter filter, CancellationToken cancellationToken = default) =>
        Task.FromResult((filter.Name ?? filter.Id) == SecretStore.AdminName ? Admin : null);

    public ValueTask<User?> ValidateAsync(string username, string password, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(username == SecretStore.AdminName && secrets.IsPassword(password) ? Admin : null);
}
