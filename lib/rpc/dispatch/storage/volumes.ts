/** Volumes of storage pools: found, made, copied, changed, and their bytes as streams. */
import { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import type { StorageVolume } from '../../../driver/storage-volume';
import { TslxcError } from '../../../errors';
import { wipeAlgorithms } from '../../../storage/volume/change';
import type { Extent } from '../../../storage/volume/transfer';
import type { WireStorageVolume } from '../../protocol/storage/values';
import type { volumeProcedures } from '../../protocol/storage/volumes';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { asked } from '../base/parameters';
import { poolOf, volumeOf, wireVolume } from './identities';

const createFlags = { metadata: 1, reflink: 2, validate: 4 } as const;
const resizeFlags = { allocate: 1, delta: 2, shrink: 4 } as const;
const infoFlags = { physical: 1 } as const;

/** virStorageVolType. */
const types = { file: 0, block: 1, dir: 2 } as const;

export const volumeHandlers: Handlers<typeof volumeProcedures> = {
  StoragePoolNumOfVolumes: async (call, { pool }) => ({
    count: (await (await poolOf(call, pool)).volumes()).length,
  }),
  StoragePoolListVolumes: async (call, { pool, most }) => ({
    names: asked(
      (await (await poolOf(call, pool)).volumes()).map(({ name }) => name),
      most,
    ),
  }),
  StoragePoolListAllVolumes: async (call, { pool, needsResults, flags }) => {
    checkFlags(flags, 0, 'storagePoolListAllVolumes');
    const found = await (await poolOf(call, pool)).volumes();
    return { volumes: needsResults === 0 ? [] : found.map(wireVolume), count: found.length };
  },
  StorageVolLookupByName: async (call, { pool, name }) => ({
    volume: wireVolume(await (await poolOf(call, pool)).lookupVolume(name)),
  }),
  StorageVolLookupByKey: async ({ client }, { key }) => ({
    volume: wireVolume(await client.connection().lookupStorageVolumeByPath(key)),
  }),
  StorageVolLookupByPath: async ({ client }, { path }) => ({
    volume: wireVolume(await client.connection().lookupStorageVolumeByPath(path)),
  }),
  StorageVolGetInfo: (call, { volume }) => infoOf(call, volume, 'allocation'),
  StorageVolGetInfoFlags: (call, { volume, flags }) => {
    checkFlags(flags, infoFlags.physical, 'storageVolGetInfoFlags');
    return infoOf(call, volume, hasFlag(flags, infoFlags.physical) ? 'physical' : 'allocation');
  },
  StorageVolGetXMLDesc: async (call, { volume, flags }) => {
    checkFlags(flags, 0, 'storageVolGetXMLDesc');
    return { xml: await (await volumeOf(call, volume)).xml() };
  },
  StorageVolGetPath: async (call, { volume }) => ({ path: (await volumeOf(call, volume)).path }),
  StorageVolCreateXML: async (call, { pool, xml, flags }) => {
    checkFlags(flags, createFlags.metadata | createFlags.validate, 'storageVolCreateXML');
    const found = await poolOf(call, pool);
    return { volume: wireVolume(await found.createVolume(xml, makingOf(flags))) };
  },
  StorageVolCreateXMLFrom: async (call, { pool, xml, from, flags }) => {
    const { metadata, reflink, validate } = createFlags;
    checkFlags(flags, metadata | reflink | validate, 'storageVolCreateXMLFrom');
    const found = await poolOf(call, pool);
    const original = await volumeOf(call, from);
    const copying = hasFlag(flags, reflink) ? ({ reflink: 'required' } as const) : {};
    const options = { ...makingOf(flags), ...copying };
    return { volume: wireVolume(await found.createVolumeFrom(xml, original, options)) };
  },
  StorageVolDelete: (call, { volume, flags }) => {
    checkFlags(flags, 0, 'virStorageBackendVolDeleteLocal');
    return does(call, volume, (one) => one.delete());
  },
  StorageVolWipe: (call, { volume, flags }) => wipe(call, volume, { algorithm: 0, flags }),
  StorageVolWipePattern: (call, { volume, ...how }) => wipe(call, volume, how),
  StorageVolResize: async (call, { volume, capacity, flags }) => {
    const { allocate, delta, shrink } = resizeFlags;
    checkFlags(flags, allocate | delta | shrink, 'storageVolResize');
    const one = await volumeOf(call, volume);
    const before = hasFlag(flags, delta) ? (await one.info()).capacity : 0;
    const by =
      hasFlag(flags, delta) && hasFlag(flags, shrink) ? -Number(capacity) : Number(capacity);
    const options = { shrink: hasFlag(flags, shrink), allocate: hasFlag(flags, allocate) };
    await one.resize(Math.max(0, before + by), options);
    return done;
  },
  StorageVolUpload: async (call, { volume, flags, ...extent }) => {
    checkFlags(flags, 0, 'storageVolUpload');
    const target = await (await volumeOf(call, volume)).upload(extentOf(extent));
    // The answer to the call has to go before the stream's data.
    call.after(() => call.peer.openStream(call.header, writingInto(target)));
    return done;
  },
  StorageVolDownload: async (call, { volume, flags, ...extent }) => {
    checkFlags(flags, 0, 'storageVolDownload');
    const source = await (await volumeOf(call, volume)).download(extentOf(extent));
    call.after(() => call.peer.openStream(call.header, readingOutOf(source)));
    return done;
  },
};

function makingOf(flags: number): { readonly preallocate?: 'metadata'; readonly validate?: true } {
  return {
    ...(hasFlag(flags, createFlags.metadata) ? { preallocate: 'metadata' } : {}),
    ...(hasFlag(flags, createFlags.validate) ? { validate: true } : {}),
  };
}

async function infoOf(
  call: Call,
  named: WireStorageVolume,
  size: 'allocation' | 'physical',
): Promise<{ type: number; capacity: bigint; allocation: bigint }> {
  const { type, capacity, [size]: allocation } = await (await volumeOf(call, named)).info();
  return { type: types[type], capacity: BigInt(capacity), allocation: BigInt(allocation) };
}

function wipe(
  call: Call,
  named: WireStorageVolume,
  { algorithm, flags }: { readonly algorithm: number; readonly flags: number },
): Promise<typeof done> {
  checkFlags(flags, 0, 'storageVolWipePattern');
  const word = wipeAlgorithms[algorithm];
  if (word === undefined) {
    throw new TslxcError('INVALID_ARG', `wiping algorithm ${algorithm} not supported`);
  }
  return does(call, named, (one) => one.wipe(word));
}

/** A number that is no exact one is refused by the library. */
function extentOf({ offset, length }: Readonly<Record<'offset' | 'length', bigint>>): Extent {
  return { offset: Number(offset), length: Number(length) };
}

/** A stream to the client, which sends nothing. */
function readingOutOf(source: Readable): Duplex {
  return Duplex.from({ readable: source });
}

/** A stream from the client, which gets nothing. */
function writingInto(target: Writable): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, written) => void target.write(chunk, written),
    final: (ended) => void target.end(ended),
    destroy: (error, destroyed) => {
      target.destroy();
      destroyed(error);
    },
  });
  target.on('error', (error) => stream.destroy(error));
  return stream;
}

async function does(
  call: Call,
  named: WireStorageVolume,
  action: (volume: StorageVolume) => Promise<void>,
): Promise<typeof done> {
  await action(await volumeOf(call, named));
  return done;
}
