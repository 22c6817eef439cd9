/** What is made of an end when the clock of the host was moved in between. */
import { thisMoment } from '../../../../lib/host/kernel/boot/boot-clock';
import { domainXml } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const failed = exitRecord({ code: 3 });
const policy = (attributes: string): string =>
  domainXml({
    name: 'web',
    elements: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:restart policy='on-failure' ${attributes}/></tslxc:container></metadata>`,
  });
test.each([
  ['two minutes later', 121_000, 'running'],
  ['soon', 1000, 'off'],
])(
  'a clock that was far ahead at a shutdown says nothing of a failure %s',
  async (_, later, phase) => {
    host.init = { ...host.init, heeds: () => true };
    const domain = await host.connect().defineDomain(policy(''));
    await domain.start({ ownership: 'leave' });
    const now = thisMoment();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2040));
    await domain.shutdown();
    clock.mockRestore();
    host.end('web', { ...failed, time: now.time + later, sinceBoot: now.sinceBoot + later });
    await domain.state();
    expect(host.state('web').phase).toBe(phase);
  },
);

test('the pause before a restart is not lengthened by a clock that was set back, nor cut short', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(policy("delay='400'"));
  for (const moved of [-3_600_000, 3_600_000]) {
    await domain.start({ ownership: 'leave' });
    const { time, sinceBoot } = thisMoment();
    const began = performance.now();
    host.end('web', { ...failed, time: time + moved, sinceBoot });
    expect(await connection.reap()).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(380);
    expect(host.state('web').phase).toBe('running');
    await domain.destroy();
  }
});
