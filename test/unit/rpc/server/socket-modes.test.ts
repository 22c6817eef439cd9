/** Who may connect to a socket that the daemon makes, at every moment from its creation on. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../../../../lib/rpc/server/server';
import type { SocketPlace } from '../../../../lib/rpc/server/sockets';
import { unused } from '../dispatch/fake-call';

let folder: string;
let umask: number;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tslxc-modes-'));
  // The most open one that a service manager could leave.
  umask = process.umask(0);
});

afterEach(() => {
  process.umask(umask);
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const modeOf = (path: string): string => (fs.statSync(path).mode & 0o777).toString(8);

test('until a socket has the mode that lets others connect, it lets only root, whatever the umask', async () => {
  const places: readonly SocketPlace[] = [
    { access: 'read-write', open: 'group' },
    { access: 'read-only', open: 'everybody' },
    { access: 'read-write', open: 'everybody' },
  ].map((place, index) => ({
    ...place,
    path: join(folder, 'run', `${index}`),
    holder: 'none',
  })) as SocketPlace[];
  const steps: string[] = [];
  const change = fs.chmodSync;
  jest.spyOn(fs, 'chmodSync').mockImplementation((path, mode) => {
    // Nothing has changed it since it was bound.
    const before = modeOf(String(path));
    change(path, mode);
    steps.push(`${String(path).slice(folder.length)} ${before} ${modeOf(String(path))}`);
  });
  const server = new Server({ converse: unused, refuse: unused, logger: { warn: unused } });
  await server.listenAt(places);
  try {
    expect(steps).toEqual([
      '/run/0 600 660',
      '/run 711 711',
      '/run/1 600 666',
      '/run 711 711',
      '/run/2 600 666',
      '/run 711 711',
    ]);
    expect(process.umask(0)).toBe(0);
    expect(places.map(({ path }) => modeOf(path))).toEqual(['660', '666', '666']);
  } finally {
    await server.close();
  }
});
