"""Write a tiny, valid GGUF language model so that real loading and decoding code can run anywhere in seconds."""

import argparse
from pathlib import Path

from gguf import GGUFWriter
from tiny_shapes import Shape, draw_tensors, write_shape
from tiny_vocabulary import Format, make_vocabulary


def write_tiny_gguf(
    path: Path, form: Format = Format.HERMES, shape: Shape = Shape.ATTENTION, *, seed: int = 0, sharpness: float = 1.0
) -> None:
    """Write the same file for the same arguments; a model of about 0.1 million weights.

    Its weights are random, but for a lean towards ending strings, objects and replies, so that generations end. With
    a greater `sharpness` the text outweighs that lean: the likeliest token stands out by more, replies get longer.
    """
    vocabulary = make_vocabulary(form)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, shape.architecture)
    writer.add_name(f"tiny-{form}-{seed}")
    write_shape(writer, shape)
    vocabulary.write(writer)
    for name, tensor in draw_tensors(shape, vocabulary.lean(), seed=seed, sharpness=sharpness).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    parser.add_argument("--format", type=Format, choices=list(Format), default=Format.HERMES, help="chat format")
    parser.add_argument("--shape", type=Shape, choices=list(Shape), default=Shape.ATTENTION, help="kind of memory")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random weights")
    parser.add_argument("--sharpness", type=float, default=1.0, help="how far the likeliest token stands out")
    arguments = parser.parse_args()
    write_tiny_gguf(
        arguments.out, arguments.format, arguments.shape, seed=arguments.seed, sharpness=arguments.sharpness
    )
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
