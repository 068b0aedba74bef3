import type { Triggers } from './read-triggers.ts';

/** Everything in a triggers file that no message may show, and what its variables hold: see {@link redact}. */
export function triggerSecrets(triggers: Triggers): string[] {
  return triggers.triggers.flatMap((trigger) =>
    trigger.do.flatMap((action) => {
      if (action.type === 'mqtt') {
        return present([action.url, action.username, action.password, fromEnv(action.passwordEnv)]);
      }
      if (action.type !== 'webhook') return [];
      // Keys go in headers whose names say so.
      const keys = Object.entries(action.headers).filter(([name]) =>
        /auth|key|token|secret|cookie/i.test(name),
      );
      const values = keys.flatMap(([, value]) => [value, value.replace(/^\w+\s+/, '')]);
      return present([action.url, action.secret, fromEnv(action.secretEnv), ...values]);
    }),
  );
}

function fromEnv(variable: string | undefined): string | undefined {
  return variable === undefined ? undefined : process.env[variable];
}

function present(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined && text !== '') as string[];
}
