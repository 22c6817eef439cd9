/** lib/rpc/dispatch/domain: what clients are told while the stored definition of one domain can't be read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allStatisticsHandlers } from '../../../../../lib/rpc/dispatch/domain/all-statistics';
import { definitionHandlers } from '../../../../../lib/rpc/dispatch/domain/definitions';
import { listFlags, listHandlers } from '../../../../../lib/rpc/dispatch/domain/lists';
import type { Call } from '../../../../../lib/rpc/dispatch/base/call';
import { domainXml } from '../../../../support/domain/domain-xml';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

let call: Call;

beforeEach(async () => {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  for (const name of ['bad', 'good']) {
    const domain = await connection.defineDomain(domainXml({ name }));
    await domain.setAutostart('on');
  }
  const path = join(host.root, 'etc/tslxc/lxc/bad.xml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('<os>', '<newer/><os>'));
  call = callOn(connection);
});

test('what virsh edit asks for is the text of the file, which it defines again once it is mended', async () => {
  const { DomainGetXMLDesc: ask, DomainDefineXMLFlags: define } = definitionHandlers;
  const { domain } = await listHandlers.DomainLookupByName(call, { name: 'bad' });
  const [secure, inactive, validate] = [1, 2, 1];
  const { xml } = await ask(call, { domain, flags: secure | inactive });
  expect(xml).toMatch(/^<domain type='lxc'>[^]*<newer\/>/);
  await expect(ask(call, { domain, flags: inactive })).rejects.toMatchObject({ code: 'XML_ERROR' });
  await define(call, { xml: xml.replace('<newer/>', ''), flags: validate });
  const mended = await ask(call, { domain, flags: secure | inactive });
  expect(mended.xml).toBe((await ask(call, { domain, flags: inactive })).xml);
});

test.each(['autostart', 'inactive', 'shutoff', 'persistent'] as const)(
  'both are listed among those that are %s',
  async (flag) => {
    const { ConnectListAllDomains: list } = listHandlers;
    const { domains } = await list(call, { needsResults: 1, flags: listFlags[flag] });
    expect(domains.map(({ name }) => name)).toEqual(['bad', 'good']);
  },
);

test('the statistics of the one are its state, and those of the other are told', async () => {
  const { ConnectGetAllDomainStats: ask } = allStatisticsHandlers;
  const { records } = await ask(call, { domains: [], groups: 0, flags: 0 });
  const told = records.map(({ domain, parameters }) => [
    domain.name,
    parameters.map(({ field }) => field),
  ]);
  const state = ['state.state', 'state.reason'];
  expect(told).toEqual([
    ['bad', state],
    ['good', [...state, 'balloon.current', 'balloon.maximum', 'vcpu.current', 'vcpu.maximum']],
  ]);
});
