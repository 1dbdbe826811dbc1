"""A server that goes wrong in the way that its first argument names. It needs no package."""

from __future__ import annotations

import json
import os
import struct
import sys
import time

HEADER = struct.Struct("<IB3xI4x")
WELCOME = {
    "protocol": 1,
    "version": "0.1.0",
    "spec": {},
    "num_envs": 1,
    "rows": 1,
    "observation_space": {"kind": "box", "low": ["-Infinity"] * 2, "high": ["Infinity"] * 2, "shape": [2]},
    "action_space": {"kind": "discrete", "n": 2, "start": 0},
    "action_dtype": "int32",
    "action_size": 1,
    "observation_size": 2,
    "mask_size": 2,
    "autoreset_mode": "disabled",
    "splits": ["train"],
    "seed_ranges": [[0, 1000000]],
    "max_episode_steps": None,
}


def read_exactly(count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def write(kind: int, sequence: int, payload: bytes, piece: int = 1 << 20) -> None:
    frame = HEADER.pack(len(payload), kind, sequence) + payload
    for start in range(0, len(frame), piece):
        os.write(1, frame[start : start + piece])
        if piece < 1 << 20:
            time.sleep(0.001)


def state(infos: dict[str, object]) -> bytes:
    written = json.dumps(infos).encode()
    arrays = struct.pack("<2f", 1.5, -2.5) + struct.pack("<d", 0.1) + bytes([0, 0])
    body = struct.pack("<II8x", 0, len(written)) + arrays
    return body + bytes(-len(body) % 4) + written


def main() -> None:
    mode = sys.argv[1]
    if mode == "dies-at-start":
        print("first line\nthere is no more memory", file=sys.stderr)
        sys.exit(3)
    steps = 0
    while True:
        length, kind, sequence = HEADER.unpack(read_exactly(HEADER.size))
        read_exactly(length)
        if kind == 1:
            write(16, sequence, json.dumps({**WELCOME, "protocol": 2 if mode == "protocol-2" else 1}).encode())
            continue
        steps += kind == 3
        if mode == "pieces":
            write(17, sequence, state({"infos": [{"text": "x" * 300}]}), piece=7)
        elif mode == "long-infos":
            write(17, sequence, state({"infos": [{"text": "x" * 100_000 * (steps + 1)}]}))
        elif kind == 2:
            write(17, sequence, state({}))
        elif mode == "hangs":
            time.sleep(1000)
        elif mode == "hangs-and-ignores-end":
            os.close(0)
            while True:
                time.sleep(1)
        elif mode == "dies":
            for line in range(100):
                print(f"line {line}", file=sys.stderr)
            sys.exit(7)
        elif mode == "half-a-frame":
            os.write(1, HEADER.pack(50, 17, sequence) + b"abc")
            sys.exit(0)
        elif mode == "wrong-sequence":
            write(17, sequence + 1, state({}))
        elif mode == "wrong-type":
            write(18, sequence, b"text")
        elif mode == "too-long":
            os.write(1, HEADER.pack(0xFFFFFFFF, 17, sequence))
        elif mode.startswith("error-"):
            _, name, fatal = mode.split("-")
            error = {"kind": name, "message": f"refused because of {name}", "fatal": fatal == "fatal"}
            write(31, sequence, json.dumps(error).encode())
        elif mode == "slow":
            time.sleep(0.3)
            write(17, sequence, state({}))
        else:
            write(17, sequence, state({}))


main()
