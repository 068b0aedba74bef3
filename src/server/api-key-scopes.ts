/** What a key may do: look at people, recognize faces, change everything ('admin' includes the others). */
export type ApiKeyScope = 'read' | 'recognize' | 'admin';

/** All scopes. */
export const API_KEY_SCOPES = ['read', 'recognize', 'admin'] as const satisfies readonly ApiKeyScope[];
