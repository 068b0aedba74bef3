import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { PRIVATE_FILE_MODE } from '../../node/files/atomic-write.ts';
import { type Clocks, MACHINE_CLOCKS } from '../clock-jumps.ts';
import { SetClock } from '../set-clock.ts';
import { redact } from '../source/redact.ts';
import type { FaceEvent, PresenceEvent, WatchEvent } from '../watch-event.ts';
import { askPicture } from './ask-picture.ts';
import { CommandRunner } from './command-runner.ts';
import type { EventPicture } from './event-picture.ts';
import { HeldFirings } from './held-firings.ts';
import { CoolDown, concernsSource, matchesTrigger } from './match-trigger.ts';
import { MqttPublishers, type MqttPublishersOptions } from './mqtt-publishers.ts';
import type { Triggers } from './read-triggers.ts';
import { safeFileName } from './safe-file-name.ts';
import type { WebhookTarget } from './send-webhook.ts';
import { findSpeaker, type Speaker, speechText } from './speech.ts';
import type { ActionOf, Trigger, TriggerAction } from './trigger-schema.ts';
import { triggerSecrets } from './trigger-secrets.ts';
import { packDelivery, wantsPicture } from './webhook-content.ts';
import { WebhookSender } from './webhook-sender.ts';

/** Options of `TriggerRunner.create`. */
export interface TriggerRunnerOptions {
  readonly triggers: Triggers;
  /** File of the queue of webhooks; needed when there are any. */
  readonly queuePath: string;
  /** Takes the JSON lines of `stdout` actions, each with its line end. */
  readonly write: (line: string) => void;
  /** Told what went wrong; a failing action never stops the watch. */
  readonly log: (message: string) => void;
  /**
   * Names of the sources whose events will come, as the events give them: brokers hear of these at once, of others with
   * their first event.
   */
  readonly sources?: readonly string[] | undefined;
  /** The picture of an event's face. @defaultValue that of the file which the event names as `snapshot` */
  readonly picture?: EventPicture | undefined;
  /**
   * Whether events come as they happen: then a trigger with `for` fires when its time is over, and not only with the
   * next event, as those of films do. @defaultValue true
   */
  readonly live?: boolean | undefined;
  /** @defaultValue those of this machine */
  readonly clocks?: Clocks | undefined;
  /** First pause before a webhook is tried again, in milliseconds. @defaultValue 1000 */
  readonly webhookRetryMs?: number | undefined;
}

/** Runs the actions of the triggers that an event fires. */
export class TriggerRunner {
  readonly #options: TriggerRunnerOptions;
  readonly #parts: Parts;
  readonly #coolDown = new CoolDown();
  readonly #held = new HeldFirings();
  readonly #clock: SetClock;
  #heldTimer: NodeJS.Timeout | undefined;

  /**
   * Prepares every action: opens the queue, connects to brokers.
   *
   * @throws FaceTriggerError `ERR_BUSY` if another process has the queue open; `ERR_FILE_WRITE`, `ERR_FILE_FORMAT` or
   * `ERR_DISK_FULL` if it cannot be opened; `ERR_INVALID_ARGUMENT` if a variable that
   * should hold a secret is not set
   */
  static async create(options: TriggerRunnerOptions): Promise<TriggerRunner> {
    const safe = { ...options, log: safeLog(options) };
    return new TriggerRunner(safe, await prepare(safe));
  }

  private constructor(options: TriggerRunnerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#clock = new SetClock(options.clocks ?? MACHINE_CLOCKS, (byMs) => this.#held.clockWasSet(byMs));
  }

  /** Whether any action needs pictures of the faces. */
  static needsSnapshots(triggers: Triggers): boolean {
    return actionsOf(triggers).some(({ action }) => {
      if (action.type === 'webhook') return wantsPicture(action);
      return action.type === 'snapshot' || (action.type === 'mqtt' && action.pictures);
    });
  }

  /**
   * Takes away what brokers keep about a source that is watched no more, or by another name.
   *
   * @returns whether all brokers took it
   */
  static async forget(
    options: Pick<TriggerRunnerOptions, 'triggers' | 'log'> & { source: string },
  ): Promise<boolean> {
    const { triggers, source } = options;
    return new MqttPublishers({ actions: mqttActions(triggers), log: safeLog(options) }).forget(
      source,
      10_000,
    );
  }

