import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkedLookup, INTERNAL_ADDRESS } from '../../node/network/checked-lookup.ts';
import { findProgram } from './find-program.ts';
import type { Triggers } from './read-triggers.ts';
import { findSpeaker } from './speech.ts';
import type { ActionOf, TriggerAction } from './trigger-schema.ts';

/** What would go wrong on this machine. */
export interface ActionFinding {
  /** False: it may go well elsewhere or later, such as a variable that is not set in this shell. */
  readonly fatal: boolean;
  /** Names the place in the file and what is wrong there, in one sentence. */
  readonly message: string;
}

const LOOKUP_MS = 5000;

/**
 * Tries what the actions of triggers need of this machine, without doing them: programs, folders, variables, names of
 * hosts.
 *
 * @returns in the order of the file
 */
export async function checkActions(triggers: Triggers): Promise<readonly ActionFinding[]> {
  const checks = triggers.triggers.flatMap((trigger, t) =>
    trigger.do.map(async (action, a) => {
      const findings = await checkAction(action);
      return findings.map(({ fatal, message }) => ({ fatal, message: `triggers[${t}].do[${a}].${message}` }));
    }),
  );
  return (await Promise.all(checks)).flat();
}

function checkAction(action: TriggerAction): Promise<ActionFinding[]> {
  switch (action.type) {
    case 'command':
      return checkProgram(action);
    case 'snapshot':
      return checkFolder(action.folder);
    case 'webhook':
      return checkWebhook(action);
    case 'mqtt':
      return Promise.resolve(checkVariable('passwordEnv', action.passwordEnv));
    case 'speech':
      return checkSpeech(action);
    case 'stdout':
      return Promise.resolve([]);
  }
}

async function checkProgram({ command: [program] }: ActionOf<'command'>): Promise<ActionFinding[]> {
  if ((await findProgram(program)) !== null) return [];
  return [{ fatal: true, message: `command: There is no program ${program} that this user may start` }];
}

/** A folder is made when it is needed: the nearest one above that exists must allow that. */
async function checkFolder(folder: string): Promise<ActionFinding[]> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      if (!(await stat(place)).isDirectory()) throw new Error(`${place} is not a folder`);
      await access(place, constants.W_OK | constants.X_OK);
      return [];
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (missing && place !== dirname(place)) continue;
      return [{ fatal: true, message: `folder: ${(error as Error).message}` }];
    }
  }
}

async function checkWebhook(action: ActionOf<'webhook'>): Promise<ActionFinding[]> {
  const { hostname } = new URL(action.url);
  const findings = checkVariable('secretEnv', action.secretEnv);
  // Addresses that are written as numbers were judged when the file was read.
  if (/^\[|^[\d.]+$/.test(hostname)) return findings;
  const error = await new Promise<NodeJS.ErrnoException | null>((done) => {
    checkedLookup(action.allowInternal)(hostname, { all: true }, done);
    void sleep(LOOKUP_MS, undefined, { ref: false }).then(() => done(new Error('no answer')));
  });
  if (error === null) return findings;
  const why =
    error.code === INTERNAL_ADDRESS ? error.message : `${hostname} could not be resolved: ${error.message}`;
  return [...findings, { fatal: false, message: `url: ${why}` }];
}

async function checkSpeech({ voice }: ActionOf<'speech'>): Promise<ActionFinding[]> {
  if ((await findSpeaker({ voice })) !== null) return [];
  return [{ fatal: false, message: 'type: Neither espeak-ng nor say is on this machine' }];
}

function checkVariable(name: string, variable: string | undefined): ActionFinding[] {
  if (variable === undefined || process.env[variable]) return [];
  return [
    {
      fatal: false,
      message: `${name}: The variable ${variable} is not set here; without it, watch does not start`,
    },
  ];
}
