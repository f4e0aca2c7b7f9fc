import { type Appliance, findAppliance, startThrowAway } from '../caller/appliance.ts';
import { lineAudio } from '../caller/line-audio.ts';
import { makeReport, printReport } from '../caller/report.ts';
import { runCall } from '../caller/run-call.ts';
import { saveAudio } from '../caller/save-audio.ts';
import { asksForHelp, type CallScript, callUsage, parseScript } from '../caller/script.ts';
import { fetchRecord } from '../caller/transcript.ts';
import { readEnvironment } from '../config/env.ts';
import { loadSettings } from '../config/resolve.ts';
import { FliteTts } from '../providers/tts/flite/flite.ts';

/** A voice that the starter recogniser never heard in training. */
const callerVoice = 'rms';

/** Places a test call and prints its turn timeline; 0 only if everything that the script asks for happened. */
export async function call(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(callUsage);
    return 0;
  }
  const script = parseScript(args);
  const { dataFolder } = loadSettings({}, readEnvironment());
  const running = await findAppliance(dataFolder);
  if (script.to !== undefined) return place(script, script.to, running);
  if (!running) console.error('No Landline runs here: starting one on a throw-away data folder for this call.');
  const appliance = running ?? (await startThrowAway());
  try {
    return await place(script, appliance.sip.replace('sip:', 'sip:reception@'), appliance);
  } finally {
    await appliance.release();
  }
}

async function place(script: CallScript, uri: string, appliance: Appliance | undefined): Promise<number> {
  const voice = await FliteTts.load({ voice: callerVoice, threads: 1 });
  try {
    const wire = await runCall(uri, script, lineAudio(voice, callerVoice));
    const record = appliance && (await fetchRecord(appliance, wire.from));
    const report = makeReport(script, wire, record);
    const files = await saveAudio(wire, script.out);
    console.log(script.json ? JSON.stringify({ ...report, files }, null, 2) : printReport(report, files));
    return report.ok ? 0 : 1;
  } finally {
    await voice.close();
  }
}