  /** Takes an event. @returns when every webhook that it fires is safe on the disk; other actions go on by themselves */
  async handle(event: WatchEvent): Promise<void> {
    const told = Date.parse(event.time);
    // A film has a time of its own, which no clock sets.
    const time = this.#options.live === false ? told : this.#clock.byNow(told);
    await this.#fireDue(time);
    this.#held.end(event);
    const { triggers, timeZone } = this.#options.triggers;
    const matched: Trigger[] = [];
    for (const [index, trigger] of triggers.entries()) {
      if (!matchesTrigger(trigger, event, { timeZone })) continue;
      if (trigger.when.for === undefined) matched.push(trigger);
      else this.#held.add(trigger, event, { index, time });
    }
    await this.#fire(event, matched);
    this.#waitForHeld();
  }

  /** Settles when brokers have confirmed what came of all events so far; webhooks are safe when `handle` has settled. */
  settled(): Promise<void> {
    return this.#parts.brokers.confirmed();
  }

  /** Lets what is under way finish, at most so long; webhooks that are left go out at the next start. */
  async close(graceMs = 5000): Promise<void> {
    clearTimeout(this.#heldTimer);
    const { webhooks, brokers, commands, speech } = this.#parts;
    const closing: Promise<void>[] = [brokers, ...commands.values()].map((part) => part.close(graceMs));
    if (webhooks) closing.push(webhooks.close(graceMs));
    closing.push(speech.close(graceMs));
    await Promise.all(closing);
  }

  async #fire(event: WatchEvent, matched: readonly Trigger[], isLate?: true): Promise<void> {
    const { triggers } = this.#options.triggers;
    const firing = matched.filter((trigger) =>
      this.#coolDown.allow(trigger, event, triggers.indexOf(trigger)),
    );
    const actions = firing.flatMap((trigger) => trigger.do);
    const picture = await this.#pictureFor(actions, event);
    for (const action of actions) {
      await this.#act(action, event, picture).catch((error: Error) =>
        this.#options.log(`${action.type}: ${error.message}`),
      );
    }
    // Brokers show who is there, so they must hear of everybody who leaves, whether a trigger asks for it or not.
    const all = new Set(matched.flatMap((trigger) => trigger.do));
    await this.#parts.brokers.publish(event, { matched: all, fired: new Set(actions), picture, isLate });
  }

  async #fireDue(time: number): Promise<void> {
    for (const { trigger, event } of this.#held.takeDue(time)) await this.#fire(event, [trigger], true);
  }

  #waitForHeld(): void {
    clearTimeout(this.#heldTimer);
    if (this.#options.live === false) return;
    const now = this.#clock.now();
    const { nextDue } = this.#held;
    if (nextDue === null) return;
    this.#heldTimer = setTimeout(
      () => void this.#fireDue(this.#clock.now()).then(() => this.#waitForHeld()),
      Math.max(0, nextDue - now),
    );
    this.#heldTimer.unref();
  }

  async #pictureFor(actions: readonly TriggerAction[], event: WatchEvent): Promise<Buffer | null> {
    const isWanted = actions.some((action) => {
      if (action.type === 'webhook') return wantsPicture(action);
      const hasFile = 'snapshot' in event && event.snapshot !== null;
      return action.type === 'mqtt' ? action.pictures : action.type === 'snapshot' && !hasFile;
    });
    if (!isWanted || !('label' in event)) return null;
    try {
      return await askPicture(this.#options.picture, event);
    } catch (error) {
      this.#options.log(`the picture of event ${event.id} could not be read: ${(error as Error).message}`);
      return null;
    }
  }

  async #act(action: TriggerAction, event: WatchEvent, picture: Buffer | null): Promise<void> {
    const json = JSON.stringify(event);
    switch (action.type) {
      case 'stdout':
        this.#options.write(`${json}\n`);
        return;
      case 'webhook': {
        const body = packDelivery(json, wantsPicture(action) ? picture : null);
        this.#parts.webhooks!.send(this.#parts.names.get(action)!, { id: event.id, body });
        return;
      }
      case 'mqtt':
        return;
      case 'command':
        this.#parts.commands
          .get(action)!
          .run(action.command, { stdin: `${json}\n`, timeoutMs: action.timeoutMs });
        return;
      case 'speech':
        if ('label' in event) this.#speak(action, event);
        return;
      case 'snapshot':
        if ('label' in event) await keepSnapshot(action.folder, event, picture);
    }
  }

  #speak(action: ActionOf<'speech'>, event: FaceEvent | PresenceEvent): void {
    const speaker = this.#parts.speakers.get(action);
    if (speaker)
      this.#parts.speech.run(speaker.argv, { stdin: speechText(action.text, event), timeoutMs: 30_000 });
  }
}

