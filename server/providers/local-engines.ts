import type { LlmProvider } from './kinds/llm.ts';
import type { SpeechHost } from './kinds/speech-host.ts';
import { type FliteVoice, fliteVoices } from './tts/flite/flite-program.ts';

export interface LocalEngines {
  readonly brain: string;
  readonly recogniser: string;
  readonly speaker: string;
  readonly voices: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly language: string;
    readonly gender: 'female' | 'male' | null;
    readonly isDefault: boolean;
  }[];
}

const starterVoices: Readonly<Record<FliteVoice, Omit<LocalEngines['voices'][number], 'name' | 'isDefault'>>> = {
  slt: { displayName: 'SLT (American, female)', language: 'en-US', gender: 'female' },
  rms: { displayName: 'RMS (American, male)', language: 'en-US', gender: 'male' },
  awb: { displayName: 'AWB (Scottish, male)', language: 'en-GB', gender: 'male' },
  kal16: { displayName: 'KAL (robotic, male)', language: 'en-US', gender: 'male' },
};

/** What thinks, hears and speaks here, for the catalog. A voice model of sherpa-onnx is one voice without a name. */
export function localEngines(engines: { readonly speech: SpeechHost; readonly brain: LlmProvider }): LocalEngines {
  const { brain, speech } = engines;
  const isFlite = speech.ttsName.startsWith('flite-');
  const voices = (isFlite ? fliteVoices : []).map((name) => {
    return { name, ...starterVoices[name], isDefault: speech.ttsName === `flite-${name}` };
  });
  const only = { name: 'default', displayName: speech.ttsName, language: 'en', gender: null, isDefault: true } as const;
  return {
    brain: brain.name,
    recogniser: speech.sttName,
    speaker: isFlite ? 'flite' : speech.ttsName,
    voices: voices.length > 0 ? voices : [only],
  };
}
