import type { ModelKind } from './catalog.ts';

/** Codes of cloud models that clients send, and that a model of this machine stands in for. */
export const modelStandIns: Readonly<Record<ModelKind, readonly string[]>> = {
  llm: ['gpt-4', 'gpt-4.1', 'gpt-4.1-mini', 'openai-gpt-4.1-nano', 'groq-llama-3.3-70b', 'gemini-2.5-flash'],
  stt: [
    'saarika:2.5',
    'saarika:v2.5',
    'deepgram_nova_3',
    'nova-3',
    'faster_whisper',
    'soniox',
    'assembly_ai',
    'deepgram',
    'ai4bharat',
  ],
  tts: ['bulbul:v2', 'tts-1', 'sonic-3', 'aura-2', 'cartesia', 'elevenlabs', 'sarvam'],
  vad: [],
};

/** Voices that clients name, by what is known of them; a voice of this machine of that gender stands in. */
export const voiceStandIns: readonly { readonly name: string; readonly gender: 'female' | 'male' }[] = [
  { name: 'Anushka', gender: 'female' },
  { name: 'priya', gender: 'female' },
  { name: 'thalia', gender: 'female' },
  { name: 'darla', gender: 'female' },
  { name: 'english_male', gender: 'male' },
];
