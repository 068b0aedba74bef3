// Names faces, and waits for ever when the gallery knows the person and the photos do not yet.
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { openPhotoLibrary } from '../../../src/photos/photo-library.ts';

const [address, name, ...faceIds] = process.argv.slice(2);
const library = await openPhotoLibrary(address!, { create: false });
let transactions = 0;
const store = new Proxy(library.store, {
  get(target, key) {
    const value: unknown = Reflect.get(target, key, target);
    if (key !== 'transaction') return typeof value === 'function' ? value.bind(target) : value;
    return (work: Parameters<typeof target.transaction>[0]) => {
      if (transactions++ === 0) return target.transaction(work);
      process.stdout.write('half done\n');
      return new Promise<never>(() => setInterval(() => undefined, 1000));
    };
  },
});
await nameFaces({ gallery: library.gallery, store }, faceIds, name!);
