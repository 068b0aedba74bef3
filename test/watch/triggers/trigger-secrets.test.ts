import { expect, it } from 'vitest';
import { redact } from '../../../src/watch/source/redact.ts';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { triggerSecrets } from '../../../src/watch/triggers/trigger-secrets.ts';

it('knows every address, password and key of a triggers file, and hides it in any message', () => {
  const actions = [
    {
      type: 'webhook',
      url: 'https://hooks.example.org/path/Sesame1',
      secret: 'Sesame2',
      headers: { authorization: 'Bearer Sesame3', 'x-color': 'blue' },
    },
    { type: 'mqtt', url: 'mqtts://owner:Sesame4@broker', username: 'Sesame5', password: 'Sesame6' },
  ];
  const triggers = parseTriggers(JSON.stringify({ triggers: [{ do: actions }] }), { path: 't' });
  const secrets = triggerSecrets(triggers);
  const message = 'blue Sesame2 Sesame3 Sesame4 Sesame5 Sesame6 mqtts://owner:Sesame4@broker';
  expect(redact(message, secrets)).toBe('blue *** *** *** *** *** mqtts://***@broker');
});
