import { expect, it, onTestFinished } from 'vitest';
import { createGallery } from '../../../src/gallery/collection/gallery-collection.ts';
import { packageEmbedder } from '../../../src/node/models/packaged-models.ts';
import { ServerDatabase } from '../../../src/server/shared/server-database.ts';
import { SharedEvents } from '../../../src/server/shared/shared-events.ts';
import { describeWithPostgres } from '../../gallery/stores/postgres/postgres-test.ts';
import { run } from '../../gallery/stores/postgres/test-postgres.ts';

describeWithPostgres('SharedEvents', ({ createDatabase }) => {
  it('says once that events cannot be written, however many there are, and when they can again', async () => {
    const database = await createDatabase();
    const { id, sha256, dimension } = await packageEmbedder();
    await createGallery(`${database}?gallery=default`, { embedder: { id, sha256, dimension } });
    const shared = await ServerDatabase.open(database);
    onTestFinished(() => shared.dispose());
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const events = await SharedEvents.open(shared, { gallery: await shared.numberOf('default'), log });
    await run(database, 'ALTER TABLE face_trigger.server_event RENAME TO away');
    for (let i = 0; i < 3; i++) await events.publish('person.deleted', { personId: 'a' });
    const failed = /^events could not be passed on: .*server_event/;
    expect(lines).toEqual([expect.stringMatching(failed)]);
    await run(database, 'ALTER TABLE face_trigger.away RENAME TO server_event');
    await events.publish('person.deleted', { personId: 'b' });
    await events.close();
    expect(lines).toEqual([
      expect.stringMatching(failed),
      'events could not be passed on: all is well again',
    ]);
  });
});
