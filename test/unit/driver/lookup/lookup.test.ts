/** lib/driver/lookup/lookup.ts: what is read of one domain that is asked for. */
import { currentOrDamaged, findByName } from '../../../../lib/driver/lookup/lookup';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

test.each([
  ['runs', 'running', []],
  ['is damaged', 'damaged', ['web']],
] as const)(
  'the records of a domain that %s are read once for each call',
  async (_, phase, bad) => {
    const host = new FakeHost(scratchDirectory());
    const { uuid } = await host
      .connect()
      .createDomain(domainXml({ name: 'web' }), { ownership: 'leave' });
    for (const name of bad) host.damaged.set(name, 'running');
    const session = host.session();
    const read = jest.spyOn(session.containers, 'readRunState');
    expect(await currentOrDamaged(session, { name: 'web', uuid })).toMatchObject({
      state: { phase },
    });
    expect(read).toHaveBeenCalledTimes(1);
    expect(await findByName(session, 'web')).toMatchObject({ uuid, state: { phase } });
    expect(read).toHaveBeenCalledTimes(2);
  },
);
