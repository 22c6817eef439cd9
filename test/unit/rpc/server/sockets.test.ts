/** Which sockets were handed over, and what each is for. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessOf, checkUnused, clearPlace, handedOver } from '../../../../lib/rpc/server/sockets';

const own = String(process.pid);

test.each([
  ['for this process', { LISTEN_PID: own, LISTEN_FDS: '2' }, [3, 4]],
  ['for another', { LISTEN_PID: '1', LISTEN_FDS: '2' }, []],
  ['none', { LISTEN_PID: own, LISTEN_FDS: '0' }, []],
  ['no number', { LISTEN_PID: own, LISTEN_FDS: 'many' }, []],
  ['a negative number', { LISTEN_PID: own, LISTEN_FDS: '-1' }, []],
  ['nothing', {}, []],
])('%s is handed over, and no child is told of it', (_, told, descriptors) => {
  const environment: Record<string, string | undefined> = { ...told, OTHER: 'stays' };
  expect(handedOver(environment)).toEqual(descriptors);
  expect(environment).toEqual({ OTHER: 'stays' });
});

test('only to look is what has a name for it, and what has none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-sockets-'));
  const servers = ['sock', 'sock-ro'].map((name) => createServer().listen(join(folder, name)));
  const tcp = createServer().listen(0, '127.0.0.1');
  try {
    await Promise.all([...servers, tcp].map((server) => once(server, 'listening')));
    const descriptorOf = (server: unknown): number =>
      (server as { _handle: { fd: number } })._handle.fd;
    expect([...servers, tcp].map((server) => accessOf(descriptorOf(server)))).toEqual([
      'read-write',
      'read-only',
      'read-only',
    ]);
  } finally {
    for (const server of [...servers, tcp]) server.close();
    rmSync(folder, { recursive: true });
  }
});

test('a place is free when no process listens there; one that does is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-sockets-'));
  const place = {
    path: join(folder, 'deep', 'sock'),
    access: 'read-write',
    open: 'group',
    holder: 'somebody',
  } as const;
  await clearPlace(place);
  const server = createServer().listen(place.path);
  try {
    await once(server, 'listening');
    await expect(clearPlace(place)).rejects.toThrow(`somebody listens at ${place.path}`);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});

test('a place that is only looked at is left as it is, and in use as long as a process listens there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-sockets-'));
  const [path, moved] = [join(folder, 'sock'), join(folder, 'moved')];
  const place = { path, holder: 'somebody' };
  const server = createServer().listen(path);
  try {
    await once(server, 'listening');
    await expect(checkUnused(place)).rejects.toThrow(`somebody listens at ${path}`);
    // Under another name it is not removed with its server.
    renameSync(path, moved);
    await checkUnused(place);
    server.close();
    await once(server, 'close');
    await checkUnused({ ...place, path: moved });
    expect(existsSync(moved)).toBe(true);
    writeFileSync(path, '');
    await checkUnused(place);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
