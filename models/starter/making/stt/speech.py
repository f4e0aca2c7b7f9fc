"""Lets espeak-ng and flite speak the sentences: 8 kHz 16-bit, all of a set in one .npy with a .json index.

    python speech.py <processes>    reads heldout.json and train.json; writes ho_seen, ho_rms, ho_es, tr0, tr1, tr2

Never in training: flite's voice rms, espeak-ng's accent en-gb-scotland and variants linda, steph, f3, m7.
"""

import io
import json
import os
import random
import subprocess
import sys
import tempfile
import wave
from fractions import Fraction
from multiprocessing import Pool

import numpy as np
from scipy.signal import resample_poly

RATE = 8000
TRAIN_SENTENCES = 15000
BATCH = 5000
LONGEST_SECONDS = 13

ACCENTS = ["en-us"] * 8 + ["en-gb"] * 4 + ["en-gb-x-rp"] * 2
ACCENTS += ["en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc", "en-us-nyc"]
VARIANTS = (
    """
Alex Alicia Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Nguyen
RicishayMax Storm adam anika announcer antonio aunty belinda benjamin boris caleb david ed edward edward2 f1 f2 f4 f5
grandma grandpa gustave iven iven2 iven3 john klatt klatt2 klatt3 klatt4 kaukovalta m1 m2 m3 m4 m5 m6 m8 marcelo max
miguel norbert pablo paul pedro quincy rob robert sandro shelby steph2 travis victor zac whisper
""".split()
    + ["", "", "", "", "f2", "f4", "m3", "m1"]
)
HELD_OUT_ESPEAK = [("en-gb-scotland", "f3"), ("en-gb-scotland", "m7"), ("en-us", "linda"), ("en-gb", "steph")]
FLITE_PITCH = {"slt": 170, "awb": 120, "kal16": 105, "kal": 105}
FLITE_MIX = ["slt"] * 10 + ["awb"] * 8 + ["kal16"] * 6 + ["kal"]


def _read_wav(content):
    """Samples in -1..1 and rate; tolerates the unfinished headers of streamed files."""
    rate = wave.open(io.BytesIO(content)).getframerate()
    begin = content.find(b"data") + 8
    even = content[begin : begin + (len(content) - begin) // 2 * 2]
    return np.frombuffer(even, dtype=np.int16).astype(np.float32) / 32768, rate


def espeak(text, accent, variant, speed, pitch):
    voice = accent + ("+" + variant if variant else "")
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    return _read_wav(subprocess.run(command, capture_output=True).stdout)


def flite(text, voice, stretch=1.0, pitch=0.0, deviation=0.0):
    command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.2f}"]
    if pitch:
        command += ["--setf", f"int_f0_target_mean={pitch:.0f}"]
    if deviation:
        command += ["--setf", f"int_f0_target_stddev={deviation:.0f}"]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(command + ["-t", text, "-o", file.name], capture_output=True)
        return _read_wav(file.read())


def to_line_rate(samples, rate, warp):
    """A warp above 1 plays faster and higher, formants and all: more variety of speakers."""
    ratio = Fraction(RATE / (rate * warp)).limit_denominator(480)
    return resample_poly(samples, ratio.numerator, ratio.denominator).astype(np.float32)


def _training_voice(text, rng):
    if rng.random() < 0.52:
        accent, variant = rng.choice(ACCENTS), rng.choice(VARIANTS)
        speed, pitch = int(min(240, max(115, rng.gauss(165, 24)))), rng.randint(15, 85)
        samples, rate = espeak(text, accent, variant, speed, pitch)
        return samples, rate, rng.uniform(0.92, 1.08), f"es/{accent}/{variant}"
    voice = rng.choice(FLITE_MIX)
    pitch = FLITE_PITCH[voice] * rng.uniform(0.75, 1.35) if rng.random() < 0.8 else 0
    stretch, deviation = rng.uniform(0.78, 1.3), rng.uniform(8, 35) if rng.random() < 0.6 else 0
    samples, rate = flite(text, voice, stretch, pitch, deviation)
    return samples, rate, rng.uniform(0.84, 1.18), f"fl/{voice}"


def _known_voice(text, number, rng):
    if number % 2 == 0:
        voice = rng.choice(["slt", "awb", "kal16"])
        return *flite(text, voice), 1.0, voice
    accent, variant = rng.choice(["en-us", "en-gb"]), rng.choice(["f2", "m3", "Annie", "john", ""])
    return *espeak(text, accent, variant, rng.randint(140, 190), rng.randint(30, 70)), 1.0, "es"


def _speak(text, number, mode, rng):
    if mode == "train":
        return _training_voice(text, rng)
    if mode == "ho_seen":
        return _known_voice(text, number, rng)
    if mode == "ho_rms":
        return *flite(text, "rms"), 1.0, "rms"
    accent, variant = HELD_OUT_ESPEAK[number % 4]
    return *espeak(text, accent, variant, 165, 50), 1.0, accent + "+" + variant


def _trimmed(samples, peak, rng):
    """Long silence at the ends goes, a random bit of it stays."""
    loud = np.where(np.abs(samples) > peak * 0.01)[0]
    begin = max(0, loud[0] - rng.randint(200, 2400))
    return samples[begin : min(len(samples), loud[-1] + rng.randint(800, 4000))]


def _work(task):
    number, said, spoken, mode, seed = task
    rng = random.Random(seed * 1000003 + number)
    samples, rate, warp, voice = _speak(spoken, number, mode, rng)
    line = to_line_rate(samples, rate, warp)
    peak = np.abs(line).max(initial=0)
    if peak < 1e-3 or len(line) > RATE * LONGEST_SECONDS:
        return None
    loudness = _trimmed(line, peak, rng) / peak * 0.5
    return number, said, voice, (loudness * 32767).astype(np.int16)


def speak_all(sentences, mode, name, processes, seed=7):
    tasks = [(number, said, spoken, mode, seed) for number, (said, spoken) in enumerate(sentences)]
    with Pool(processes) as pool:
        made = [result for result in pool.imap(_work, tasks, chunksize=32) if result]
    np.save(name + ".npy", np.concatenate([samples for *_, samples in made]))
    index = {
        "text": [said for _, said, _, _ in made],
        "voice": [voice for _, _, voice, _ in made],
        "len": [len(samples) for *_, samples in made],
    }
    # The index comes last and at once: a training run that is waiting takes it for a sign that the audio is complete.
    with open(name + ".json.part", "w") as file:
        json.dump(index, file)
    os.rename(name + ".json.part", name + ".json")
    print(name, len(made), "of", len(sentences), f"{sum(index['len']) / RATE / 3600:.2f} h", flush=True)


def main():
    processes = int(sys.argv[1])
    with open("heldout.json") as file:
        held_out = json.load(file)
    speak_all(held_out[:400], "ho_seen", "ho_seen", processes)
    speak_all(held_out[:400], "ho_rms", "ho_rms", processes)
    speak_all(held_out[400:700], "ho_es", "ho_es", processes)
    with open("train.json") as file:
        train = json.load(file)[:TRAIN_SENTENCES]
    for begin in range(0, len(train), BATCH):
        speak_all(train[begin : begin + BATCH], "train", f"tr{begin // BATCH}", processes, seed=7 + begin)


if __name__ == "__main__":
    main()
