import { cardinalName } from './number-names.ts';

const clock = String.raw`([01]?\d|2[0-3])(?::([0-5]\d))?(?::[0-5]\d)?`;
const half = String.raw`\s?([ap])\.?\s?m\b\.?`;

/** "14:30" → "two thirty p m", "9am" → "nine a m", "9:00-17:00" → "nine a m to five p m". */
export function speakClockTimes(text: string): string {
  return text
    .replaceAll(/(\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?)\s?-\s?(?=\d{1,2}(?::\d\d|\s?[ap]\.?m))/gi, '$1 to ')
    .replaceAll(new RegExp(`\\b${clock}${half}`, 'gi'), (_whole, hour, minutes, letter) =>
      timeName(Number(hour) % 12, minutes, `${String(letter).toLowerCase()} m`),
    )
    .replaceAll(/\b([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?\b/g, (_whole, hour, minutes) =>
      timeName(Number(hour) % 12, minutes, halfOf(Number(hour))),
    );
}

/** A time without "am" or "pm" is taken to be on the 24-hour clock only where it has to be. */
function halfOf(hour: number): string {
  if (hour === 0) return 'a m';
  return hour > 12 ? 'p m' : '';
}

function timeName(hour: number, minutes: string | undefined, halfName: string): string {
  const value = Number(minutes ?? 0);
  const oClock = halfName === '' ? " o'clock" : '';
  const minuteName = value === 0 ? oClock : ` ${value < 10 ? 'oh ' : ''}${cardinalName(value)}`;
  return `${cardinalName(hour === 0 ? 12 : hour)}${minuteName}${halfName === '' ? '' : ` ${halfName}`}`;
}
