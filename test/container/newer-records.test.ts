/** Records of a newer version, as a downgrade of the package leaves them: refused in words, and nothing of them is lost. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import type { RunPaths } from '../../lib/host/state/state-paths';
import { domainXml } from '../support/domain/domain-xml';
import { TestDomain } from '../support/domain/test-domain';
import { hasEnded } from '../support/process/processes';
import { containerTest, nothing } from '../support/world/container-test';
import { expectGone, initOf } from '../support/world/container-traces';

containerTest(nothing);

type Fields = Readonly<Record<string, unknown>>;

function change(path: string, to: (record: Fields) => Fields): void {
  const record = JSON.parse(readFileSync(path, 'utf8')) as Fields;
  writeFileSync(path, JSON.stringify(to(record)));
}

const filesOf = ({ root, name }: TestDomain): RunPaths => runPaths(statePaths(root), name);
const containing = (text: string) => expect.stringContaining(text) as string;

test('an undoing that is not known is not skipped: the destroy says so, and the record stays for the version that knows it', async () => {
  await using container = await TestDomain.make({ name: 'wormhole', init: '/bin/cat' });
  await container.start();
  const { start } = filesOf(container);
  const wormhole = { undo: 'releaseWormhole', id: 7 };
  change(start, (record) => ({ ...record, undo: [...(record['undo'] as object[]), wormhole] }));
  const init = await initOf(container.name);
  for (const verb of ['destroy', 'start']) {
    const said = await container.try([verb, container.name]);
    expect(said).toMatchObject({ code: 1, stderr: containing("does not know 'releaseWormhole'") });
    expect(hasEnded(init)).toBe(true);
    expect(readFileSync(start, 'utf8')).toContain('releaseWormhole');
  }
  expect(await container.try(['list', '--all'])).toMatchObject({
    stdout: containing('no state'),
    stderr: containing('releaseWormhole'),
  });
  // The version that knows it gives it back.
  change(start, (record) => ({
    ...record,
    undo: (record['undo'] as { undo: string }[]).filter(({ undo }) => undo !== wormhole.undo),
  }));
  expect(await container.run('domstate')).toBe('shut off\n\n');
  await expectGone(container.name);
  await container.run('start');
  await container.run('destroy');
});

test('a record in a newer format is refused by every verb, listed with the reason, and left as it is', async () => {
  await using container = await TestDomain.make({ name: 'newer', init: '/bin/cat' });
  const { root, name } = container;
  await using connection = await connect(undefined, { root });
  await connection.defineDomain(domainXml({ name: 'neighbour' }));
  await container.start();
  const init = await initOf(name);
  const { start } = filesOf(container);
  const format = (number: number): void =>
    change(start, (record) => ({ ...record, format: number }));
  format(2);
  // What tears it down has to know it again.
  using _again = { [Symbol.dispose]: () => existsSync(start) && format(1) };
  const bytes = readFileSync(start, 'utf8');
  const words = `${start} was written by a newer version of tslxc, in format 2, and this version knows 1: use that version`;
  const list = await container.try(['list', '--all']);
  expect(list).toMatchObject({ code: 0, stderr: containing(words) });
  expect(list.stdout).toMatch(/ newer +no state/);
  expect(list.stdout).toMatch(/ neighbour +shut off/);
  expect((await container.try(['domstate', '--reason', name])).stdout).toContain(words);
  expect((await container.spawn(['doctor'])).stdout).toContain(words);
  for (const verb of ['destroy', 'start', 'shutdown', 'undefine', 'suspend']) {
    const { code, stderr } = await container.try([verb, name]);
    expect([verb, code, stderr]).toEqual([verb, 1, containing(words)]);
  }
  expect(readFileSync(start, 'utf8')).toBe(bytes);
  expect(hasEnded(init)).toBe(false);
  await (await connection.lookupDomainByName('neighbour')).undefine();
  format(1);
  await container.run('destroy');
  await expectGone(name);
});
