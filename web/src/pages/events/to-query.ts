import type { AppearanceQuery } from '../../api/home-api.ts';
import type { AppearanceChoice } from './appearance-filters.tsx';

/** What a choice asks the server for. Days begin and end where the reader is. */
export function toQuery({ who, person, camera, from, to }: AppearanceChoice): AppearanceQuery {
  return {
    ...(person !== '' && { person }),
    ...(camera !== '' && { camera }),
    ...(isDay(from) && { from: startOf(from, 0) }),
    ...(isDay(to) && { to: startOf(to, 1) }),
    ...(who === 'strangers' && { strangers: true }),
    // Of a person who is asked for by name everything is shown.
    ...(person === '' && { ignored: who === 'ignored' }),
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** The first moment of a day, or of one that follows. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
