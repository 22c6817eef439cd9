/** Each domain of the corpus that both sides define starts on both, or on neither, and inside the same is seen. */
import { hostname } from 'node:os';
import { connect } from 'tslxc';
import { Libvirt } from '../support/machine/libvirt';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';
import { Agreement } from './agreement';
import { corpus } from './corpus/corpus';
import { insideAspects } from './inside';
import type { Inside } from './inside';
import { differentLines, withoutRandom } from './lines';
import { makePlaces, placed } from './places';
import { startedByLibvirt, startedHere } from './started';
import type { Started } from './started';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    // As open as libvirt.
    const connection = keep(await connect(undefined, { root: root.path, hardening: 'compat' }));
    const libvirt = keep(await Libvirt.start());
    const network = await connection.lookupNetworkByName('default');
    await network.start();
    keep(() => network.destroy());
    keep(() => runProgram(['ip', 'link', 'delete', 'dummy0']));
    return { root, connection, libvirt, places: await makePlaces(root.path), hostName: hostname() };
  },
  { per: 'file' },
);

/** The link that documents name: a container that had it lent may have taken it along. */
async function makeDummies(libvirt: Libvirt): Promise<void> {
  const script = 'ip link show dummy0 || ip link add dummy0 type dummy; ip link set dummy0 up';
  await runProgram(['sh', '-c', script]);
  await runProgram(libvirt.beside(['sh', '-c', script]));
}

/** What each domain of the corpus is, and what became of it on both sides, where both define it. */
async function* allStarted(): AsyncGenerator<{
  readonly name: string;
  readonly xml: string;
  readonly theirs: Started;
  readonly ours: Started;
}> {
  const { connection, libvirt, places, root } = world;
  for (const document of corpus.filter(({ kind }) => kind === 'domain')) {
    const { name } = document;
    const xml = placed(document, places);
    await makeDummies(libvirt);
    const [theirs, ours] = await Promise.all([
      startedByLibvirt(libvirt, name, { xml, folder: root.path }),
      startedHere(connection, xml),
    ]);
    if (theirs.outcome === 'not defined' || ours.outcome === 'not defined') continue;
    yield { name, xml, theirs, ours };
  }
}

test('what starts on one side starts on the other, and looks the same inside', async () => {
  const starts = new Agreement('start');
  const insides = insideAspects.map((aspect) => ({ aspect, agreement: new Agreement(aspect) }));
  for await (const { name, xml, theirs, ours } of allStarted()) {
    const words = [theirs, ours].flatMap((one) => ('words' in one ? one.words : []));
    starts.add(name, differentLines([theirs.outcome], [ours.outcome]), words);
    if (theirs.outcome !== 'started' || ours.outcome !== 'started') continue;
    const [seen, other] = [theirs.inside, ours.inside];
    for (const { aspect, agreement } of insides) {
      const plain = (inside: Inside): string[] =>
        inside[aspect].map((line) => withoutRandom(line, xml));
      agreement.add(name, differentLines(plain(seen), plain(other)));
    }
  }
  const all = [starts, ...insides.map(({ agreement }) => agreement)];
  for (const one of all) process.stdout.write(`${one.figure()}\n`);
  expect(all.flatMap((one) => one.unintended()).join('\n')).toBe('');
  expect(all.flatMap((one) => one.stale())).toEqual([]);
  expect(hostname()).toBe(world.hostName);
});
