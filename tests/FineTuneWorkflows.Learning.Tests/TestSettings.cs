// libtorch's random generator and thread count belong to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
