/** Processes that make domains at the same moment, with one uuid and different names. */
import { existsSync, writeFileSync } from 'node:fs';
import { HookScripts } from '../../support/domain/hook-scripts';
import { domainXml } from '../../support/domain/domain-xml';
import { untilLockAwaited } from '../../support/process/lock-waiters';
import { spawnCommand, type CommandResult } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f54';

type Making = (word: string) => Promise<CommandResult>;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  return { root, scripts: new HookScripts(root) };
});

test.each(['create', 'define'])(
  'while one process starts a domain with a uuid, %s of another is refused it once that runs',
  async (verb) => {
    const { root, scripts } = world;
    const [began, go] = [scripts.file('began'), scripts.file('go')];
    scripts.add(
      'lxc',
      `[ "$2" != prepare ] || { : > ${began}; until [ -e ${go} ]; do sleep 0.02; done; }`,
    );
    const [one, other] = ['one', 'other'].map((name) => {
      const file = scripts.file(`${name}.xml`);
      writeFileSync(file, domainXml({ name, uuid }));
      return (word: string) => spawnCommand([word, file], { root: root.path });
    }) as [Making, Making];
    const creating = one('create');
    await eventually(() => expect(existsSync(began)).toBe(true));
    const second = other(verb);
    const awaited = untilLockAwaited(root.path).finally(() => writeFileSync(go, ''));
    const [{ code, stderr }, refused] = await Promise.all([creating, second, awaited]);
    expect([code, stderr]).toEqual([0, '']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`domain 'one' is already defined with uuid ${uuid}`);
    expect(scripts.calls().filter((call) => call.includes(' prepare '))).toEqual([
      'lxc one prepare begin -',
    ]);
    expect((await spawnCommand(['list', '--all', '--name'], { root: root.path })).stdout).toBe(
      'one\n\n',
    );
    await spawnCommand(['destroy', 'one'], { root: root.path });
  },
);
