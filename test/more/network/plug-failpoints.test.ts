/**
 * The process that attaches or detaches a device, or the fitter that does it, is killed at a failpoint. Whatever the moment,
 * the next call finds the device in or out, in the container and on record alike, and the host is as it was at the end.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { failpoints } from '../../../lib/container/monitor/failpoints';
import type { Failpoint } from '../../../lib/container/monitor/failpoints';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { HostLinks, host, NetworkView } from '../../support/network/host-links';
import { interfaceXml, lentXml, macOf, NetworkWorld } from '../../support/network/network-world';
import { diskFolder, MarkedDisk } from '../../support/fake/marked-disk';
import { commandEnvironment } from '../../support/process/run-command';
import { libraryWords } from '../../support/process/library-child';
import { someOf } from '../../support/time/repeats';
import { containerTest } from '../../support/world/container-test';
import { initOf } from '../../support/world/container-traces';
import { loopDevices } from '../../support/world/host-aspects';

let links: HostLinks;
let marked: MarkedDisk;
let images: string;

beforeAll(async () => {
  links = new HostLinks();
  marked = new MarkedDisk();
  images = diskFolder();
  writeFileSync(image(), Buffer.alloc(4096));
  await links.bridge('br0', '192.0.2.1/24');
  links.pair('uplink0', 'uplink1');
  // No addresses of their own, which come and go with the carrier.
  for (const uplink of ['uplink0', 'uplink1']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${uplink}/disable_ipv6`, '1');
  }
});

afterAll(() => {
  links[Symbol.dispose]();
  marked[Symbol.dispose]();
  rmSync(images, { recursive: true });
});

const world = containerTest(async (keep) => keep(await NetworkWorld.make()));

const name = 'plugged';
const minutes = 60_000;
const points = failpoints.filter((point) => /^(plug|fitter):/.test(point));
/** Before the one nothing is done, and after the other all is. */
const committed: readonly Failpoint[] = ['plug:after-commit'];
const untouched: readonly Failpoint[] = ['plug:before-record'];

/** A kind of device: its text, and whether it is in the container. */
interface Kind {
  readonly xml: () => string;
  readonly isIn: (init: number) => boolean;
}

/** The image of a disk. */
const image = (): string => join(images, 'image');

/** Whether a loop device of the host has it. */
const hasLoop = (): boolean => loopDevices().some((line) => line.endsWith(` ${image()}`));

const kinds: Readonly<Record<string, Kind>> = {
  interface: {
    xml: () =>
      interfaceXml({
        type: 'bridge',
        source: "bridge='br0'",
        mac: '02',
        more: "<ip address='192.0.2.9' prefix='24'/><filterref filter='clean-traffic'/>",
      }),
    isIn: (init) => {
      const [inside, outside] = [new NetworkView(init).names(), host.links()];
      const isOut = outside.some(({ address }) => address === macOf('02').replace('52', 'fe'));
      expect(inside.includes('eth1')).toBe(isOut);
      const rules = execFileSync('nft', ['list', 'tables', 'bridge'], { encoding: 'utf8' });
      expect(rules !== '').toBe(isOut);
      return isOut;
    },
  },
  disk: {
    xml: () => `<disk type='block'><source dev='${marked.path}'/><target dev='vda'/></disk>`,
    isIn: (init) => existsSync(`/proc/${init}/root/dev/vda`),
  },
  image: {
    xml: () => `<disk type='file'><source file='${image()}'/><target dev='vdb'/></disk>`,
    isIn: (init) => {
      const isNode = existsSync(`/proc/${init}/root/dev/vdb`);
      expect(hasLoop()).toBe(isNode);
      return isNode;
    },
  },
  filesystem: {
    xml: () =>
      `<filesystem type='mount'><source dir='${join(world.root, 'source')}'/><target dir='/mnt'/></filesystem>`,
    isIn: (init) => existsSync(`/proc/${init}/root/mnt/page`),
  },
  'device of the host': {
    xml: () =>
      `<hostdev mode='capabilities' type='storage'><source><block>${marked.path}</block></source></hostdev>`,
    isIn: (init) => existsSync(`/proc/${init}/root${marked.path}`),
  },
  'lent interface': {
    xml: () => lentXml('uplink0'),
    isIn: (init) => {
      const isInside = new NetworkView(init).names().includes('uplink0');
      expect(host.names().includes('uplink0')).toBe(!isInside);
      return isInside;
    },
  },
  macvlan: {
    xml: () => interfaceXml({ type: 'direct', source: "dev='uplink1' mode='bridge'", mac: '05' }),
    isIn: (init) => new NetworkView(init).names().includes('eth1'),
  },
};

