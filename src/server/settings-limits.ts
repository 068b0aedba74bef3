/** Bounds of what may be changed while the server runs: distances stay below 4, and a hundred years. */
export const SETTINGS_LIMITS = { maxDistance: [0, 4], retentionDays: [1, 36_500] } as const;
