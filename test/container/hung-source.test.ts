/** A file system of the host that answers nothing, and a definition that names something in it. */
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { StuckFolder } from '../support/fake/stuck-folder';
import { packageRoot, runProgram } from '../support/process/run-command';
import { listProcesses, readProcess } from '../support/process/processes';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const slowness = Number(process.env['TSLXC_TEST_SLOWNESS'] ?? 1);
/** Milliseconds. */
const startTimeout = 1500;
/** How much longer the caller waits for a monitor that does not say itself that the time is over, and then for its end. */
const monitorTime = 2000;
/** What an event loop may be busy for, and how much later than promised a call may end, in milliseconds. */
const promise = 1000 * slowness;

const world = containerTest(async (keep) => {
  const stuck = keep(await StuckFolder.mount());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path, startTimeout }));
  return { stuck, root, connection };
});

/** The longest time for which a timer of this process has not been called, in milliseconds. */
class Ticking implements Disposable {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => this.#tick(), 10);

  get longest(): number {
    this.#tick();
    return this.#longest;
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

async function timed<T>(action: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await action, performance.now() - began];
}

async function failureOf(action: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await action;
  } catch (error) {
    return error;
  }
}

/** The processes that look for something on the host. */
const lookers = (): number[] =>
  listProcesses().filter((pid) => readProcess(pid).words.join(' ') === 'tslxc-look look');

/** The monitor, and what it has cloned of itself. */
const processesOf = (name: string): number[] =>
  listProcesses().filter((pid) =>
    readProcess(pid).words.join(' ').startsWith(`tslxc-monitor --name ${name}`),
  );

function define(parts: Parameters<typeof domainXml>[0]): Promise<Domain> {
  const connection: Connection = world.connection;
  return connection.defineDomain(domainXml(parts));
}

