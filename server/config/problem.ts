import { LandlineError } from '../contract/errors.ts';

/** One thing that is wrong with the settings. */
export interface SettingProblem {
  /** Where: `peers[0].port`, `LANDLINE_SIP_PORT`. */
  readonly setting: string;
  /** What was found there; undefined where something is missing. */
  readonly value: unknown;
  readonly wrong: string;
  /** What to write instead. */
  readonly mend: string;
}

/** Also a misspelt one: what an unknown `pasword` holds is no less secret. */
const secretNames = /pas+w|secret/i;

/** One line per problem: setting, value, what is wrong, what to do. Passwords and secrets are never shown. */
export function describeProblem(problem: SettingProblem): string {
  const { setting, value, wrong, mend } = problem;
  return `${setting}${value === undefined ? '' : ` = ${shown(setting, value)}`}: ${wrong}. ${mend}`;
}

/** Start-up error that names every problem at once. */
export function badSettings(source: string, problems: readonly SettingProblem[]): LandlineError {
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `  - ${describeProblem(problem)}`);
  return new LandlineError('bad-settings', `${count} in ${source}:\n${lines.join('\n')}`, {
    settings: problems.map((problem) => problem.setting),
  });
}

function shown(setting: string, value: unknown): string {
  if (secretNames.test(setting)) return '(hidden)';
  const text = JSON.stringify(value, (key, inner: unknown) => (secretNames.test(key) ? '(hidden)' : inner));
  return text === undefined ? String(value) : text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
