/** The verbs about filters for network traffic: each option, on the filter of a real interface too, and what each refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { commandOn } from '../../support/process/command-on';
import { spawnCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const mac = '52:54:00:79:00:11';
const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const network = await connection.defineNetwork(
      `<network><name>lab</name><bridge name='labfbr'/><ip address='192.168.157.1' netmask='255.255.255.0'/></network>`,
    );
    await network.start();
    const devices = `<interface type='network'><mac address='${mac}'/><source network='lab'/>
      <filterref filter='clean-traffic'><parameter name='IP' value='192.168.157.9'/></filterref></interface>`;
    const domain = await connection.defineDomain(domainXml({ name: 'guest', devices }));
    await domain.start({ ownership: 'leave' });
    const [first] = await domain.interfaces();
    return { root, connection, domain, port: first?.name ?? '', file: join(root.path, 'f.xml') };
  },
  { per: 'file' },
);

const { says, refusesEach } = commandOn(() => world.root.path);
const missing = "failed to get nwfilter 'nosuch'";

test('filters are listed, defined, edited and undefined', async () => {
  const { file, root } = world;
  const xml = `<filter name='own'><uuid>${uuid}</uuid><rule action='drop' direction='in'><udp/></rule></filter>`;
  writeFileSync(file, xml);
  expect(await says(`nwfilter-define ${file} --validate`)).toBe(
    `Network filter own defined from ${file}\n\n`,
  );
  expect(await says('nwfilter-list')).toMatch(/^ UUID +Name\n-+\n[^]* clean-traffic\n/);
  expect((await says('nwfilter-list --name')).split('\n')).toContain('own');
  expect(JSON.parse(await says('nwfilter-list --format json'))).toContainEqual({
    name: 'own',
    uuid,
    origin: 'defined',
  });
  expect(await says(`nwfilter-dumpxml ${uuid} --xpath //rule --wrap`)).toBe(
    '<nodes>\n  <rule action="drop" direction="in" priority="500">\n    <udp/>\n  </rule>\n</nodes>\n\n',
  );
  for (const [VISUAL, outcome] of [
    ['sed -i s/udp/tcp/', 'edited'],
    ['true', 'not changed'],
  ] as const) {
    const edited = await spawnCommand(['nwfilter-edit', 'own'], {
      root: root.path,
      env: { VISUAL },
    });
    expect(edited.stdout).toBe(`Network filter own XML configuration ${outcome}.\n\n`);
  }
  await says('nwfilter-undefine own');
  await refusesEach([
    ['nwfilter-define /nowhere/at/all', 'No such file or directory'],
    ['nwfilter-list --format yaml', 'yaml'],
    ['nwfilter-dumpxml nosuch', missing],
    ['nwfilter-dumpxml clean-traffic --xpath [', 'Incorrect xpath'],
    ['nwfilter-edit nosuch', missing],
    ['nwfilter-undefine nosuch', missing],
    ['nwfilter-undefine clean-traffic', 'is built in'],
  ]);
});

test('the interface of a container that has a filter is a binding, until it ends', async () => {
  const { port, domain } = world;
  expect(await says('-q nwfilter-binding-list')).toBe(` ${port}   clean-traffic\n`);
  expect(JSON.parse(await says('nwfilter-binding-list --format json'))).toEqual([
    {
      port,
      filter: 'clean-traffic',
      domain: { name: 'guest', uuid: domain.uuid },
      mac,
      parameters: [{ name: 'IP', value: '192.168.157.9' }],
    },
  ]);
  expect(await says(`nwfilter-binding-dumpxml ${port} --xpath //portdev --wrap`)).toBe(
    `<nodes>\n  <portdev name="${port}"/>\n</nodes>\n\n`,
  );
  await refusesEach([
    ['nwfilter-binding-list --format yaml', 'yaml'],
    ['nwfilter-binding-dumpxml nosuch', "failed to get nwfilter binding 'nosuch'"],
    [`nwfilter-binding-dumpxml ${port} --xpath [`, 'Incorrect xpath'],
    [`nwfilter-binding-delete ${port}`, `Failed to delete network filter binding on ${port}`],
    ['nwfilter-binding-create file.xml', 'virNWFilterBindingCreateXML'],
  ]);
  await domain.destroy();
  expect(await says('-q nwfilter-binding-list')).toBe('');
});
