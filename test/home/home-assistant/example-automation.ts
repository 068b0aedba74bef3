import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The shape of an automation, as far as the guide's uses it: https://www.home-assistant.io/docs/automation/yaml. */
const automation = z.strictObject({
  alias: z.string(),
  mode: z.enum(['single', 'restart', 'queued', 'parallel']),
  max_exceeded: z.enum(['silent', 'warning']).optional(),
  triggers: z.array(
    z.strictObject({
      trigger: z.literal('state'),
      entity_id: z.string(),
      not_from: z.array(z.string()).optional(),
    }),
  ),
  conditions: z.array(
    z.discriminatedUnion('condition', [
      z.strictObject({ condition: z.literal('template'), value_template: z.string() }),
      z.strictObject({ condition: z.literal('state'), entity_id: z.string(), state: z.string() }),
    ]),
  ),
  actions: z.array(
    z.union([
      z.strictObject({
        action: z.string().regex(/^notify\.\w+$/),
        data: z.strictObject({
          title: z.string(),
          message: z.string(),
          data: z.strictObject({ image: z.string().startsWith('/api/image_proxy/') }),
        }),
      }),
      z.strictObject({ delay: z.iso.time() }),
    ]),
  ),
});

/** The automation that the guide shows, and the entities of ours that it names. */
export function exampleAutomation() {
  const guide = readFileSync(new URL('../../../docs/guide/home.md', import.meta.url), 'utf8');
  const [, block] = /```yaml\n(automation:\n[\s\S]*?)```/.exec(guide)!;
  const read = z.strictObject({ automation: z.tuple([automation]) }).parse(parse(block!));
  const [found] = read.automation;
  const entities = [
    ...new Set(block!.match(/\b(event|image|sensor|binary_sensor|device_tracker)\.face_trigger\w+/g)),
  ];
  return { ...found, entities };
}
