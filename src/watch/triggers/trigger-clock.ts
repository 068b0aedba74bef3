/** Days of the week, as triggers name them. */
export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A day of the week. */
export type Day = (typeof DAYS)[number];

/** A part of the day, in minutes after midnight; one that ends before it begins goes over midnight. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** Days and hours at which a trigger fires; at all of them where nothing is said. */
export interface TriggerTimes {
  readonly hours?: readonly string[] | undefined;
  readonly days?: readonly Day[] | undefined;
}

/** Reads hours such as 22:00-06:00. @returns null for a text of another form, and for hours that never come */
export function parseHours(text: string): Hours | null {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || from === to) return null;
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return { from: minutes(from), to: minutes(to) };
}

/** Whether hours go over midnight. */
export function isOvernight({ from, to }: Hours): boolean {
  return to < from;
}

/**
 * Whether the days and hours of a trigger hold at a time.
 *
 * @param options.timeZone - null: this machine's
 * @remarks Hours are those of the clock on the wall. A night belongs to the day on which it begins: with `days: fri`
 * and `22:00-06:00` Saturday at 5 counts, Friday at 5 does not. Where clocks are changed, an hour that is left out does
 * not come on that day, and one that is repeated comes twice.
 */
export function matchesClock(when: TriggerTimes, time: Date, timeZone: string | null): boolean {
  if (when.hours === undefined && when.days === undefined) return true;
  const { day, minutes } = localTime(time, timeZone);
  const isDay = (wanted: Day) => when.days === undefined || when.days.includes(wanted);
  if (when.hours === undefined) return isDay(day);
  return when.hours.some((text) => {
    const hours = parseHours(text)!;
    if (!isOvernight(hours)) return isDay(day) && minutes >= hours.from && minutes < hours.to;
    return (isDay(day) && minutes >= hours.from) || (isDay(dayBefore(day)) && minutes < hours.to);
  });
}

/** The day and the minutes after midnight that clocks show. */
export function localTime(time: Date, timeZone: string | null): { day: Day; minutes: number } {
  const parts = formatOf(timeZone).formatToParts(time);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  const minutes = Number(part('hour')) * 60 + Number(part('minute'));
  return { day: part('weekday').toLowerCase() as Day, minutes };
}

function formatOf(timeZone: string | null): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === null ? {} : { timeZone }),
  });
  FORMATS.set(timeZone, format);
  return format;
}

/** Made once for each zone, as making one takes as long as hundreds of its answers. */
const FORMATS = new Map<string | null, Intl.DateTimeFormat>();

/** The day after another. */
export function dayAfter(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + 1) % 7]!;
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + 6) % 7]!;
}