const extension = (content: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n${content}</t:container></metadata>`;
const image = (path: string): string =>
  `<filesystem type='file'><driver type='loop' format='raw'/><source file='${path}'/><target dir='/mnt'/></filesystem>`;

/** What names a path of the host, the element that the error names, and what was looked for. */
const rows: readonly {
  readonly title: string;
  readonly parts: (path: string) => Parameters<typeof domainXml>[0];
  readonly element: string;
  readonly step: string;
}[] = [
  {
    title: 'a source',
    parts: (source) => ({ filesystems: [{ source, target: '/mnt' }] }),
    element: 'domain/devices/filesystem/source',
    step: 'look up the source of the filesystem /mnt',
  },
  {
    title: 'the root',
    parts: (source) => ({ filesystems: [{ source, target: '/' }] }),
    element: 'domain/devices/filesystem/source',
    step: 'look up the source of the filesystem /',
  },
  {
    title: 'an image',
    parts: (path) => ({ devices: image(path) }),
    element: 'domain/devices/filesystem/source',
    step: 'look up the source of the filesystem /mnt',
  },
  {
    title: 'a mount target',
    parts: (target) => ({ filesystems: [{ source: '/var', target }] }),
    element: 'domain/devices/filesystem/target',
    step: 'look up the mount target',
  },
  {
    title: 'a layer',
    parts: (upper) => ({
      elements: extension(`<t:overlay target='/mnt' upper='${upper}'/>`),
      filesystems: [{ source: '/srv', target: '/mnt' }],
    }),
    element: 'domain/metadata/tslxc:container/tslxc:overlay',
    step: 'look up the layers of an overlay',
  },
  {
    title: 'a disk',
    parts: (path) => ({
      devices: `<disk type='block'><source dev='${path}'/><target dev='sda'/></disk>`,
    }),
    element: 'domain/devices/disk',
    step: 'look up the devices of the host',
  },
  {
    title: 'a device whose rate is limited',
    parts: (path) => ({
      elements: `<blkiotune><device><path>${path}</path><read_bytes_sec>1</read_bytes_sec></device></blkiotune>`,
    }),
    element: 'domain/blkiotune/device/path',
    step: 'look up the block devices to limit',
  },
];

test.each(rows)(
  '$title that does not answer ends its start in time, and holds up nothing else',
  async ({ parts, element, step }) => {
    using ticking = new Ticking();
    const path = join(world.stuck.path, 'data');
    const hung = await define({ name: 'hung', ...parts(path) });
    const other = await define({ name: 'hung-other' });
    const starting = timed(failureOf(hung.start()));
    await world.stuck.untilAsked();
    const [, started] = await timed(other.start());
    expect(started).toBeLessThan(promise);
    expect((await runIn(other, ['echo', 'goes on'])).stdout).toBe('goes on\n');
    const [error, took] = await starting;
    expect(error).toMatchObject({
      code: 'OPERATION_TIMEOUT',
      path,
      element,
      step,
      line: expect.any(Number) as number,
      message: expect.stringContaining(
        `'${path}' has not answered for 1.5 s (${step}; ${element}`,
      ) as string,
    });
    expect(took).toBeGreaterThan(startTimeout - 10);
    expect(took).toBeLessThan(startTimeout + promise);
    await other.destroy();
    expect(ticking.longest).toBeLessThan(promise);
    expect((await hung.info()).state).toMatchObject({ state: 'shutoff', reason: 'failed' });
    await world.stuck.release();
    // Those who waited have been killed, and end now.
    await world.connection.close();
    await eventually(() => expect(lookers()).toEqual([]));
  },
);

test('more starts than libuv has threads wait for it, and others go on; an abort ends one at once', async () => {
  using ticking = new Ticking();
  const source = join(world.stuck.path, 'data');
  const hung = await Promise.all(
    Array.from({ length: 8 }, (_, number) =>
      define({ name: `hung-${number}`, filesystems: [{ source, target: '/mnt' }] }),
    ),
  );
  const abort = new AbortController();
  const [first, ...rest] = hung;
  const aborted = timed(failureOf(first?.start({ signal: abort.signal })));
  const starts = rest.map((domain) => failureOf(domain.start()));
  await world.stuck.untilAsked();
  abort.abort();
  const [reason, took] = await aborted;
  expect(reason).toMatchObject({ code: 'OPERATION_ABORTED' });
  expect(took).toBeLessThan(promise);
  const other = await define({ name: 'hung-other' });
  const [, started] = await timed(other.start());
  expect(started).toBeLessThan(promise);
  await other.destroy();
  for (const error of await Promise.all(starts)) {
    expect(error).toMatchObject({ code: 'OPERATION_TIMEOUT', path: source });
  }
  expect(ticking.longest).toBeLessThan(promise);
});

test('what is stored and planned, limited and counted holds up nothing either', async () => {
  using ticking = new Ticking();
  const path = join(world.stuck.path, 'data');
  const hung = await define({ name: 'hung', filesystems: [{ source: path, target: '/mnt' }] });
  await expect(world.connection.plan({ xml: await hung.xml() })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    path,
  });
  await hung.undefine();
  const other = await define({ name: 'hung-other' });
  await other.start();
  await expect(other.blockStats(path)).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT', path });
  const change = { devices: [{ path, readBytes: 1 }] };
  await expect(other.setBlockTuning(change)).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    path,
  });
  await other.destroy();
  expect(ticking.longest).toBeLessThan(promise);
});

test('the process of the caller comes to its end, whatever waits in the kernel', async () => {
  const source = join(world.stuck.path, 'data');
  const xml = domainXml({ name: 'hung', filesystems: [{ source, target: '/mnt' }] });
  const code = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist/bundle/library.js'))});
    (async () => {
      const connection = await connect(undefined, { startTimeout: ${startTimeout} });
      await connection.createDomain(${JSON.stringify(xml)}).catch(({ code }) => console.log(code));
      await connection.close();
    })();`;
  const child = runProgram([process.execPath, '-e', code], { root: world.root.path });
  const [{ code: status, stdout }, took] = await timed(child);
  expect([status, stdout]).toEqual([0, 'OPERATION_TIMEOUT\n']);
  expect(took).toBeLessThan(startTimeout + 2 * promise);
});

test('a source that stops answering after the look holds up its own start and monitor alone', async () => {
  using ticking = new Ticking();
  await using late = await StuckFolder.mount('tslxc-look');
  const source = join(late.path, 'data');
  const hung = await define({ name: 'hung', filesystems: [{ source, target: '/mnt' }] });
  const other = await define({ name: 'hung-other' });
  const starting = timed(failureOf(hung.start()));
  await late.untilAsked();
  const [, started] = await timed(other.start());
  expect(started).toBeLessThan(promise);
  const [error, took] = await starting;
  expect(error).toMatchObject({
    code: 'OPERATION_TIMEOUT',
    domain: 'hung',
    step: "wait for 'running' from the monitor",
  });
  // The caller waits for the monitor a little longer than startTimeout, and then for its end.
  expect(took).toBeLessThan(startTimeout + 2 * monitorTime + promise);
  expect((await hung.info()).state).toMatchObject({ state: 'shutoff', reason: 'failed' });
  expect((await runIn(other, ['echo', 'goes on'])).stdout).toBe('goes on\n');
  await other.destroy();
  expect(ticking.longest).toBeLessThan(promise);
  expect(processesOf('hung')).not.toEqual([]);
  await late.release();
  await eventually(() => expect(processesOf('hung')).toEqual([]));
});
