/** A file system of the host that answers nothing: all that a definition can name there, and all calls that need it. */
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { expectTimelyEnd } from '../support/fake/hung-start';
import { StuckFolder } from '../support/fake/stuck-folder';
import { packageRoot, runProgram } from '../support/process/run-command';
import { lookers } from '../support/process/lookers';
import { listProcesses, readProcess } from '../support/process/processes';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { latitude, Ticking, timed } from '../support/time/timed';
import { containerTest } from '../support/world/container-test';

/** Milliseconds. */
const startTimeout = 1500;
/** How much longer the caller waits for a monitor that does not say itself that the time is over, and then for its end. */
const monitorTime = 2000;

const world = containerTest(async (keep) => {
  const stuck = keep(await StuckFolder.mount());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path, startTimeout }));
  return { stuck, root, connection };
});

async function failureOf(action: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await action;
  } catch (error) {
    return error;
  }
}

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
    const error = {
      code: 'OPERATION_TIMEOUT',
      path,
      element,
      step,
      line: expect.any(Number) as number,
      message: expect.stringContaining(
        `'${path}' has not answered for 1.5 s (${step}; ${element}`,
      ) as string,
    };
    await expectTimelyEnd({ stuck: world.stuck, hung, other, startTimeout, error, ticking });
    await world.stuck.release();
    // The processes that have waited were killed, and end as soon as they can.
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
  expect(took).toBeLessThan(latitude);
  const other = await define({ name: 'hung-other' });
  const [, started] = await timed(other.start());
  expect(started).toBeLessThan(latitude);
  await other.destroy();
  for (const error of await Promise.all(starts)) {
    expect(error).toMatchObject({ code: 'OPERATION_TIMEOUT', path: source });
  }
  expect(ticking.longest).toBeLessThan(latitude);
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
  expect(ticking.longest).toBeLessThan(latitude);
});

test('the process of the caller comes to its end, whatever waits in the kernel', async () => {
  const source = join(world.stuck.path, 'data');
  const xml = domainXml({ name: 'hung', filesystems: [{ source, target: '/mnt' }] });
  // How long Node.js and the library take to load is not what is promised. The clock is the same in all processes.
  const code = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist/bundle/library.js'))});
    (async () => {
      const connection = await connect(undefined, { startTimeout: ${startTimeout} });
      console.log(String(process.hrtime.bigint()));
      await connection.createDomain(${JSON.stringify(xml)}).catch(({ code }) => console.log(code));
      await connection.close();
    })();`;
  const child = await runProgram([process.execPath, '-e', code], { root: world.root.path });
  const gone = process.hrtime.bigint();
  const [began = '', ...words] = child.stdout.split('\n');
  expect([child.code, words]).toEqual([0, ['OPERATION_TIMEOUT', '']]);
  expect(Number(gone - BigInt(began)) / 1e6).toBeLessThan(startTimeout + 2 * latitude);
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
  expect(started).toBeLessThan(latitude);
  const [error, took] = await starting;
  expect(error).toMatchObject({
    code: 'OPERATION_TIMEOUT',
    domain: 'hung',
    step: "wait for 'running' from the monitor",
  });
  // The caller waits for the monitor a little longer than startTimeout, and then for its end.
  expect(took).toBeLessThan(startTimeout + 2 * monitorTime + latitude);
  expect((await hung.info()).state).toMatchObject({ state: 'shutoff', reason: 'failed' });
  expect((await runIn(other, ['echo', 'goes on'])).stdout).toBe('goes on\n');
  await other.destroy();
  expect(ticking.longest).toBeLessThan(latitude);
  expect(processesOf('hung')).not.toEqual([]);
  await late.release();
  await eventually(() => expect(processesOf('hung')).toEqual([]));
});