// Whatever an action has to say goes through here: no address, password or key of the file gets out.
function safeLog({
  triggers,
  log,
}: Pick<TriggerRunnerOptions, 'triggers' | 'log'>): (message: string) => void {
  const secrets = triggerSecrets(triggers);
  return (message) => log(redact(message, secrets));
}

interface Parts {
  readonly names: ReadonlyMap<TriggerAction, string>;
  readonly webhooks: WebhookSender | null;
  readonly brokers: MqttPublishers;
  readonly commands: ReadonlyMap<TriggerAction, CommandRunner>;
  readonly speakers: ReadonlyMap<TriggerAction, Speaker>;
  readonly speech: CommandRunner;
}

async function prepare(options: TriggerRunnerOptions): Promise<Parts> {
  const { log } = options;
  const names = new Map<TriggerAction, string>();
  const targets = new Map<string, WebhookTarget>();
  const mqtt = mqttActions(options.triggers);
  const commands = new Map<TriggerAction, CommandRunner>();
  const speakers = new Map<TriggerAction, Speaker>();
  const actions = actionsOf(options.triggers);
  for (const { action } of actions) {
    if (action.type !== 'webhook') continue;
    // The address without its query, which can hold a key: the name stands in the queue's file.
    const { origin, pathname } = new URL(action.url);
    const place = `${origin}${pathname}`;
    const name = targets.has(place) ? `${place}#${targets.size}` : place;
    names.set(action, name);
    targets.set(name, { ...action, secret: secretOf(action.secret, action.secretEnv) });
  }
  // First what can fail: then nothing is left open when it does.
  const webhooks =
    targets.size === 0
      ? null
      : await WebhookSender.create({
          targets,
          path: options.queuePath,
          retryMinMs: options.webhookRetryMs,
          log,
        });
  for (const { action } of actions) {
    if (action.type === 'command') {
      commands.set(action, new CommandRunner({ concurrency: action.concurrency, log }));
    } else if (action.type === 'speech') {
      const speaker = await findSpeaker({ voice: action.voice });
      if (speaker) speakers.set(action, speaker);
      else log('speech: neither espeak-ng nor say is on this machine; nothing will be spoken');
    }
  }
  const brokers = new MqttPublishers({ actions: mqtt, log });
  for (const source of options.sources ?? []) await brokers.open(source);
  // Two sentences at once would not be understood.
  return {
    names,
    webhooks,
    brokers,
    commands,
    speakers,
    speech: new CommandRunner({ concurrency: 1, capacity: 5, log }),
  };
}

function actionsOf(triggers: Triggers): { action: TriggerAction; trigger: Trigger }[] {
  return triggers.triggers.flatMap((trigger) => trigger.do.map((action) => ({ action, trigger })));
}

function mqttActions(triggers: Triggers): MqttPublishersOptions['actions'] {
  return actionsOf(triggers).flatMap(({ action, trigger }) => {
    if (action.type !== 'mqtt') return [];
    const password = secretOf(action.password, action.passwordEnv);
    return [{ action, password, concerns: (source: string) => concernsSource(trigger, source) }];
  });
}

function secretOf(value: string | undefined, variable: string | undefined): string | undefined {
  if (variable === undefined) return value;
  const secret = process.env[variable];
  if (!secret)
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', `The variable ${variable} of a trigger is not set`);
  return secret;
}

async function keepSnapshot(
  folder: string,
  event: FaceEvent | PresenceEvent,
  picture: Buffer | null,
): Promise<void> {
  if (event.snapshot === null && picture === null) return;
  const place = join(folder, safeFileName(event.label ?? event.stranger ?? 'unknown'));
  await mkdir(place, { recursive: true });
  if (event.snapshot !== null) await copyFile(event.snapshot, join(place, basename(event.snapshot)));
  else {
    const name = safeFileName(`${event.time.replace(/[:.]/g, '-')}-${event.id}`);
    await writeFile(join(place, `${name}.jpg`), picture!, { mode: PRIVATE_FILE_MODE });
  }
}
