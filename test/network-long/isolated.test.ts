/**
 * Each document of the corpus, the seed's among them, starts at the level `isolated` as at `hardened`, and looks the same inside, but for what
 * the table in docs/user-namespaces.md has.
 */
import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Connection } from 'tslxc';
import { Agreement } from '../parity/agreement';
import { corpus } from '../parity/corpus/corpus';
import { domainDocument, type CorpusDocument } from '../parity/corpus/document';
import { insideAspects } from '../parity/inside';
import { differentLines, withoutRandom } from '../parity/lines';
import { makePlaces, placed } from '../parity/places';
import { startedHere } from '../parity/started';
import { levelDifferences } from '../support/isolated/differences';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const at = async (hardening: 'hardened' | 'isolated'): Promise<Connection> =>
      keep(await connect(undefined, { root: root.path, hardening }));
    const [hardened, isolated] = [await at('hardened'), await at('isolated')];
    const network = await hardened.lookupNetworkByName('default');
    await network.start();
    keep(() => network.destroy());
    keep(() => runProgram(['ip', 'link', 'delete', 'dummy0']));
    const made = await makePlaces(root.path);
    // What is shown with the container's ids has to be out of reach of the host's users, as its root.
    const places = { ...made, data: join(dirname(made.tree), 'data') };
    cpSync(made.data, places.data, { recursive: true });
    // A root that everybody can reach.
    const open = join(made.data, 'open');
    await makeRoot(open);
    chmodSync(open, 0o755);
    return { root, hardened, isolated, places, open };
  },
  { per: 'file' },
);

/** What the corpus has nothing of, and rows of the table are about. */
function others(): CorpusDocument[] {
  const root = `<filesystem><source dir='${world.open}'/><target dir='/'/></filesystem>`;
  const mapped = `<filesystem accessmode='mapped'><source dir='${world.open}'/><target dir='/mnt'/></filesystem>`;
  const beyond = '<inituser>70000</inituser><initgroup>70000</initgroup>';
  return [
    { name: 'root-in-reach', kind: 'domain', xml: domainDocument({ root }) },
    { name: 'mapped-in-reach', kind: 'domain', xml: domainDocument({ devices: mapped }) },
    { name: 'inituser-beyond', kind: 'domain', xml: domainDocument({ os: beyond }) },
  ];
}

/**
 * A capability that this process lacks, no container with the host's ids has; with ids of its own it has all, over what is its own. That
 * is so of the host, and says nothing of what a level takes away.
 */
function withoutLacking(line: string): string {
  const [, own = ''] = /^CapBnd:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return line.replace(/^(Cap\w+:\s*)([0-9a-f]{16})$/, (_, name: string, set: string) => {
    const both = BigInt(`0x${set}`) & BigInt(`0x${own}`);
    return name + both.toString(16).padStart(16, '0');
  });
}

/** The link that documents name: a container that had it lent may have taken it along. */
async function makeDummy(): Promise<void> {
  const script = 'ip link show dummy0 || ip link add dummy0 type dummy; ip link set dummy0 up';
  await runProgram(['sh', '-c', script]);
}

// Each document names the one before `libvirt`, and the other `here`: only the sides of the lines are called so.
const table = levelDifferences.map(({ what, shows }) => ({
  id: what,
  shows,
  ...{ here: '', libvirt: '', reason: '' },
}));

test('what starts at one level starts at the other, and looks the same inside', async () => {
  const starts = new Agreement('start', table);
  const insides = insideAspects.map((aspect) => ({
    aspect,
    agreement: new Agreement(aspect, table),
  }));
  const documents = [...corpus.filter(({ kind }) => kind === 'domain'), ...others()];
  let compared = 0;
  for (const document of documents) {
    const xml = placed(document, world.places);
    await makeDummy();
    const before = await startedHere(world.hardened, xml);
    await makeDummy();
    const after = await startedHere(world.isolated, xml);
    if (before.outcome === 'not defined' || after.outcome === 'not defined') continue;
    const words = [before, after].flatMap((one) => ('words' in one ? one.words : []));
    starts.add(document.name, differentLines([before.outcome], [after.outcome]), words);
    if (before.outcome !== 'started' || after.outcome !== 'started') continue;
    compared += 1;
    for (const { aspect, agreement } of insides) {
      const plain = (lines: readonly string[]): string[] =>
        lines.map((line) => withoutLacking(withoutRandom(line, xml)));
      agreement.add(
        document.name,
        differentLines(plain(before.inside[aspect]), plain(after.inside[aspect])),
      );
    }
  }
  const all = [starts, ...insides.map(({ agreement }) => agreement)];
  for (const one of all) process.stdout.write(`${one.figure()}\n`);
  // Less would mean that something prevents the starts, and not that they agree.
  expect(compared).toBeGreaterThan(200);
  expect(all.flatMap((one) => one.unintended()).join('\n')).toBe('');
  expect(all.flatMap((one) => one.stale())).toEqual([]);
}, 1_200_000);
