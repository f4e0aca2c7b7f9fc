import { z } from 'zod';

export const dayMs = 86_400_000;

const shape = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A date, or a date and time, in ISO form; UTC where it names no zone. Read into milliseconds since 1970. */
export const timeText = z.string().transform((text, context) => {
  const [, date, time = '00:00', zone = 'Z'] = shape.exec(text.trim()) ?? [];
  const atMs = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  if (!Number.isNaN(atMs)) return atMs;
  context.addIssue({ code: 'custom', message: 'must be a date or time such as 2026-01-31 or 2026-01-31T09:00:00Z' });
  return z.NEVER;
});
