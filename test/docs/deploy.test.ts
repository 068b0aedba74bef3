import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it, onTestFinished } from 'vitest';
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

/** The models of Kubernetes' own schemas, by kind. */
const KINDS = { Deployment, PodDisruptionBudget, Service } as const;

/**
 * What is wrong with an object by the schema of its kind.
 *
 * @remarks The schemas allow fields that they do not know, which Kubernetes refuses or ignores: those that a check never
 * looks at are unknown.
 */
function problemsOf(object: unknown): readonly string[] {
  const { kind } = object as { kind: keyof typeof KINDS };
  const unread = new Set<string>();
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.keys(value);
    for (const field of fields) unread.add(`${path}.${field}`);
    const inner = new Map(
      fields.map((field) => [field, watched(Reflect.get(value, field), `${path}.${field}`)]),
    );
    return new Proxy(value, {
      get: (target, field) => {
        if (typeof field === 'symbol' || !inner.has(field)) return Reflect.get(target, field);
        unread.delete(`${path}.${field}`);
        return inner.get(field);
      },
    });
  };
  try {
    const model = new KINDS[kind](object as object);
    // What a model is made of is copied, and so looked at.
    Object.assign(
      model,
      Object.fromEntries(Object.entries(model).map(([field, value]) => [field, watched(value, field)])),
    );
    model.validate();
  } catch (error) {
    return [(error as Error).message];
  }
  return [...unread].map((field) => `${field} is unknown`);
}

/** What is wrong with a Compose file by the schema of the Compose specification. */
function problemsOfCompose(path: string): readonly string[] {
  const [result] = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] }).lintFiles(
    [path],
    false,
  );
  // Its rules of taste are not meant.
  const isWrong = /^(invalid-|unknown-error)/;
  const messages = result!.messages as readonly { readonly rule: string; readonly message: string }[];
  return messages.filter(({ rule }) => isWrong.test(rule)).map(({ message }) => message);
}

describe('the files for several servers', () => {
  it('are as the schemas of Kubernetes say', () => {
    const objects = read('kubernetes.yaml');
    expect(objects.map(problemsOf)).toEqual([[], [], []]);
    const broken = structuredClone(objects[0]) as z.infer<typeof DEPLOYMENT>;
    const [container] = broken.spec.template.spec.containers;
    Object.assign(container!.livenessProbe.httpGet, { prot: 'http' });
    expect(problemsOf(broken)).toEqual([
      'spec.template.spec.containers.0.livenessProbe.httpGet.prot is unknown',
    ]);
    container!.resources = { limits: { memory: 'a lot' } };
    expect(problemsOf(broken)).toEqual([expect.stringContaining('resources/limits/memory')]);
  });

  it('are as the schema of the Compose specification says', () => {
    const path = fileURLToPath(new URL('../../docs/deploy/compose.yaml', import.meta.url));
    expect(problemsOfCompose(path)).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-compose-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const broken = join(folder, 'compose.yaml');
    const text = readFileSync(path, 'utf8');
    for (const [right, wrong] of [
      ['stop_grace_period:', 'stop_grace_time:'],
      ['retries: 12', 'retries: [12]'],
      ['service_healthy', 'service_wealthy'],
    ] as const) {
      writeFileSync(broken, text.replace(right, wrong));
      expect(problemsOfCompose(broken)).not.toEqual([]);
    }
  });

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
