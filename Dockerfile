# The server with the designer and the stage worker. Build: docker build -t finetune-server .
# CUDA: docker build --build-arg TORCH_BACKEND=cuda --build-arg RUNTIME_IMAGE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 -t finetune-server:cuda .
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TORCH_BACKEND=cpu
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props FineTuneWorkflows.sln ./
COPY src/ src/
RUN dotnet publish src/FineTuneWorkflows.Server -c Release -p:TorchBackend=${TORCH_BACKEND} -o /app

# A CUDA base image has no .NET: it comes from Microsoft's image.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS dotnet

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl libgomp1 libicu74 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 finetune \
    && mkdir -p /home/finetune/state \
    && chown -R finetune /home/finetune
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app
COPY workflows/ /workflows/
COPY data/ /data/
ENV PATH=/usr/share/dotnet:$PATH \
    DOTNET_ROOT=/usr/share/dotnet \
    FINETUNE_HOME=/home/finetune/state \
    FINETUNE_WORKFLOWS=/workflows \
    FINETUNE_URLS=http://0.0.0.0:5100
USER finetune
WORKDIR /home/finetune
EXPOSE 5100
VOLUME /home/finetune/state
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD curl -fsS http://127.0.0.1:5100/health/ready || exit 1
ENTRYPOINT ["dotnet", "/app/finetune-server.dll"]