const verbs = ['attach', 'detach'] as const;

interface Attempt {
  readonly domain: Domain;
  readonly kind: Kind;
  readonly verb: (typeof verbs)[number];
  readonly point: Failpoint;
}

/** A process that does it, and is killed if it reaches the point. */
async function killAt({ kind, verb, point }: Attempt): Promise<'killed' | 'done'> {
  const [program, ...words] = libraryWords(`
    const domain = await (await connect()).lookupDomainByName(${JSON.stringify(name)});
    await domain.${verb}Device(${JSON.stringify(kind.xml())});`);
  const env = { ...commandEnvironment(world.root), TSLXC_FAILPOINT: `${point}=killController` };
  const child = spawn(program, words, { env, stdio: 'ignore' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal === 'SIGKILL' ? 'killed' : 'done';
}

/** In words, what is not as it should be. */
async function judge(
  { domain, kind, verb, point }: Attempt,
  end: 'killed' | 'done',
): Promise<string> {
  // The first call finds what was left, and takes the device out or leaves it in.
  const isShown = (await domain.xml()).includes(deviceWord(kind));
  const isIn = kind.isIn(await initOf(name));
  const record = readFileSync(runPaths(statePaths(world.root), name).start, 'utf8');
  const faults = [
    ...(isShown === isIn ? [] : [`shown: ${isShown}, in: ${isIn}`]),
    ...(record.includes('"plug"') ? ['it is still on its way'] : []),
    ...(end === 'done' && isIn !== (verb === 'attach') ? ['it was not done'] : []),
    ...(committed.includes(point) && isIn !== (verb === 'attach') ? ['what was done is lost'] : []),
    ...(untouched.includes(point) && isIn === (verb === 'attach') ? ['it was done too soon'] : []),
  ];
  return faults.join(', ');
}

function deviceWord({ xml }: Kind): string {
  const text = xml();
  const words = [
    /dev='(vd[ab])'/,
    /dir='(\/mnt)'/,
    /<block>(.*)<\/block>/,
    /(uplink0)/,
    /address='(.*?)'/,
  ];
  return words.map((word) => word.exec(text)?.[1]).find((word) => word !== undefined) ?? text;
}

test.each(Object.keys(kinds))(
  'a caller that is killed while it attaches or detaches a device of kind %s leaves it in or out',
  async (which) => {
    const kind = kinds[which];
    if (kind === undefined) throw new RangeError(which);
    mkdirSync(join(world.root, 'source'));
    writeFileSync(join(world.root, 'source', 'page'), '');
    const devices = interfaceXml({ type: 'bridge', source: "bridge='br0'" });
    const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
    const faults: string[] = [];
    let reached = 0;
    for (const verb of verbs) {
      for (const point of someOf(points, Object.keys(kinds).indexOf(which), 3)) {
        const attempt = { domain, kind, verb, point };
        const isIn = kind.isIn(await initOf(name));
        if (verb === 'attach' && isIn) await domain.detachDevice(kind.xml());
        if (verb === 'detach' && !isIn) await domain.attachDevice(kind.xml());
        const end = await killAt(attempt);
        if (end === 'killed') reached += 1;
        const fault = await judge(attempt, end);
        if (fault !== '') faults.push(`${verb} at ${point}: ${fault}`);
      }
    }
    expect(faults).toEqual([]);
    expect(reached).toBeGreaterThan(1);
    // What is left is given back at the end.
    await domain.destroy();
  },
  3 * minutes,
);

test('a fitter that is killed is an error, and nothing is changed', async () => {
  const devices = interfaceXml({ type: 'bridge', source: "bridge='br0'" });
  const { domain } = await world.start({ name, devices }, { ownership: 'leave' });
  const record = (): unknown =>
    JSON.parse(readFileSync(runPaths(statePaths(world.root), name).start, 'utf8'));
  const before = record();
  for (const point of ['fitter:after-plan', 'fitter:after-outside', 'fitter:after-continue']) {
    const [program, ...words] = libraryWords(`
      const domain = await (await connect()).lookupDomainByName(${JSON.stringify(name)});
      await domain.attachDevice(${JSON.stringify(kinds['interface']?.xml())}).then(
        () => process.exit(1),
        (error) => process.exit(error.code === 'OPERATION_FAILED' ? 7 : 2),
      );`);
    const env = { ...commandEnvironment(world.root), TSLXC_FAILPOINT: `${point}=killSelf` };
    const child = spawn(program, words, { env, stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([7, null]);
    expect(new NetworkView(await initOf(name)).names()).toEqual(['lo', 'eth0']);
    expect(record()).toEqual(before);
  }
  await domain.destroy();
});
