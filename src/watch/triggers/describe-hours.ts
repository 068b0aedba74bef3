import type { Triggers } from './read-triggers.ts';
import { type DAYS, dayAfter, isOvernight, localTime, parseHours } from './trigger-clock.ts';
import type { Trigger } from './trigger-schema.ts';
import { triggerTitle } from './unknown-names.ts';

const STEP_MS = 15 * 60_000;
const YEAR_STEPS = (366 * 24 * 60) / 15;

/**
 * Says when the triggers with hours or days can fire, for people: which day a night belongs to, and hours that the
 * change of the clocks leaves out.
 *
 * @param now - the year from here on is looked at
 * @returns a line for each
 */
export function describeHours({ triggers, timeZone }: Triggers, now: Date): string[] {
  const gaps = triggers.some(({ when }) => when.hours !== undefined) ? skippedTimes(now, timeZone) : [];
  const zone = timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return triggers.flatMap((trigger, index) => {
    const { hours, days } = trigger.when;
    if (hours === undefined && days === undefined) return [];
    const title = triggerTitle(trigger.name, index);
    const when = [hours?.join(', ') ?? 'all day', days?.join(', ') ?? 'every day'].join(', ');
    return [
      `${title}: ${when} (${zone})`,
      ...nights(trigger).map((text) => `${title}: ${text}`),
      ...gaps.flatMap((gap) => missing(trigger, gap)).map((text) => `${title}: ${text}`),
    ];
  });
}

function nights({ when }: Trigger): string[] {
  const nightly = (when.hours ?? []).filter((text) => isOvernight(parseHours(text)!));
  return nightly.map((text) => {
    const [from, to] = text.split('-');
    const day = when.days?.[0] ?? 'fri';
    return `${text} goes over midnight and belongs to the day on which it begins: ${day} ${from} to ${dayAfter(day)} ${to}`;
  });
}

interface Gap {
  readonly date: string;
  readonly day: (typeof DAYS)[number];
  readonly from: number;
  readonly to: number;
}

function missing({ when }: Trigger, gap: Gap): string[] {
  if (when.days !== undefined && !when.days.includes(gap.day)) return [];
  return (when.hours ?? [])
    .filter((text) => {
      const { from, to } = parseHours(text)!;
      return from < to && from >= gap.from && to <= gap.to;
    })
    .map((text) => `${text} does not come on ${gap.date}, when the clocks go forward`);
}

// Clocks change at quarters of an hour everywhere.
function skippedTimes(now: Date, timeZone: string | null): Gap[] {
  const start = Math.ceil(now.getTime() / STEP_MS) * STEP_MS;
  const at = (step: number) => localTime(new Date(start + step * STEP_MS), timeZone).minutes;
  const gaps: Gap[] = [];
  // A day's clock tells whether it changed within it; only then every quarter is looked at.
  for (let day = 0; day < YEAR_STEPS; day += 96) {
    if (at(day) === at(day + 96)) continue;
    for (let step = day; step < day + 96; step++) {
      const before = (at(step) + 15) % 1440;
      const after = at(step + 1);
      if ((after - before + 1440) % 1440 === 0 || (after - before + 1440) % 1440 > 720) continue;
      const time = new Date(start + (step + 1) * STEP_MS);
      gaps.push({
        date: dateOf(time, timeZone),
        day: localTime(time, timeZone).day,
        from: before,
        to: after,
      });
    }
  }
  return gaps;
}

function dateOf(time: Date, timeZone: string | null): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', timeZone === null ? {} : { timeZone }).format(time);
}
