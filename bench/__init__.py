"""The benchmarks: each measures Hearth beside what people have without it, in the same run on the same machine."""
