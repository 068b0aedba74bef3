import { textIn } from '../../gallery/stores/postgres/row-values.ts';
import type { SettingsStorage, SettingsValues } from '../server-settings.ts';
import { readSettingsText } from '../server-settings.ts';
import type { ServerDatabase } from './server-database.ts';

/** Beside what the gallery itself keeps there. */
const KEY = 'server';

/** A gallery's settings in a database, for all servers over it: a change counts on the others within a second. */
export class SharedSettings implements SettingsStorage {
  readonly #database: ServerDatabase;
  readonly #gallery: number;

  /** @param gallery - its number */
  constructor(database: ServerDatabase, gallery: number) {
    this.#database = database;
    this.#gallery = gallery;
  }

  async read(): Promise<Partial<SettingsValues>> {
    const [row] = await this.#database.sql.query(
      'SELECT value FROM setting WHERE gallery_seq = $1 AND key = $2',
      [this.#gallery, KEY],
    );
    return row ? readSettingsText(textIn(row, 'value'), 'what the database has of this gallery') : {};
  }

  async change(changes: Partial<SettingsValues>): Promise<Partial<SettingsValues>> {
    const [row] = await this.#database.sql.query(
      `INSERT INTO setting (gallery_seq, key, value) VALUES ($1, $2, $3)
       ON CONFLICT (gallery_seq, key) DO UPDATE SET value = (setting.value::jsonb || excluded.value::jsonb)::text
       RETURNING value`,
      [this.#gallery, KEY, JSON.stringify({ version: 1, ...changes })],
    );
    await this.#database.tell(this.#topic);
    return readSettingsText(textIn(row!, 'value'), 'what the database has of this gallery');
  }

  onNews(wake: () => void): () => void {
    return this.#database.onNews(this.#topic, wake);
  }

  get #topic(): string {
    return `settings ${this.#gallery}`;
  }
}
