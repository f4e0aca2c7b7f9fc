import { expect, test } from 'vitest';
import { diagnose } from './diagnosis.ts';

const files = { model: 'net.onnx', tokens: 'tokens.txt', graph: 'lm.fst' };
const ended = (stderr: string, code: number | null = null) => ({
  code,
  signal: code === null ? ('SIGABRT' as const) : null,
  stderr,
});

test('a network that is cut short is named by the path in the message', () => {
  const stderr =
    'terminate called after throwing\n  what():  Load model from /m/net.onnx failed:Protobuf parsing failed.';
  expect(diagnose(ended(stderr), files)).toEqual({ file: 'net.onnx', problem: 'it is cut short or no ONNX file' });
});

test('of several networks the one in the message is at fault', () => {
  const stderr = 'Load model from /m/joiner.onnx failed:Protobuf parsing failed.';
  const transducer = { encoder: 'encoder.onnx', decoder: 'decoder.onnx', joiner: 'joiner.onnx', tokens: 'tokens.txt' };
  expect(diagnose(ended(stderr), transducer).file).toBe('joiner.onnx');
});

test('metadata of another family names the key', () => {
  const stderr = "/x/online-nemo-ctc-model.cc:Init:226 'window_size' does not exist in the metadata";
  expect(diagnose(ended(stderr, 255), files)).toMatchObject({
    file: 'net.onnx',
    problem: expect.stringContaining('"window_size"'),
  });
});

test('a token list without blank is named', () => {
  const stderr = 'InitDecoder:280 We expect that tokens.txt contains the symbol <blk> or <eps> or <blank> and its ID.';
  expect(diagnose(ended(stderr, 255), files)).toMatchObject({
    file: 'tokens.txt',
    problem: expect.stringContaining('blank'),
  });
});

test('a broken decoding graph is named', () => {
  const stderr =
    'ERROR: ConstFst::Read: Read failed: <unspecified>\nfst-utils.cc:ReadGraph:54 Error reading FST (after reading header).';
  expect(diagnose(ended(stderr), files).file).toBe('lm.fst');
});

test('the wrong number of feature channels says both numbers', () => {
  const stderr =
    ' what():  Got invalid dimensions for input: audio_signal for the following indices\n index: 1 Got: 80 Expected: 40\n';
  expect(diagnose(ended(stderr), files).problem).toMatch(/40 channels.*featureDim says 80/);
});

test('anything else is told with how it ended and its last words', () => {
  expect(diagnose(ended('first\nout of luck\n'), files)).toEqual({
    file: undefined,
    problem: 'loading it ended the process (signal SIGABRT: out of luck)',
  });
  expect(diagnose(ended('', 3), files).problem).toBe('loading it ended the process (exit code 3)');
});
