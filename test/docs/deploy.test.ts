import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createProgram } from '../../src/cli/create-program.ts';

const read = (name: string) =>
  parseAllDocuments(readFileSync(new URL(`../../docs/deploy/${name}`, import.meta.url), 'utf8'), {
    strict: true,
    uniqueKeys: true,
  }).map((document) => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS() as unknown;
  });

const PROBE = z.strictObject({
  httpGet: z.strictObject({ path: z.enum(['/api/v1/health', '/api/v1/ready']), port: z.literal('http') }),
  periodSeconds: z.int().positive(),
  timeoutSeconds: z.int().positive().optional(),
  failureThreshold: z.int().positive().optional(),
});
const CONTAINER = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.literal('PGPASSWORD'), valueFrom: z.looseObject({}) })),
  ports: z.array(z.strictObject({ name: z.literal('http'), containerPort: z.literal(8000) })),
  startupProbe: PROBE,
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  resources: z.looseObject({}),
  securityContext: z.looseObject({ readOnlyRootFilesystem: z.literal(true) }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
});
const DEPLOYMENT = z.looseObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  spec: z.strictObject({
    replicas: z.int(),
    selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.int(),
        containers: z.array(CONTAINER).length(1),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});
const SERVICE = z.strictObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  restart: z.literal('unless-stopped'),
  expose: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z
    .union([z.array(z.string()), z.record(z.string(), z.object({ condition: z.string() }))])
    .optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
});

/** Options that the command line does not have would keep a server from starting. */
async function expectKnownOptions([command, ...args]: readonly string[]): Promise<void> {
  const context = { signal: new AbortController().signal, setExitStatus: () => undefined };
  const program = await createProgram(['serve'], context);
  const serve = program.commands.find((one) => one.name() === command)!;
  const known = serve.options.map(({ long }) => long);
  for (const arg of args) if (arg.startsWith('--')) expect(known).toContain(arg);
}

describe('the files for several servers', () => {
  it('start as many as they say, stop them with time enough, and keep no password (Kubernetes)', async () => {
    const [first, service, budget] = read('kubernetes.yaml');
    const { spec } = DEPLOYMENT.parse(first);
    const { template, selector } = spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(service).toMatchObject({ kind: 'Service', spec: { selector: selector.matchLabels } });
    expect(budget).toMatchObject({ kind: 'PodDisruptionBudget', spec: { selector } });
    const [container] = template.spec.containers;
    await expectKnownOptions(container!.args);
    const names = template.spec.volumes.map(({ name }) => name);
    expect(container!.volumeMounts.map(({ name }) => name)).toEqual(names);
    const stopAfter = Number(container!.args[container!.args.indexOf('--stop-after') + 1]);
    // Half a minute for answers.
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopAfter + 31);
    const { periodSeconds, failureThreshold = 3 } = container!.readinessProbe;
    expect(periodSeconds * failureThreshold).toBeLessThan(stopAfter);
  });

  it('name only services, volumes and options that there are (Compose)', async () => {
    const [file] = read('compose.yaml');
    const { services, volumes } = z
      .strictObject({ services: z.record(z.string(), SERVICE), volumes: z.record(z.string(), z.object({})) })
      .parse(file);
    for (const { depends_on: needs = [], volumes: mounts = [] } of Object.values(services)) {
      for (const name of Array.isArray(needs) ? needs : Object.keys(needs))
        expect(services).toHaveProperty(name);
      for (const mount of mounts) expect(volumes).toHaveProperty(mount.split(':')[0]!);
    }
    await expectKnownOptions(services['door']!.command!);
    expect(JSON.stringify(file)).not.toMatch(/postgres:\/\/[^"]*:[^"/]*@/);
  });
});
