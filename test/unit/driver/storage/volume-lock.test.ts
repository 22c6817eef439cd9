/** Whose starts keep volumes from being removed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatDomain } from '../../../../lib/domain/format';
import type { Session } from '../../../../lib/driver/session/session';
import {
  keepVolumesOf,
  keepVolumesOfEnded,
  lockRemovals,
} from '../../../../lib/driver/storage/volume-lock';
import { domainXml } from '../../../support/domain/domain-xml';
import { startRecord } from '../../../support/fake/start-record';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const target = "<target dir='/srv'/>";
const devices = {
  volume: `<filesystem type='volume'><source pool='p' volume='v'/>${target}</filesystem>`,
  folder: `<filesystem type='mount'><source dir='/p/v'/>${target}</filesystem>`,
  image: `<filesystem type='file'><source file='/p/v'/>${target}</filesystem>`,
  device: `<filesystem type='block'><source dev='/dev/p/v'/>${target}</filesystem>`,
  disk: "<disk type='block'><source dev='/dev/p/v'/><target dev='vda'/></disk>",
  memory: `<filesystem type='ram'><source usage='64' units='MiB'/>${target}</filesystem>`,
};

let session: Session;

beforeEach(() => {
  session = new FakeHost(scratchDirectory()).session();
});

/** Whether a removal of volumes waits until the lock, if there is one, is released. */
async function isKept(kept: Disposable | undefined): Promise<boolean> {
  if (kept === undefined) return false;
  const removal = lockRemovals(session.paths);
  let isRemoving = false;
  void removal.then(() => (isRemoving = true));
  // A lock that is free is had in this turn.
  await nextTurn();
  const wasKept = !isRemoving;
  kept[Symbol.dispose]();
  (await removal)[Symbol.dispose]();
  return wasKept;
}

const nameAVolume = async (): Promise<void> =>
  (await lockRemovals(session.paths))[Symbol.dispose]();

test.each<[keyof typeof devices, boolean, boolean]>([
  ['volume', true, true],
  ['folder', false, true],
  ['image', false, true],
  ['device', false, true],
  ['disk', false, true],
  ['memory', false, false],
])(
  'with a source of the kind %s a start keeps volumes: %s where none was ever named, %s otherwise',
  async (kind, before, after) => {
    const { definition } = session.parse(domainXml({ name: 'web', devices: devices[kind] }));
    expect(await isKept(await keepVolumesOf(session.paths, definition))).toBe(before);
    await nameAVolume();
    expect(await isKept(await keepVolumesOf(session.paths, definition))).toBe(after);
  },
);

test.each<[keyof typeof devices, boolean]>([
  ['folder', true],
  ['image', true],
  ['device', true],
  ['disk', true],
  ['memory', false],
])(
  'a container with a source of the kind %s alone keeps them until its restart: %s',
  async (kind, after) => {
    const { definition } = session.parse(domainXml({ name: 'web', devices: devices[kind] }));
    const record = { ...startRecord, xml: formatDomain(definition) };
    expect(await keepVolumesOfEnded(session.paths, record)).toBeUndefined();
    await nameAVolume();
    expect(await isKept(await keepVolumesOfEnded(session.paths, record))).toBe(after);
  },
);
