/** What a shutdown that init ignores means for a container that is started again when it has failed. */
import type { Domain } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const [sigterm, sigusr1] = [15, 10];
const restart = "<t:restart policy='on-failure'/>";
const elements = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${restart}</t:container></metadata>`;

async function running(heeded: number): Promise<Domain> {
  host.init = { ...host.init, kindOf: () => 'other', heeds: (_, signal) => signal === heeded };
  const domain = await host.connect().defineDomain(domainXml({ name: 'web', elements }));
  await domain.start({ ownership: 'leave' });
  return domain;
}

/** Milliseconds from now. */
const fails = (later: number): void =>
  host.end('web', exitRecord({ code: 9, time: Date.now() + later }));

test.each([
  { when: 'soon', later: 1000, state: 'shutoff' },
  { when: 'when its caller waits no longer', later: 60_000, timeout: 0, state: 'shutoff' },
  { when: 'minutes later', later: 130_000, state: 'running' },
])('asked to shut down, it fails $when', async ({ later, timeout, state }) => {
  const domain = await running(sigterm);
  const asked = domain.shutdown(timeout === undefined ? {} : { timeout });
  if (timeout === undefined) await asked;
  else await expect(asked).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  fails(later);
  expect(await domain.state()).toMatchObject({ state });
});

test('asked to shut down and then to reboot, it is started again', async () => {
  const domain = await running(sigterm);
  await domain.shutdown();
  await domain.reboot();
  fails(1000);
  expect(await domain.state()).toMatchObject({ state: 'running' });
});

test('one that can not be asked is started again', async () => {
  const domain = await running(sigusr1);
  await expect(domain.shutdown()).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
  fails(1000);
  expect(await domain.state()).toMatchObject({ state: 'running' });
});
