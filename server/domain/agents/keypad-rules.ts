import type { JsonObject } from '../json-column.ts';

/** What happens when the caller presses these keys, without asking the brain. */
export interface KeypadRule {
  /** As pressed; `x` stands for any digit. `#`, which otherwise ends what is pressed, stands alone. */
  readonly keys: string;
  readonly action:
    | { readonly kind: 'say'; readonly text: string }
    | { readonly kind: 'transfer'; readonly target: string; readonly name: string }
    | { readonly kind: 'end-call'; readonly text: string }
    /** Keys pressed on our side, as for a menu that answered. */
    | { readonly kind: 'send-digits'; readonly digits: string }
    | { readonly kind: 'set-variable'; readonly name: string; readonly value: string };
}

export interface Keypad {
  readonly rules: readonly KeypadRule[];
  /** Keys belong together until this pause; absent where the agent doesn't say. */
  readonly gapMs?: number;
}

const mostRules = 100;
const keysShape = /^(?:#|[\dA-Dx*]{1,32})$/;
const digitsShape = /^[\dA-D*#]{1,64}$/;
/** As it may stand in `{{name}}`. */
const nameShape = /^[\w.-]{1,100}$/;
const shortestGapMs = 200;
const longestGapMs = 30_000;

/**
 * The keypad of an agent from its `dtmf_rules`, `{enabled, timeout_seconds, rules: [{digit | pattern, action, value,
 * description}]}` with the actions `say`, `transfer`, `end_call`, `send_dtmf` (`value`: the digits) and `set_variable`
 * (`value`: `name=value`, or the value of what `description` names). Nobody promises that shape: what is otherwise is
 * kept by whoever sent it, and does nothing.
 */
export function keypadOf(dtmfRules: JsonObject | null): Keypad {
  const { enabled, rules, timeout_seconds: timeoutS } = dtmfRules ?? {};
  if (enabled === false || !Array.isArray(rules)) return { rules: [] };
  const understood = rules.slice(0, mostRules).flatMap((rule) => ruleOf(rule as unknown) ?? []);
  if (typeof timeoutS !== 'number' || !(timeoutS > 0)) return { rules: understood };
  return { rules: understood, gapMs: Math.min(longestGapMs, Math.max(shortestGapMs, Math.round(timeoutS * 1000))) };
}

/** The rule for these keys; one that names them goes before one that fits with an `x`. */
export function ruleFor(keys: string, rules: readonly KeypadRule[]): KeypadRule | undefined {
  return rules.find((rule) => rule.keys === keys) ?? rules.find((rule) => fits(keys, rule.keys));
}

function fits(keys: string, pattern: string): boolean {
  if (keys.length !== pattern.length) return false;
  return Array.from(pattern).every((key, at) => key === keys[at] || (key === 'x' && /\d/.test(keys[at] ?? '')));
}

function ruleOf(sent: unknown): KeypadRule | undefined {
  const { action, description, digit, pattern, value } = Object(sent) as Readonly<Record<string, unknown>>;
  const keys = textOf(digit ?? pattern).replaceAll('X', 'x');
  const what = actionOf(textOf(action), textOf(value), textOf(description));
  return keysShape.test(keys) && what ? { keys, action: what } : undefined;
}

function actionOf(name: string, value: string, description: string): KeypadRule['action'] | undefined {
  if (name === 'end_call') return { kind: 'end-call', text: value };
  if (value === '') return undefined;
  if (name === 'say') return { kind: 'say', text: value };
  if (name === 'transfer') return { kind: 'transfer', target: value, name: description || value };
  if (name === 'send_dtmf') return digitsAction(value);
  return name === 'set_variable' ? variableAction(value, description) : undefined;
}

function digitsAction(value: string): KeypadRule['action'] | undefined {
  const digits = value.replaceAll(/[\s-]/g, '').toUpperCase();
  return digitsShape.test(digits) ? { kind: 'send-digits', digits } : undefined;
}

function variableAction(value: string, description: string): KeypadRule['action'] | undefined {
  const equals = value.indexOf('=');
  const name = value.slice(0, Math.max(0, equals)).trim();
  if (nameShape.test(name)) return { kind: 'set-variable', name, value: value.slice(equals + 1).trim() };
  return nameShape.test(description) ? { kind: 'set-variable', name: description, value } : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
